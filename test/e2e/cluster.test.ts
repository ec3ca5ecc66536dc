/** Several processes on one database behave as one product: what is changed or done in one holds in all. */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { ApiClient } from "./support/api_client.ts";
import { ApiClient as Client } from "./support/api_client.ts";
import { Cluster } from "./support/cluster.ts";
import { Receiver } from "./support/receiver.ts";
import type { ServerProcess } from "./support/server_process.ts";
import type { StreamEvent } from "./support/stream_client.ts";
import { StreamClient } from "./support/stream_client.ts";
import { until } from "./support/until.ts";

const WORKERS = 3;

let cluster: Cluster;
/** One process that answers calls, and another: what is done through the first must hold at the second. */
let here: ServerProcess;
let there: ServerProcess;
let workers: ServerProcess[];

before(async () => {
  cluster = await Cluster.start();
  [here, there, workers] = await Promise.all([
    cluster.startOne("api"),
    cluster.startOne("api"),
    Promise.all(Array.from({ length: WORKERS }, () => cluster.startOne("worker"))),
  ]);
});

after(() => cluster.remove());

type Place = {
  base: string;
  tenantKey: string;
  appId: string;
  tenant: ApiClient;
  elsewhere: ApiClient;
  publisher: ApiClient;
};

/** An application environment: its client here and there, and a publisher there. */
async function newPlace(): Promise<Place> {
  const { base, tenant, tenantKey, appId } = await new Client({ url: here.url }).newTenant();
  const { json } = await new Client({ url: here.url }).must(201, "POST", "/v4/api-keys", { name: "publisher" });
  const elsewhere = new Client({ url: there.url, key: tenantKey });
  const publisher = new Client({ url: there.url, key: String(json["apiKey"]) });
  return { base, tenantKey, appId, tenant, elsewhere, publisher };
}

async function newReceiver(t: { after: (end: () => Promise<void>) => void }): Promise<Receiver> {
  const receiver = new Receiver();
  await receiver.start();
  t.after(() => receiver.stop());
  return receiver;
}

async function publish(
  { base, publisher }: Place,
  signerId: string,
): Promise<{ messageId: string; events: unknown[] }> {
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId } };
  const { json } = await publisher.must(201, "POST", `${base}/messages`, message);
  return { messageId: String(json["_id"]), events: json["events"] as unknown[] };
}

test("a webhook that was registered through one process gets what is published through another a moment later", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  for (let n = 0; n < 5; n++) {
    await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: `${receiver.url}/${n}` });
    assert.equal((await publish(place, `s${n}`)).events.length, n + 1);
  }
  await receiver.until(1 + 2 + 3 + 4 + 5);
});

test("of many publishes with one idempotency key, through whichever process, one makes the message", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: receiver.url });
  const operator = new Client({ url: here.url });
  const { json } = await operator.must(201, "POST", "/v4/api-keys", { name: "publisher here" });
  const publishers = [place.publisher, operator.as(String(json["apiKey"]))];
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  const path = `${place.base}/messages`;
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      (publishers[n % 2] ?? place.publisher).call("POST", path, message, { "idempotency-key": "one" }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [...Array<number>(39).fill(200), 201]);
  assert.equal(new Set(answers.map((answer) => answer.json["_id"])).size, 1);
  await receiver.until(1);
  const { json: list } = await place.tenant.must(200, "GET", `${place.base}/events`);
  assert.equal((list["events"] as unknown[]).length, 1);
});

test("a receiver checks its token with any process, once", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: receiver.url });
  await publish(place, "s");
  const [received] = await receiver.until(1);
  const { verificationToken: token, appId, appEnv } = JSON.parse(received?.body ?? "") as Record<string, string>;
  const path = "/v4/tokens/webhook-verification/checking-consumption";
  const checks = await Promise.all(
    [place.tenant, place.elsewhere, place.tenant, place.elsewhere].map((client) =>
      client.must(200, "POST", path, { token, appId, appEnv }),
    ),
  );
  assert.equal(checks.filter(({ json }) => json["isValid"]).length, 1);
  assert.equal(checks.filter(({ json }) => json["alreadyConsumed"]).length, 3);
});

test("a key that was revoked through one process is refused by the other, and a session ends with it", async () => {
  const { base } = await newPlace();
  const [operator, other] = [new Client({ url: here.url }), new Client({ url: there.url })];
  const { json } = await operator.must(201, "POST", `${base}/api-keys`, { name: "short-lived" });
  const holder = other.as(String(json["apiKey"]));
  await holder.must(200, "GET", `${base}/webhooks`);
  await operator.must(200, "DELETE", `${base}/api-keys/${String(json["_id"])}`);
  await until("the key is refused", async () => (await holder.call("GET", `${base}/webhooks`)).status === 401);
});

test("settings, secrets and the pause of a webhook that were changed through one process are in force in workers", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  const { json } = await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: `${receiver.url}/old` });
  const path = `/v4/webhooks/${String(json["_id"])}`;
  await publish(place, "first");
  await receiver.until(1);
  await place.tenant.must(200, "PUT", path, { url: `${receiver.url}/new` });
  await until("the new URL is used", async () => {
    await publish(place, "again");
    return receiver.received.some((received) => received.path === "/new");
  });
  await place.tenant.must(200, "POST", `${path}/secret/rotate`);
  await until("both secrets sign", async () => {
    await publish(place, "signed");
    return receiver.received.some(({ headers }) => String(headers["webhook-signature"]).split(" ").length === 2);
  });
  await place.tenant.must(200, "DELETE", `${path}/secret/previous`);
  const signaturesBefore = receiver.received.length;
  await until("the new secret alone signs", async () => {
    await publish(place, "signed anew");
    const { headers } = receiver.received.at(-1) ?? {};
    const isLater = receiver.received.length > signaturesBefore;
    return isLater && String(headers?.["webhook-signature"]).split(" ").length === 1;
  });
  await place.tenant.must(200, "PUT", path, { isDisabled: true });
  assert.deepEqual((await publish(place, "paused")).events, []);
  await place.elsewhere.must(200, "PUT", path, { isDisabled: false });
  await publish(place, "enabled");
  await receiver.until(1, ({ body }) => body.includes('"enabled"'));
});

test("never more of a webhook's attempts run than it allows, however many workers there are", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  const open = new Set<ServerResponse>();
  let most = 0;
  receiver.behave = (_received, response) => {
    open.add(response);
    most = Math.max(most, open.size);
    setTimeout(() => {
      open.delete(response);
      response.end();
    }, 20);
  };
  await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: receiver.url, maxConcurrency: 3 });
  await Promise.all(Array.from({ length: 60 }, (_, n) => publish(place, `s${n}`)));
  await receiver.until(60);
  assert.ok(most <= 3, `${most} attempts ran at the same time`);
});

test("a webhook's rate limit holds for all workers together", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  const { json } = await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: receiver.url, rateLimit: 20 });
  await Promise.all(Array.from({ length: 60 }, (_, n) => publish(place, `r${n}`)));
  await receiver.until(60);
  const startedAt: number[] = [];
  for (const { headers } of receiver.received) {
    const path = `/v4/webhooks/${String(json["_id"])}/events/${String(headers["webhook-id"])}`;
    const event = await place.tenant.must(200, "GET", path);
    for (const attempt of event.json["attempts"] as { startedAt: string }[])
      startedAt.push(Date.parse(attempt.startedAt));
  }
  startedAt.sort((one, other) => one - other);
  // Two more are within the tolerance, and the times are rounded.
  const tooSoon = startedAt.filter((at, n) => at - (startedAt[n - 23] ?? 0) < 1_000);
  assert.deepEqual([startedAt.length, tooSoon], [60, []]);
});

test("the lanes of busy webhooks are shared between the workers, and none is lost on its way", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  const webhooks = 24;
  const ids: string[] = [];
  for (let n = 0; n < webhooks; n++) {
    const made = await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: `${receiver.url}/${n}` });
    ids.push(String(made.json["_id"]));
  }
  let published = 0;
  await until("every worker owns some", async () => {
    await publish(place, `s${published++}`);
    const owners = await cluster.query<{ count: string }>(`
      select count(*) as count from lanes l join webhooks w on w.no = l.webhook_no
      where l.owner_worker is not null and w.id in ('${ids.join("', '")}') group by l.owner_worker`);
    // No more than a share of these and of what earlier tests have left.
    return owners.length === WORKERS && owners.every(({ count }) => Number(count) <= 12);
  });
  await receiver.until(published * webhooks);
  const events = Map.groupBy(receiver.received, ({ headers }) => headers["webhook-id"]);
  assert.equal(events.size, published * webhooks);
  assert.ok([...events.values()].every((requests) => requests.length === 1));
});

test("a worker that stops hands its lanes over while an attempt of another lane still hangs, and nothing is repeated", async (t) => {
  const place = await newPlace();
  const [receiver, hanging] = [await newReceiver(t), await newReceiver(t)];
  const held = Promise.withResolvers<void>();
  hanging.behave = (_received, response) => void held.promise.then(() => response.end());
  const add = async (url: string): Promise<string> => {
    const { json } = await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url, timeoutMs: 30_000 });
    return String(json["_id"]);
  };
  const hangingId = await add(hanging.url);
  const healthy = 18; // more than the shares of two workers: the third, which has the one that hangs, owns some, too
  for (let n = 0; n < healthy; n++) await add(`${receiver.url}/${n}`);
  let published = 0;
  let stopping: ServerProcess | undefined;
  await until("the worker of the webhook that hangs owns others, too", async () => {
    await publish(place, `s${published++}`);
    const owners = await cluster.query<{ pid: number }>(`
      select w.pid from lanes l join workers w on w.id = l.owner_worker
      where l.owner_worker = (
        select o.owner_worker from lanes o join webhooks h on h.no = o.webhook_no where h.id = '${hangingId}')`);
    stopping = owners.length > 1 ? workers.find(({ pid }) => pid === owners[0]?.pid) : undefined;
    return stopping !== undefined;
  });
  await receiver.until(published * healthy);
  await hanging.until(1);
  const ended = stopping?.end("SIGTERM");
  for (let n = 0; n < 5; n++) await publish(place, `s${published++}`);
  await receiver.until(published * healthy);
  assert.equal(stopping?.child.exitCode, null, "its other lane still hangs");
  held.resolve();
  assert.deepEqual(await ended, { code: 0, signal: null });
  assert.equal(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size, receiver.received.length);
  const [row] = await cluster.query<{ count: string }>(
    "select count(*) from attempts where failure_code = 'ABANDONED'",
  );
  assert.equal(row?.count, "0");
  await stopping?.start();
});

test("who watches at one process sees what is published at another and delivered by a worker", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: receiver.url });
  const stream = await StreamClient.open(`${here.url}${place.base}/webhooks/stream`, { key: place.tenantKey });
  t.after(() => stream.close());
  const seen = (kind: string, signer: string) => (item: StreamEvent) =>
    item.event === kind && item.data.includes(signer);
  await until("the processes know of the watcher", async () => {
    await publish(place, "early");
    return stream.events.some(seen("attempt", "early"));
  });
  await publish(place, "watched");
  await stream.until(1, seen("created", "watched"));
  await stream.until(1, seen("attempt", "watched"));
});

test("an operator's pause holds for every worker, and so does its end", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: receiver.url });
  const operator = new Client({ url: here.url });
  await operator.must(200, "PUT", "/v4/system", { isPaused: true });
  for (const worker of workers) {
    await until("the worker has heard", async () => {
      const { isPaused } = (await (await fetch(`${worker.url}/readyz`)).json()) as { isPaused: boolean };
      return isPaused;
    });
  }
  await publish(place, "waits");
  await operator.must(200, "PUT", "/v4/system", { isPaused: false });
  await receiver.until(1);
});

test("an erased content that waits in a worker's memory is not sent", async (t) => {
  const place = await newPlace();
  const receiver = await newReceiver(t);
  const held = Promise.withResolvers<void>();
  receiver.behave = (_received, response) => void held.promise.then(() => response.end());
  await place.tenant.must(201, "POST", `${place.base}/webhooks`, { url: receiver.url, maxConcurrency: 1 });
  await publish(place, "first");
  await receiver.until(1);
  const { messageId } = await publish(place, "secret-content");
  const eraser = new Client({ url: here.url });
  await until("the worker holds it", async () => {
    const [row] = await cluster.query<{ held: string }>(
      `select count(*) as held from events where id like 'evt_${messageId.slice(4)}%' and lease_worker is not null`,
    );
    return row?.held === "1";
  });
  await eraser.must(200, "DELETE", `${place.base}/messages/${messageId}/content`);
  await until("every worker has heard", async () => {
    const [row] = await cluster.query<{ age: string }>(
      "select extract(epoch from clock_timestamp()) * 1000 - max(at) as age from changes where kind = 'content'",
    );
    return Number(row?.age) > 5_000; // every change is in force everywhere within 2 seconds
  });
  held.resolve();
  await until("both have ended", async () => {
    const { json } = await place.tenant.must(200, "GET", `${place.base}/events?filter=PENDING&limit=1`);
    return (json["searchData"] as { total: number }).total === 0;
  });
  assert.ok(receiver.received.every(({ body }) => !body.includes("secret-content")));
});

test("a worker answers health checks alone, and says who answers the rest", async () => {
  const [worker] = workers;
  const answer = await fetch(`${worker?.url}/v4/catalog`);
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /worker.*role api or all/);
  assert.equal((await fetch(`${worker?.url}/healthz`)).status, 200);
});
