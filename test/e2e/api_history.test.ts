/** Reading the history over HTTP: lists, filters, pages, attempts; resending, test events, erasing. */
import { test } from "node:test";
import assert from "node:assert/strict";
import type { CheckedClient, TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();
receiver.behave = ({ path }, response) => {
  response.statusCode = Number(path.slice(1)) || 200;
  response.setHeader("x-answer", "yes");
  response.end(path === "/418" ? Buffer.from([0xff, 0xfe]) : "fine: é");
};

const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };

type Event = { _id: string; messageId: string; status: string; topic: string; nextAttemptAt: string | null };
type List = {
  events: Event[];
  searchData: { total: number; page: number; nbEventsPerPage: number };
  nextCursor: string | null;
};
type World = TestTenant & { webhookId: string; events: string; messages: string };

/** A tenant whose one webhook answers `status`. */
async function setup(status = 200): Promise<World> {
  const created = await server.tenant();
  const url = `${receiver.url}/${status}`;
  const { json } = await created.tenant.must(201, "POST", `${created.base}/webhooks`, { url });
  const webhookId = String(json["_id"]);
  return { ...created, webhookId, events: `/v4/webhooks/${webhookId}/events`, messages: `${created.base}/messages` };
}

async function list(client: CheckedClient, path: string): Promise<List> {
  return (await client.must(200, "GET", path)).json as unknown as List;
}

/** Publishes, and waits until nothing is PENDING; the events' ids in order. */
async function publishSettled(world: World, bodies: readonly object[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) {
    const { json } = await world.platform.must(201, "POST", world.messages, body);
    ids.push(...(json["events"] as Event[]).map(({ _id }) => _id));
  }
  await eventually(
    () => list(world.tenant, `${world.base}/events?filter=PENDING`),
    ({ events }) => events.length === 0,
  );
  return ids;
}

test("events come newest first, by status, with exact totals", async () => {
  const world = await setup();
  const [first, second] = await publishSettled(world, [SIGNER, SIGNER]);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { url: `${receiver.url}/500` });
  const [failed] = await publishSettled(world, [SIGNER]);
  const idsOf = async (query: string) => (await list(world.tenant, world.events + query)).events.map(({ _id }) => _id);
  assert.deepEqual(await idsOf(""), [failed, second, first]);
  assert.deepEqual(await idsOf("?filter=ALL"), [failed, second, first]);
  assert.deepEqual(await idsOf("?filter=SUCCESS"), [second, first]);
  assert.deepEqual(await idsOf("?filter=PASSED"), [second, first]);
  assert.deepEqual(await idsOf("?filter=FAILED"), [failed]);
  assert.deepEqual(await idsOf("?filter=PENDING"), []);
  assert.deepEqual(await idsOf("?code=500"), [failed]);
  assert.deepEqual(await idsOf("?code=5xx"), [failed]);
  assert.deepEqual(await idsOf("?code=2xx"), [second, first]);
  assert.deepEqual(await idsOf("?code=TIMEOUT_DNS"), []);
  assert.deepEqual(await idsOf("?attempts=1&code=2xx"), [second, first]);
  assert.deepEqual(await idsOf("?attempts=2"), []);
  const { searchData } = await list(world.tenant, `${world.events}?filter=SUCCESS`);
  assert.deepEqual(searchData, { total: 2, page: 1, nbEventsPerPage: 50 });
});

test("events and messages are filtered by topic, action, time and exact search", async () => {
  const world = await setup();
  const profile = { topic: "SIGNATURE_PROFILE", action: "CREATED", content: { signatureProfileId: "p-1" } };
  const [signerEvent, profileEvent] = await publishSettled(world, [SIGNER, profile]);
  const { events } = await list(world.tenant, world.events);
  const createdAt = (await world.tenant.must(200, "GET", `${world.events}/${profileEvent}`)).json[
    "_createdAt"
  ] as string;
  const later = encodeURIComponent(new Date(Date.parse(createdAt) + 1).toISOString());
  const messageId = events[0]?.messageId ?? "";
  for (const [query, expected] of [
    ["topic=SIGNER", [signerEvent]],
    ["topic=ALL", [profileEvent, signerEvent]],
    ["topic=SIGNATURE_PROFILE&action=CREATED", [profileEvent]],
    ["topic=SIGNER&action=CLAIM_UPDATED", []],
    ["msgNature=SUCCESS", [profileEvent, signerEvent]],
    ["msgNature=WARNING", []],
    ["search=p-1", [profileEvent]],
    ["search=p-", []],
    [`search=${messageId}`, [profileEvent]],
    [`search=${signerEvent}`, [signerEvent]],
    [`to=${later}`, [profileEvent, signerEvent]],
    [`from=${later}`, []],
    ["test=true", []],
    ["test=false", [profileEvent, signerEvent]],
  ] as const) {
    const found = await list(world.tenant, `${world.events}?${query}`);
    assert.deepEqual(
      found.events.map(({ _id }) => _id),
      expected,
      query,
    );
    const everywhere = await list(world.tenant, `${world.base}/events?${query}&webhookId=${world.webhookId}`);
    assert.deepEqual(
      everywhere.events.map(({ _id }) => _id),
      expected,
      query,
    );
    const messages = await world.tenant.must(200, "GET", `${world.messages}?${query}`);
    assert.equal((messages.json["items"] as unknown[]).length, expected.length, query);
  }
});

test("pages and cursors lead through a list once, without gap or repetition", async () => {
  const world = await setup();
  const ids = (
    await publishSettled(
      world,
      Array.from({ length: 7 }, () => SIGNER),
    )
  ).toReversed();
  const paged: string[] = [];
  for (let page = 1; page <= 4; page++) {
    const part = await list(world.tenant, `${world.events}?limit=2&page=${page}`);
    assert.deepEqual(part.searchData, { total: 7, page, nbEventsPerPage: 2 });
    paged.push(...part.events.map(({ _id }) => _id));
  }
  assert.deepEqual(paged, ids);
  const followed: string[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query = cursor === "" ? "?limit=3" : `?limit=3&cursor=${encodeURIComponent(cursor)}`;
    const part = await list(world.tenant, world.events + query);
    followed.push(...part.events.map(({ _id }) => _id));
    cursor = part.nextCursor;
  }
  assert.deepEqual(followed, ids);
});

for (const [query, code] of [
  ["limit=0", "QUERY_VALIDATION_FAILED"],
  ["limit=101", "QUERY_VALIDATION_FAILED"],
  ["limit=abc", "QUERY_VALIDATION_FAILED"],
  ["page=0", "QUERY_VALIDATION_FAILED"],
  ["page=1.5", "QUERY_VALIDATION_FAILED"],
  ["unknown=1", "QUERY_VALIDATION_FAILED"],
  ["page=1&page=2", "QUERY_VALIDATION_FAILED"],
  ["page=1&cursor=x", "QUERY_VALIDATION_FAILED"],
  ["from=yesterday", "QUERY_VALIDATION_FAILED"],
  ["to=2026-01-31", "QUERY_VALIDATION_FAILED"],
  ["test=maybe", "QUERY_VALIDATION_FAILED"],
  ["page=201", "PAGE_TOO_DEEP"],
  ["page=101&limit=100", "PAGE_TOO_DEEP"],
  ["cursor=nonsense", "CURSOR_INVALID"],
] as const) {
  test(`a list with ${query} is refused as ${code}`, async () => {
    const { tenant, events, messages, base } = await setup();
    for (const path of [events, messages, `${base}/events`]) {
      await tenant.refused(`400 ${code}`, "GET", `${path}?${query}`);
    }
  });
}

test("a status or a code that does not exist is refused", async () => {
  const { tenant, events } = await setup();
  await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${events}?filter=DONE`);
  await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${events}?code=9xx`);
  await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${events}?msgNature=GOOD`);
  await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${events}?attempts=0`);
});

test("the last page that a number reaches is answered", async () => {
  const { tenant, events } = await setup();
  assert.deepEqual((await list(tenant, `${events}?page=200`)).events, []);
});

test("an attempt shows request, response and times, its token masked and custom headers hidden", async () => {
  const world = await setup(418);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { headers: [["x-key", "very-secret"]] });
  const [eventId] = await publishSettled(world, [SIGNER]);
  const { json, text } = await world.tenant.must(200, "GET", `${world.base}/events/${eventId}`);
  const [attempt] = json["attempts"] as {
    request: { url: string; headers: [string, string][]; body: string };
    response: { headers: [string, string][]; [field: string]: unknown };
    [field: string]: unknown;
  }[];
  assert.ok(attempt);
  assert.deepEqual(
    { number: attempt["number"], trigger: attempt["trigger"], url: attempt.request.url },
    { number: 1, trigger: "AUTO", url: `${receiver.url}/418` },
  );
  assert.equal(JSON.parse(attempt.request.body).verificationToken, "wvt_***");
  assert.deepEqual(
    attempt.request.headers.find(([name]) => name === "x-key"),
    ["x-key", "***"],
  );
  assert.doesNotMatch(text, /very-secret|wvt_[A-Za-z0-9_-]{20}/);
  const { headers, ...response } = attempt.response;
  assert.ok(headers.some(([name, value]) => name === "x-answer" && value === "yes"));
  assert.deepEqual(response, {
    status: 418,
    statusText: "I'm a Teapot",
    body: "//4=",
    bodyEncoding: "base64",
    truncated: false,
  });
  assert.deepEqual([json["status"], json["lastCode"], json["nextAttemptAt"]], ["FAILED", "418", null]);
  assert.equal((attempt["error"] as { code: string }).code, "UNEXPECTED_STATUS");
});

test("an attempt names the worker that made it as the operator's list of workers does, by nothing but its id", async () => {
  const world = await setup();
  const [eventId] = await publishSettled(world, [SIGNER]);
  const { json } = await world.tenant.must(200, "GET", `${world.events}/${eventId}`);
  const [attempt] = json["attempts"] as { workerId?: string }[];
  const { workers } = (await server.operator.must(200, "GET", "/v4/system")).json as { workers: { id: string }[] };
  assert.deepEqual(
    [attempt?.workerId],
    workers.map(({ id }) => id),
  );
  assert.match(attempt?.workerId ?? "", /^wrk_[0-9A-Za-z]{22}$/);
});

test("a failed event is resent and passes under the next number", async () => {
  const world = await setup(500);
  const [eventId] = await publishSettled(world, [SIGNER]);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { url: `${receiver.url}/200` });
  const path = `${world.events}/${eventId}`;
  const resent = await world.tenant.must(202, "POST", `${path}/resend`);
  assert.deepEqual([resent.json["_id"], resent.json["retriesUsed"]], [eventId, 0]);
  const read = () => world.tenant.must(200, "GET", path);
  const { json } = await eventually(read, (answer) => answer.json["status"] === "SUCCESS");
  const attempts = json["attempts"] as { number: number; trigger: string; triggeredBy?: string }[];
  assert.deepEqual(
    attempts.map(({ number, trigger }) => [number, trigger]),
    [
      [1, "AUTO"],
      [2, "RESEND"],
    ],
  );
  assert.match(attempts[1]?.triggeredBy ?? "", /^key_/);
});

test("a resend is refused while the event is pending, when its webhook is disabled, and once its content is erased", async () => {
  const world = await setup();
  const [eventId] = await publishSettled(world, [SIGNER]);
  const path = `${world.events}/${eventId}`;
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { isDisabled: true });
  await world.tenant.refused("409 WEBHOOK_DISABLED", "POST", `${path}/resend`);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { isDisabled: false });
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  const { behave } = receiver;
  receiver.behave = async (received, response) => {
    if (received.headers["webhook-id"] === eventId) await held;
    await behave(received, response);
  };
  await world.tenant.must(202, "POST", `${path}/resend`);
  await world.tenant.refused("409 WEBHOOK_EVENT_ALREADY_PENDING", "POST", `${path}/resend`);
  answer();
  receiver.behave = behave;
  const read = () => world.tenant.must(200, "GET", path);
  const { json } = await eventually(read, (found) => found.json["status"] === "SUCCESS");
  await server.operator.must(200, "DELETE", `${world.messages}/${String(json["messageId"])}/content`);
  await world.tenant.refused("409 MESSAGE_CONTENT_ERASED", "POST", `${path}/resend`);
  await world.tenant.refused("404 WEBHOOK_EVENT_NOT_FOUND", "POST", `${world.events}/evt_nonsense/resend`);
});

test("an erased message keeps its history without a payload", async () => {
  const world = await setup();
  const body = { ...SIGNER, error: { errorCode: "E" } };
  const [eventId] = await publishSettled(world, [body]);
  const messageId = (await list(world.tenant, world.events)).events[0]?.messageId;
  const erased = await world.platform.must(200, "DELETE", `${world.messages}/${messageId}/content`);
  assert.deepEqual([erased.json["content"], erased.json["contentBytes"], "error" in erased.json], [null, 0, false]);
  const { json } = await world.tenant.must(200, "GET", `${world.events}/${eventId}`);
  const [attempt] = json["attempts"] as { request: { body: unknown } }[];
  assert.deepEqual([json["status"], json["content"], attempt?.request.body], ["SUCCESS", null, null]);
  assert.deepEqual((await list(world.tenant, `${world.events}?search=s1`)).events, []);
  await world.platform.refused("404 MESSAGE_NOT_FOUND", "DELETE", `${world.messages}/msg_nonsense/content`);
});

test("a test event sends the catalogue's sample, is marked, and counts nowhere", async () => {
  const world = await setup();
  const name = { topic: "SIGNATURE", action: "SIGNATURE_SUCCESS" };
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { disabledTopics: ["SIGNATURE"] });
  const { json } = await world.tenant.must(201, "POST", `/v4/webhooks/${world.webhookId}/test`, name);
  assert.equal(json["isTest"], true);
  const [received] = await receiver.until(1, ({ headers }) => headers["webhook-id"] === json["_id"]);
  assert.equal(received?.headers["ignisign-test"], "true");
  const catalog = (await server.operator.must(200, "GET", "/v4/catalog")).json as {
    topics?: { SIGNATURE: { actions: { SIGNATURE_SUCCESS: { sample: unknown } } } };
  };
  const { sample } = catalog.topics?.SIGNATURE.actions.SIGNATURE_SUCCESS ?? {};
  assert.deepEqual(JSON.parse(received?.body ?? "").content, sample);
  const read = () => world.tenant.must(200, "GET", `${world.events}/${String(json["_id"])}`);
  const settled = await eventually(read, (answer) => answer.json["status"] === "SUCCESS");
  assert.equal((settled.json["attempts"] as { trigger: string }[])[0]?.trigger, "TEST");
  assert.equal((await list(world.tenant, `${world.events}?test=true`)).events.length, 1);
  const webhook = await world.tenant.must(200, "GET", `/v4/webhooks/${world.webhookId}`);
  assert.deepEqual(webhook.json["stats"], { pending: 0, success: 0, failed: 0 });
});

test("a test event takes an own content byte for byte, checked like a published one", async () => {
  const world = await setup();
  const path = `/v4/webhooks/${world.webhookId}/test`;
  const content = '{ "signerId" :"\\u0041", "n":10000000000000000000001}';
  const answer = await world.tenant.must(
    201,
    "POST",
    path,
    `{"topic":"SIGNER","action":"CREATED","content":${content}}`,
  );
  assert.ok(answer.text.includes(`"content":${content},`));
  await world.tenant.refused("400 BODY_VALIDATION_FAILED", "POST", path, { ...SIGNER, content: {} });
  await world.tenant.refused("400 BODY_VALIDATION_FAILED", "POST", path, { ...SIGNER, topic: "NOPE" });
  await world.tenant.refused("422 TOPIC_NOT_IMPLEMENTED", "POST", path, { ...SIGNER, topic: "SIGNER_AUTH" });
  await world.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { isDisabled: true });
  await world.tenant.refused("409 WEBHOOK_DISABLED", "POST", path, SIGNER);
});

test("a list gives contents up to 4 KiB, and the size of longer ones", async () => {
  const world = await setup();
  const sized = (bytes: number) => {
    const empty = JSON.stringify({ signerId: "s", x: "" });
    return { ...SIGNER, content: { signerId: "s", x: "y".repeat(bytes - empty.length) } };
  };
  const [fits, tooLong] = await publishSettled(world, [sized(4_096), sized(4_097)]);
  const listed = (await list(world.tenant, world.events)).events as (Event & {
    content: unknown;
    contentBytes?: number;
  })[];
  assert.deepEqual(
    listed.map(({ _id, content, contentBytes }) => [_id, content === null, contentBytes]),
    [
      [tooLong, true, 4_097],
      [fits, false, undefined],
    ],
  );
  const one = await world.tenant.must(200, "GET", `${world.events}/${tooLong}`);
  assert.deepEqual(one.json["content"], sized(4_097).content);
});

test("the history of a deleted webhook stays readable through its messages", async () => {
  const world = await setup();
  const [eventId] = await publishSettled(world, [SIGNER]);
  await world.tenant.must(200, "DELETE", `/v4/webhooks/${world.webhookId}`);
  await world.tenant.refused("404 WEBHOOK_NOT_FOUND", "GET", `${world.events}/${eventId}`);
  const { json } = await world.tenant.must(200, "GET", `${world.base}/events/${eventId}`);
  assert.equal(json["status"], "SUCCESS");
});
