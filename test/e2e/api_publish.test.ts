/** Publishing over HTTP: bytes, catalogue, idempotency, batches, limits. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();

const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };
/** Odd, and valid: a 20-digit integer, a repeated key, odd order and spacing, escapes, a lone surrogate, an exponent. */
const ODD_CONTENT =
  '{ "z" :1,\t"signerId":"\\u0073\\u0000\\ud800","big":12345678901234567890,"z":2 , "a":[1.0,1e400,-0],\n "__proto__":{"é":"\\/"} }';

type Message = { _id: string; events: { _id: string; webhookId: string; status: string }[] };
type Faults = { faults: { path: string; message: string }[] };

async function setup() {
  const created = await server.tenant();
  return { ...created, messages: `${created.base}/messages` };
}

async function publishedWebhook() {
  const created = await setup();
  const { json } = await created.tenant.must(201, "POST", `${created.base}/webhooks`, { url: receiver.url });
  return { ...created, webhookId: String(json["_id"]) };
}

test("a message is answered with its events, one for each webhook that takes it", async () => {
  const { base, tenant, platform, messages, webhookId, appId } = await publishedWebhook();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url, disabledTopics: ["SIGNER"] });
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url, disabledActions: ["SIGNER.CREATED"] });
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url, isDisabled: true });
  const { json } = await platform.must(201, "POST", messages, SIGNER);
  const { _id, _createdAt, events, ...rest } = json as Message & { _createdAt: string };
  assert.match(_id, /^msg_/);
  assert.ok(_createdAt);
  assert.deepEqual(rest, { appId, appEnv: "DEVELOPMENT", ...SIGNER, msgNature: "SUCCESS", isTest: false });
  assert.deepEqual(events, [{ _id: events[0]?._id, webhookId, status: "PENDING" }]);
});

test("content and error keep their bytes in the answer, the POST and the history", async () => {
  const { tenant, platform, messages, webhookId } = await publishedWebhook();
  const error = '{"message":"\\u0000", "errorCode":"E" ,"context":{"n":1.50}}';
  const body = `{"error":${error},"content":${ODD_CONTENT} ,"action":"CREATED","topic":"SIGNER"}`;
  const created = await platform.must(201, "POST", messages, body);
  const { _id, events } = created.json as Message;
  const eventId = events[0]?._id ?? "";
  const [posted] = await receiver.until(1, ({ headers }) => headers["webhook-id"] === eventId);
  const pieces = `"content":${ODD_CONTENT},"error":${error},`;
  assert.ok(posted?.body.includes(pieces));
  for (const answer of [
    created,
    await tenant.must(200, "GET", `${messages}/${_id}`),
    await tenant.must(200, "GET", messages),
    await tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events`),
    await tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events/${eventId}`),
  ]) {
    assert.ok(answer.text.includes(pieces), answer.text);
  }
});

test("an alias publishes under the topic's own name, and the catalogue gives the nature", async () => {
  const { platform, messages } = await setup();
  const failed = {
    topic: "SIGNATURE",
    action: "SIGNATURE_FAILED",
    content: { signatureRequestId: "r", signerId: "s" },
  };
  assert.equal((await platform.must(201, "POST", messages, failed)).json["msgNature"], "ERROR");
  const given = await platform.must(201, "POST", messages, { ...failed, msgNature: "INFO" });
  assert.equal(given.json["msgNature"], "INFO");
});

test("a topic without actions is 422, under its alias too", async () => {
  const { platform, messages } = await setup();
  for (const topic of ["SIGNER_AUTH", "SIGNER_ID_PROOFING", "ID_PROOFING"]) {
    await platform.refused("422 TOPIC_NOT_IMPLEMENTED", "POST", messages, { ...SIGNER, topic });
  }
});

for (const [name, body, path] of [
  ["an unknown topic", { ...SIGNER, topic: "NOPE" }, "topic"],
  ["the filter word ALL", { ...SIGNER, topic: "ALL" }, "topic"],
  ["an unknown action", { ...SIGNER, action: "NOPE" }, "action"],
  ["a required content field missing", { ...SIGNER, content: {} }, "content.signerId"],
  ["a content field of another type", { ...SIGNER, content: { signerId: 1 } }, "content.signerId"],
  ["no content", { topic: "SIGNER", action: "CREATED" }, "content"],
  ["a content that is no object", { ...SIGNER, content: [] }, "content"],
  ["an unknown field", { ...SIGNER, extra: 1 }, "extra"],
  ["an unknown nature", { ...SIGNER, msgNature: "FINE" }, "msgNature"],
  ["an error without a code", { ...SIGNER, error: {} }, "error.errorCode"],
  ["an unknown error field", { ...SIGNER, error: { errorCode: "E", extra: 1 } }, "error.extra"],
] as const) {
  test(`a message with ${name} is refused with its place`, async () => {
    const { platform, messages } = await setup();
    const { json } = await platform.refused("400 BODY_VALIDATION_FAILED", "POST", messages, body);
    assert.deepEqual(
      (json["context"] as Faults).faults.map((fault) => fault.path),
      [path],
    );
  });
}

for (const [name, body] of [
  ["malformed JSON", '{"topic":'],
  ["a byte order mark", `\ufeff${JSON.stringify(SIGNER)}`],
  ["a repeated top-level field", `{"topic":"APP",${JSON.stringify(SIGNER).slice(1)}`],
  ["no body", ""],
  ["a list for a body", "[]"],
] as const) {
  test(`a message with ${name} is refused`, async () => {
    const { platform, messages } = await setup();
    await platform.refused("400 BODY_VALIDATION_FAILED", "POST", messages, body);
  });
}

test("a body may be nested 64 levels deep, and not one more", async () => {
  const { platform, messages } = await setup();
  const nested = (levels: number) => ({
    ...SIGNER,
    content: { signerId: "s", x: JSON.parse("[".repeat(levels) + "]".repeat(levels)) },
  });
  await platform.must(201, "POST", messages, nested(62));
  await platform.refused("400 BODY_VALIDATION_FAILED", "POST", messages, nested(63));
});

test("a body that is not UTF-8 is refused", async () => {
  const { platform, messages } = await setup();
  const bytes = Buffer.concat([Buffer.from('{"topic":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
  const { status, json } = await platform.callBytes(messages, bytes);
  assert.deepEqual([status, json["code"]], [400, "BODY_VALIDATION_FAILED"]);
});

test("a message may have 256 KiB, and not a byte more", async () => {
  const { platform, messages } = await setup();
  const sized = (bytes: number) => {
    const empty = JSON.stringify({ ...SIGNER, content: { signerId: "s", x: "" } });
    return empty.replace('"x":""', `"x":"${"y".repeat(bytes - empty.length)}"`);
  };
  await platform.must(201, "POST", messages, sized(262_144));
  await platform.refused("413 BODY_TOO_LARGE", "POST", messages, sized(262_145));
  const batch = `{"messages":[${sized(100)},${sized(262_145)}]}`;
  const { json } = await platform.refused("413 BODY_TOO_LARGE", "POST", `${messages}/batch`, batch);
  assert.equal((json["context"] as { path: string }).path, "messages[1]");
  await platform.must(201, "POST", `${messages}/batch`, `{"messages":[${sized(262_144)},${sized(262_144)}]}`);
  await platform.refused("413 BODY_TOO_LARGE", "POST", `${messages}/batch`, " ".repeat(8 * 1024 * 1024 + 1));
});

test("a repeat with the same key and body is 200 with the same ids and the events' present state", async () => {
  const { platform, messages } = await publishedWebhook();
  const headers = { "idempotency-key": "!~order-1" };
  const first = (await platform.must(201, "POST", messages, SIGNER, headers)).json as Message;
  await receiver.until(1, ({ headers: got }) => got["webhook-id"] === first.events[0]?._id);
  let repeat = first;
  for (let tries = 0; repeat.events[0]?.status !== "SUCCESS" && tries < 500; tries++) {
    repeat = (await platform.must(200, "POST", messages, SIGNER, headers)).json as Message;
  }
  const events = first.events.map((event) => ({ ...event, status: "SUCCESS" }));
  assert.deepEqual(repeat, { ...first, events, idempotencyKey: "!~order-1" });
});

test("the same key with another body is 409, also when only a space differs", async () => {
  const { platform, messages } = await setup();
  const headers = { "idempotency-key": "k" };
  await platform.must(201, "POST", messages, SIGNER, headers);
  const other = await platform.must(409, "POST", messages, `${JSON.stringify(SIGNER)} `, headers);
  assert.equal(other.json["code"], "IDEMPOTENCY_KEY_REUSED");
});

test("a key belongs to its tenant and its route", async () => {
  const [one, other] = [await setup(), await setup()];
  const headers = { "idempotency-key": "k" };
  await one.platform.must(201, "POST", one.messages, SIGNER, headers);
  await one.platform.must(201, "POST", other.messages, { ...SIGNER, msgNature: "INFO" }, headers);
  await one.platform.must(201, "POST", `${one.messages}/batch`, { messages: [SIGNER] }, headers);
});

test("a refused message does not use up its key", async () => {
  const { platform, messages } = await setup();
  const headers = { "idempotency-key": "k" };
  await platform.must(400, "POST", messages, { ...SIGNER, topic: "NOPE" }, headers);
  await platform.must(201, "POST", messages, SIGNER, headers);
});

for (const [name, key] of [
  ["a space", "a b"],
  ["256 characters", "x".repeat(256)],
  ["no characters", ""],
  ["a letter beyond ASCII", "é"],
] as const) {
  test(`an idempotency key with ${name} is refused`, async () => {
    const { platform, messages } = await setup();
    const answer = await platform.call("POST", messages, SIGNER, { "idempotency-key": key });
    assert.deepEqual([answer.status, answer.json["code"]], [400, "HEADER_VALIDATION_FAILED"]);
  });
}

test("a batch is stored in order, and its repeat answers the same ids", async () => {
  const { platform, messages } = await setup();
  const batch = {
    messages: Array.from({ length: 1_000 }, (_, at) => ({ ...SIGNER, content: { signerId: `s${at}` } })),
  };
  const headers = { "idempotency-key": "batch" };
  const first = await platform.must(201, "POST", `${messages}/batch`, batch, headers);
  const made = first.json["messages"] as (Message & { content: { signerId: string } })[];
  assert.deepEqual(
    made.map(({ content }) => content.signerId),
    batch.messages.map(({ content }) => content.signerId),
  );
  assert.deepEqual(
    made.map(({ _id }) => _id),
    made.map(({ _id }) => _id).sort(),
  );
  const repeat = await platform.must(200, "POST", `${messages}/batch`, batch, headers);
  assert.equal(repeat.text, first.text);
});

test("a long content of a batch is left out of the answer, with its size", async () => {
  const { tenant, platform, messages } = await setup();
  const content = { signerId: "s", x: "é".repeat(3_000) };
  const { json } = await platform.must(201, "POST", `${messages}/batch`, { messages: [{ ...SIGNER, content }] });
  const [made] = json["messages"] as (Message & { content: unknown; contentBytes: number })[];
  assert.equal(made?.content, null);
  assert.equal(made?.contentBytes, Buffer.byteLength(JSON.stringify(content)));
  const one = await tenant.must(200, "GET", `${messages}/${made?._id}`);
  assert.deepEqual(one.json["content"], content);
});

test("one faulty message refuses the whole batch, and every fault names its index", async () => {
  const { tenant, platform, messages } = await setup();
  const faulty = [SIGNER, { ...SIGNER, content: {} }, SIGNER, { ...SIGNER, topic: "NOPE" }];
  const { json } = await platform.refused("400 BODY_VALIDATION_FAILED", "POST", `${messages}/batch`, {
    messages: faulty,
  });
  assert.deepEqual(
    (json["context"] as Faults).faults.map(({ path }) => path),
    ["messages[1].content.signerId", "messages[3].topic"],
  );
  const shape = { messages: [SIGNER, { ...SIGNER, extra: 1 }] };
  const refused = await platform.refused("400 BODY_VALIDATION_FAILED", "POST", `${messages}/batch`, shape);
  assert.equal((refused.json["context"] as Faults).faults[0]?.path, "messages[1].extra");
  const text = `{"messages":[${JSON.stringify(SIGNER)},{"topic":"APP",${JSON.stringify(SIGNER).slice(1)}]}`;
  const repeated = await platform.refused("400 BODY_VALIDATION_FAILED", "POST", `${messages}/batch`, text);
  assert.equal((repeated.json["context"] as Faults).faults[0]?.path, "messages[1].topic");
  const none = await tenant.must(200, "GET", messages);
  assert.equal((none.json["searchData"] as { total: number }).total, 0);
});

test("a batch has 1 to 1000 messages and at most 10000 events", async () => {
  const { base, tenant, platform, messages } = await setup();
  const batch = (count: number) => ({ messages: Array.from({ length: count }, () => SIGNER) });
  await platform.refused("400 BODY_VALIDATION_FAILED", "POST", `${messages}/batch`, batch(0));
  await platform.refused("400 BODY_VALIDATION_FAILED", "POST", `${messages}/batch`, batch(1_001));
  for (let made = 0; made < 11; made++) await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  const { json } = await platform.refused("422 BATCH_EVENTS_LIMIT_REACHED", "POST", `${messages}/batch`, batch(910));
  assert.deepEqual(json["context"], { count: 10_010, limit: 10_000 });
});
