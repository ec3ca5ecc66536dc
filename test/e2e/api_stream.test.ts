/** The live stream over real sockets: what happens is seen, nothing of others, and nothing piles up. */
import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ApiClient } from "./support/api_client.ts";
import type { CheckedClient, TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";
import { BrowserClient } from "./support/browser_client.ts";
import { freePort, ServerProcess } from "./support/server_process.ts";
import type { StreamEvent } from "./support/stream_client.ts";
import { isItem, StreamClient } from "./support/stream_client.ts";

const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };
const SIGNATURE = {
  topic: "SIGNATURE",
  action: "SIGNATURE_SUCCESS",
  content: { signatureRequestId: "r", signerId: "s" },
};

type ShownEvent = { _id: string; status: string; topic: string; isTest: boolean; webhookId: string; content: unknown };
type ShownAttempt = { event: ShownEvent; attempt: { number: number; status: number | null; code: string } };

const server = await startApiServer();
const receiver = await startReceiver();
receiver.behave = ({ path }, response) => {
  if (path.startsWith("/5")) response.statusCode = Number(path.slice(1, 4));
  response.end();
};

async function addWebhook({ base, tenant }: TestTenant, change: object = {}): Promise<string> {
  const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url, ...change });
  return String(json["_id"]);
}

async function publish({ base, platform }: TestTenant, message: object | string = SIGNER): Promise<string> {
  const { json } = await platform.must(201, "POST", `${base}/messages`, message);
  return (json["events"] as { _id: string }[])[0]?._id ?? "";
}

/** A stream of the tenant that is closed after the test. */
async function watch(
  t: TestContext,
  world: Pick<TestTenant, "base" | "tenantKey">,
  options: { query?: string; lastId?: string; url?: string } = {},
): Promise<StreamClient> {
  const { query = "", url = server.url, ...resume } = options;
  const stream = await StreamClient.open(`${url}${world.base}/webhooks/stream${query}`, {
    key: world.tenantKey,
    ...resume,
  });
  t.after(() => stream.close());
  await stream.until(1, ({ event }) => event === "ready");
  return stream;
}

function created(event: StreamEvent): ShownEvent {
  assert.equal(event.event, "created");
  return event.json as unknown as ShownEvent;
}

function attempted(event: StreamEvent): ShownAttempt {
  assert.equal(event.event, "attempt");
  return event.json as unknown as ShownAttempt;
}

test("a new event and its attempt arrive as they are in lists, and the head keeps the general headers", async (t) => {
  const world = await server.tenant();
  await addWebhook(world);
  const stream = await watch(t, world);
  const { headers } = stream.response;
  assert.deepEqual(
    ["content-type", "cache-control", "x-accel-buffering", "x-content-type-options"].map((name) => headers.get(name)),
    ["text/event-stream; charset=utf-8", "no-store", "no", "nosniff"],
  );
  assert.match(headers.get("x-request-id") ?? "", /^req_/);
  const eventId = await publish(world);
  const [first, second] = await stream.until(2);
  assert.ok(first && second);
  const { status, nextAttemptAt, _createdAt, ...rest } = first.json as Record<string, unknown>;
  assert.deepEqual([rest["_id"], rest["attemptCount"], status, nextAttemptAt], [eventId, 1, "PENDING", _createdAt]);
  const { event, attempt } = attempted(second);
  const { json } = await world.tenant.must(200, "GET", `${world.base}/events`);
  assert.deepEqual(event, (json["events"] as object[])[0]);
  const details = await world.tenant.must(200, "GET", `${world.base}/events/${eventId}`);
  const [kept] = details.json["attempts"] as { startedAt: string; durationMs: number; trigger: string }[];
  const { startedAt, durationMs, trigger } = kept ?? {};
  assert.deepEqual(attempt, { number: 1, trigger, startedAt, durationMs, status: 200, code: "200" });
});

test("a failure, its retry and a resend each arrive with the state that they left", async (t) => {
  const world = await server.tenant();
  const webhookId = await addWebhook(world, { url: `${receiver.url}/503`, retrySchedule: [200] });
  const stream = await watch(t, world);
  const eventId = await publish(world);
  const attempts = (await stream.until(2, ({ event }) => event === "attempt")).map(attempted);
  const states = attempts.map(({ event, attempt }) => {
    const { status, nextAttemptAt, retriesUsed } = event as unknown as Record<string, unknown>;
    return [attempt.number, attempt.status, attempt.code, status, retriesUsed, nextAttemptAt !== null];
  });
  assert.deepEqual(states, [
    [1, 503, "503", "FAILED", 0, true],
    [2, 503, "503", "FAILED", 1, false],
  ]);
  await world.tenant.must(202, "POST", `/v4/webhooks/${webhookId}/events/${eventId}/resend`);
  const [, , third] = await stream.until(3, ({ event }) => event === "attempt");
  assert.equal((third?.json["attempt"] as unknown as { trigger: string } | undefined)?.trigger, "RESEND");
});

test("an event that a replay makes arrives as new before its attempt, and one that is sent once more as an attempt alone", async (t) => {
  const world = await server.tenant();
  const { base, tenant } = world;
  const from = new Date(Date.now() + server.shift.ms - 60_000).toISOString();
  await world.platform.must(201, "POST", `${base}/messages`, SIGNER);
  const webhookId = await addWebhook(world);
  const stream = await watch(t, world);
  await tenant.must(202, "POST", `/v4/webhooks/${webhookId}/replay`, { from });
  const [first, second] = await stream.until(2);
  assert.ok(first && second);
  const { _id, status, attemptCount } = created(first) as ShownEvent & { attemptCount: number };
  assert.deepEqual([status, attemptCount], ["PENDING", 0]);
  const { event, attempt } = attempted(second) as ShownAttempt & { attempt: { trigger: string } };
  assert.deepEqual([event._id, event.status, attempt.trigger], [_id, "SUCCESS", "REPLAY"]);
  await tenant.must(202, "POST", `/v4/webhooks/${webhookId}/events/resend`, { filter: "ALL" });
  const [, , third] = await stream.until(3);
  assert.ok(third);
  assert.equal((attempted(third).attempt as unknown as { trigger: string }).trigger, "BULK");
});

test("test events arrive, marked; content arrives byte for byte, on as many lines as it was published on", async (t) => {
  const world = await server.tenant();
  const webhookId = await addWebhook(world);
  const stream = await watch(t, world);
  await world.tenant.must(201, "POST", `/v4/webhooks/${webhookId}/test`, SIGNER);
  const [first] = await stream.until(1, ({ event }) => event === "created");
  assert.ok(first);
  assert.equal(created(first).isTest, true);
  const content = `{\n  "signerId": "s\\n1",\n\n "big": 12345678901234567890, "e": "\\u00e9" , "a":1.0}`;
  await publish(world, `{"topic":"SIGNER","action":"CREATED","content":${content}}`);
  const [, second] = await stream.until(2, ({ event }) => event === "created");
  assert.ok(second?.data.includes(`"content":${content}`), second?.data ?? "");
  const long = "x".repeat(5_000);
  await publish(world, { ...SIGNER, content: { signerId: long } });
  const [, , third] = await stream.until(3, ({ event }) => event === "created");
  assert.deepEqual(
    [third?.json["content"], third?.json["contentBytes"]],
    [null, long.length + '{"signerId":""}'.length],
  );
});

test("filters by topic, webhook and status let through what they name", async (t) => {
  const world = await server.tenant();
  const [good, bad] = [await addWebhook(world), await addWebhook(world, { url: `${receiver.url}/500` })];
  const all = await watch(t, world);
  const streams = {
    topic: await watch(t, world, { query: "?topic=SIGNATURE" }),
    webhook: await watch(t, world, { query: `?webhookId=${bad}` }),
    status: await watch(t, world, { query: "?status=FAILED" }),
    every: await watch(t, world, { query: `?topic=SIGNATURE&webhookId=${good}&status=SUCCESS` }),
  };
  await publish(world, SIGNER);
  await publish(world, SIGNATURE);
  await all.until(8);
  const counts: [StreamClient, number, (event: ShownEvent) => boolean][] = [
    [streams.topic, 4, ({ topic }) => topic === "SIGNATURE"],
    [streams.webhook, 4, ({ webhookId }) => webhookId === bad],
    [streams.status, 2, ({ status }) => status === "FAILED"],
    [
      streams.every,
      1,
      ({ topic, webhookId, status }) => topic === "SIGNATURE" && webhookId === good && status === "SUCCESS",
    ],
  ];
  for (const [stream, count, fits] of counts) {
    const events = (await stream.until(count)).map((one) =>
      one.event === "created" ? created(one) : attempted(one).event,
    );
    assert.equal(events.length, count);
    assert.ok(events.every(fits), JSON.stringify(events));
  }
  const { tenant, base } = world;
  await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${base}/webhooks/stream?status=PASSED`);
  await tenant.refused("404 WEBHOOK_NOT_FOUND", "GET", `${base}/webhooks/stream?webhookId=nonsense`);
});

test("a broken stream goes on behind the last event, with nothing lost and nothing twice", async (t) => {
  const world = await server.tenant();
  await addWebhook(world);
  const whole = await watch(t, world);
  let { lastId } = whole;
  const seen: StreamEvent[] = [];
  for (let round = 0; round < 4; round++) {
    const part = await watch(t, world, { lastId });
    for (let times = 0; times < 5; times++) await publish(world);
    seen.push(...(await part.until(3 + round)));
    ({ lastId } = part);
    part.close();
    await publish(world);
  }
  await whole.until(48); // 24 events, each created and attempted once
  const last = await watch(t, world, { lastId });
  seen.push(...(await last.until(48 - seen.length)));
  const ids = whole.events.filter(isItem).map((event) => event.lastId);
  assert.deepEqual(
    seen.map((event) => event.lastId),
    ids,
  );
  assert.equal(new Set(ids).size, 48);
  assert.ok(!last.events.some(({ event }) => event === "gap"));
});

test("after a restart an id of the old process is a gap from its time, and the stream goes on", async (t) => {
  const process = new ServerProcess({ port: await freePort() });
  t.after(() => process.remove());
  await process.start();
  const { url } = process;
  const world = await new ApiClient({ url }).newTenant();
  await world.tenant.must(201, "POST", `${world.base}/webhooks`, { url: receiver.url });
  const beganAt = Date.now();
  const stream = await watch(t, world, { url });
  await world.platform.must(201, "POST", `${world.base}/messages`, SIGNER);
  await stream.until(2);
  await process.end("SIGKILL");
  await stream.ended();
  await process.start();
  const resumed = await watch(t, world, { url, lastId: stream.lastId });
  const [gap, ready] = resumed.events;
  assert.deepEqual([gap?.event, ready?.event], ["gap", "ready"]);
  const from = Date.parse(String(gap?.json["from"]));
  assert.ok(beganAt <= from && from <= Date.now(), String(gap?.data));
  await world.platform.must(201, "POST", `${world.base}/messages`, SIGNER);
  await resumed.until(2);
});

test("a tenant never sees another's events, and not their number either", async (t) => {
  const [own, other] = [await server.tenant(), await server.tenant()];
  await addWebhook(own);
  await addWebhook(other);
  const [mine, theirs] = [await watch(t, own), await watch(t, other)];
  for (let times = 0; times < 10; times++) await publish(other);
  await theirs.until(20);
  const eventId = await publish(own);
  const items = await mine.until(2);
  assert.deepEqual(
    items.map((one) => (one.event === "created" ? created(one) : attempted(one).event)._id),
    [eventId, eventId],
  );
  const numbers = items.map(({ lastId }) => Number(lastId.split("-")[1]));
  assert.deepEqual(numbers, [1, 2]);
  const foreign = await watch(t, own, { lastId: theirs.lastId });
  assert.equal(foreign.events[0]?.event, "gap");
  await own.tenant.refused("404 APP_NOT_FOUND", "GET", `${other.base}/webhooks/stream`);
});

/** A key of the tenant, and how to revoke it. */
async function newKey({ base }: TestTenant, operator: CheckedClient, fields: object = {}) {
  const { json } = await operator.must(201, "POST", `${base}/api-keys`, { scopes: ["events"], ...fields });
  const revoke = () => operator.must(200, "DELETE", `${base}/api-keys/${String(json["_id"])}`);
  return { tenantKey: String(json["apiKey"]), revoke };
}

test("a revoked key ends its stream within two seconds, an expired one too, and no other", async (t) => {
  const world = await server.tenant();
  await addWebhook(world);
  const key = await newKey(world, server.operator);
  const [doomed, kept] = [await watch(t, { ...world, ...key }), await watch(t, world)];
  await key.revoke();
  const revokedAt = performance.now();
  await doomed.ended();
  assert.ok(performance.now() - revokedAt < 2_000);
  const expiresAt = new Date(Date.now() + server.shift.ms + 3_600_000).toISOString();
  const mortal = await newKey(world, server.operator, { expiresAt });
  const ending = await watch(t, { ...world, ...mortal });
  server.shift.ms += 3_600_000;
  const expiredAt = performance.now();
  await ending.ended();
  assert.ok(performance.now() - expiredAt < 2_000);
  await publish(world);
  await kept.until(2);
  const missing = await newKey(world, server.operator, { scopes: ["webhooks"] });
  const { base } = world;
  await server.operator.as(missing.tenantKey).refused("403 SCOPE_MISSING", "GET", `${base}/webhooks/stream`);
});

test("a session's cookie opens a stream, and it ends with the session", async (t) => {
  const world = await server.tenant();
  const page = new BrowserClient(server);
  await page.must(201, "POST", "/v4/session", { key: world.tenantKey });
  const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const stream = await StreamClient.open(`${server.url}${world.base}/webhooks/stream`, { cookie });
  t.after(() => stream.close());
  await addWebhook(world);
  await publish(world);
  await stream.until(2);
  await page.must(204, "DELETE", "/v4/session");
  const endedAt = performance.now();
  await stream.ended();
  assert.ok(performance.now() - endedAt < 2_000);
});

test("the twenty-first stream of a tenant is refused, until one is closed", async (t) => {
  const world = await server.tenant();
  const streams = [];
  for (let count = 0; count < 20; count++) streams.push(await watch(t, world));
  const path = `${world.base}/webhooks/stream`;
  const { json, headers } = await world.tenant.refused("429 STREAM_LIMIT_REACHED", "GET", path);
  assert.deepEqual(json["context"], { limit: 20, retryAfterSeconds: Number(headers.get("retry-after")) });
  streams[0]?.close();
  await eventually(
    () => world.tenant.call("GET", path),
    ({ status }) => status === 200,
  );
});

/** A stream that is opened but no longer read, as by a client that hangs. */
async function stalledReader(
  t: TestContext,
  url: string,
  world: Pick<TestTenant, "base" | "tenantKey">,
): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  t.after(() => socket.destroy());
  socket.on("error", () => {}); // a server that stops breaks it off
  socket.setEncoding("utf8");
  const path = `${world.base}/webhooks/stream`;
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${world.tenantKey}\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [string]; // what `data` is emitted with
  assert.match(answer, /^HTTP\/1\.1 200 /);
  socket.pause();
  return socket;
}

/** The memory in use, in bytes, once all garbage is collected: buffers are freed a while after what held them. */
async function memoryBytes(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // what the flag adds to each new context
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function droppedIn(text: string): number {
  const counts = text.matchAll(/event: dropped\ndata: \{"count":(\d+)\}/g);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

test("a reader that stands still loses events, is told how many, and costs no memory", async (t) => {
  const world = await server.tenant();
  await addWebhook(world);
  const socket = await stalledReader(t, server.url, world);
  const message = { ...SIGNER, content: { signerId: "x".repeat(4_000) } };
  const batch = { messages: Array.from({ length: 100 }, () => message) };
  const deliver = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 100)
      await world.platform.must(201, "POST", `${world.base}/messages/batch`, batch);
    await eventually(
      () => world.tenant.must(200, "GET", `${world.base}/events?filter=PENDING&limit=1`),
      ({ json }) => (json["events"] as unknown[]).length === 0,
    );
    receiver.received.length = 0;
  };
  await deliver(2_000); // the ring is full, and so are the buffers of the socket
  const before = await memoryBytes();
  await deliver(6_000);
  const grownBytes = (await memoryBytes()) - before;
  assert.ok(grownBytes < 24_000_000, `memory has grown by ${grownBytes} bytes, of 48 MB that were not read`);
  let text = "";
  socket.on("data", (part: string) => (text += part));
  socket.resume();
  const itemsIn = (): number => [...text.matchAll(/event: (?:created|attempt)\n/g)].length;
  await eventually(
    async () => itemsIn() + droppedIn(text),
    (count) => count === 16_000,
  );
  assert.ok(itemsIn() >= 1_000 && droppedIn(text) > 8_000, `${itemsIn()} items, ${droppedIn(text)} dropped`);
});

test("a server that stops shows the last attempts, takes no new watchers, and is not held up by open streams", async (t) => {
  const other = await startApiServer();
  const world = await other.tenant();
  await world.tenant.must(201, "POST", `${world.base}/webhooks`, { url: `${receiver.url}/held` });
  const streams = [await watch(t, world, { url: other.url }), await watch(t, world, { url: other.url })];
  await stalledReader(t, other.url, world);
  const held = Promise.withResolvers<void>();
  const { behave } = receiver;
  receiver.behave = async (received, response) => {
    if (received.path === "/held") await held.promise;
    await behave(received, response);
  };
  await world.platform.must(201, "POST", `${world.base}/messages`, SIGNER);
  await receiver.until(1, ({ path }) => path === "/held");
  const stopped = other.running.stop({ deadlineMs: 5_000 });
  await world.tenant.refused("503 SHUTTING_DOWN", "GET", `${world.base}/webhooks/stream`);
  held.resolve();
  const heldUntil = performance.now();
  assert.equal(await stopped, true);
  assert.ok(performance.now() - heldUntil < 2_000);
  for (const stream of streams) {
    await stream.ended();
    assert.deepEqual(
      stream.events.map(({ event }) => event),
      ["ready", "created", "attempt"],
    );
  }
});
