/** The debuggers of signatures and tokens over HTTP. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { formatSecret, signatureHeader, signingKey } from "../../src/domain/signature.ts";
import type { TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer({ TOKEN_TTL: "1h" });
const receiver = await startReceiver();
const INSPECTION = "/v4/tokens/webhook-verification/inspection";
const CONSUMPTION = "/v4/tokens/webhook-verification/checking-consumption";
const CONTENT = '{"signerId":"\\u00e9","n":1.0}';

type World = TestTenant & {
  webhookId: string;
  eventId: string;
  token: string;
  secret: string;
  /** What the receiver got, as it is given to the check. */
  presented: { id: string; timestamp: string; body: string; signature: string };
  check: string;
  event: string;
};

type Verdict = {
  isValid: boolean;
  signedContent: string;
  secrets: { createdAt: string; expiresAt: string | null; matches: boolean }[];
  faults: string[];
};

/** A tenant that received one POST, and its headers and body. */
async function setup(): Promise<World> {
  const created = await server.tenant();
  const headers = [["x-own", "hidden-value"]];
  const webhook = await created.tenant.must(201, "POST", `${created.base}/webhooks`, { url: receiver.url, headers });
  const webhookId = String(webhook.json["_id"]);
  const message = `{"topic":"SIGNER","action":"CREATED","content":${CONTENT}}`;
  const { json } = await created.platform.must(201, "POST", `${created.base}/messages`, message);
  const eventId = (json["events"] as { _id: string }[])[0]?._id ?? "";
  const event = `/v4/webhooks/${webhookId}/events/${eventId}`;
  const [received] = await receiver.until(1, (one) => one.headers["webhook-id"] === eventId);
  await eventually(
    () => created.tenant.must(200, "GET", event),
    (answer) => answer.json["status"] === "SUCCESS",
  );
  const header = (name: string): string => String(received?.headers[name]);
  const body = received?.body ?? "";
  const presented = {
    id: eventId,
    timestamp: header("webhook-timestamp"),
    body,
    signature: header("webhook-signature"),
  };
  return {
    ...created,
    webhookId,
    eventId,
    presented,
    event,
    token: String(JSON.parse(body).verificationToken),
    secret: String(webhook.json["secret"]),
    check: `/v4/webhooks/${webhookId}/signature/check`,
  };
}

async function verdictOf({ tenant, check }: World, presented: object): Promise<Verdict> {
  return (await tenant.must(200, "POST", check, presented)).json as unknown as Verdict;
}

async function stillUnconsumed({ tenant, token, appId }: World): Promise<boolean> {
  const { json } = await tenant.must(200, "POST", CONSUMPTION, { token, appId, appEnv: "DEVELOPMENT" });
  return json["isValid"] === true;
}

test("a signature as it was received holds, whether its timestamp is given as text or as a number", async () => {
  const world = await setup();
  const verdict = await verdictOf(world, world.presented);
  assert.deepEqual([verdict.isValid, verdict.faults], [true, []]);
  assert.deepEqual(
    verdict.secrets.map(({ expiresAt, matches }) => [expiresAt, matches]),
    [[null, true]],
  );
  const { id, timestamp, body } = world.presented;
  assert.equal(verdict.signedContent, `${id}.${timestamp}.${body.replace(world.token, "wvt_***")}`);
  assert.deepEqual(await verdictOf(world, { ...world.presented, timestamp: Number(timestamp) }), verdict);
});

test("what is wrong is told in words: an old timestamp, another body, no v1 part", async (t) => {
  t.after(() => (server.shift.ms = 0));
  const world = await setup();
  const { presented } = world;
  const parsed = JSON.stringify(JSON.parse(presented.body));
  const reparsed = await verdictOf(world, { ...presented, body: parsed });
  assert.equal(reparsed.isValid, false);
  assert.match(reparsed.faults.join("\n"), /no secret matches[^]*same JSON as the one that was sent, but other bytes/);
  const changed = await verdictOf(world, { ...presented, body: presented.body.replace("SIGNER", "SIGNED") });
  const at = presented.body.indexOf("SIGNER") + "SIGNED".length;
  assert.match(changed.faults.join("\n"), new RegExp(`from character ${at} on`));
  const bare = await verdictOf(world, { ...presented, signature: presented.signature.slice(3) });
  assert.match(bare.faults[0] ?? "", /no v1 part/);
  server.shift.ms = 7 * 60_000;
  const old = await verdictOf(world, presented);
  assert.deepEqual(old.faults, ["the timestamp is 7 minutes old; receivers refuse more than 5 minutes"]);
  assert.deepEqual([old.isValid, old.secrets[0]?.matches], [false, true]);
});

test("a key without the scope events is not told where a body differs", async () => {
  const world = await setup();
  const { presented, base } = world;
  const key = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes: ["webhooks"] });
  const tenant = server.operator.as(String(key.json["apiKey"]));
  const body = presented.body.replace("SIGNER", "SIGNED");
  const { faults } = await verdictOf({ ...world, tenant }, { ...presented, body });
  assert.equal(faults.at(-1), "the body is not the one that was sent");
});

test("after a rotation both secrets are known, and each tells what it signed", async (t) => {
  t.after(() => (server.shift.ms = 0));
  const world = await setup();
  const { tenant, presented } = world;
  const secret = formatSecret(Buffer.alloc(32, 5));
  await tenant.must(200, "POST", `/v4/webhooks/${world.webhookId}/secret/rotate`, { secret });
  const { isValid, secrets } = await verdictOf(world, presented);
  assert.deepEqual([isValid, secrets.map(({ matches }) => matches)], [true, [false, true]]);
  const { id, timestamp, body } = presented;
  const signature = signatureHeader([signingKey(secret)], { id, timestampS: Number(timestamp), body });
  const byNew = await verdictOf(world, { ...presented, signature });
  assert.deepEqual([byNew.isValid, byNew.secrets.map(({ matches }) => matches)], [true, [true, false]]);
  assert.notEqual(secrets[1]?.expiresAt, null);
});

test("the check takes a body of 256 KiB whose every character is escaped, and refuses unknown fields", async () => {
  const world = await setup();
  const body = '"'.repeat(256 * 1024);
  assert.equal((await verdictOf(world, { ...world.presented, body })).isValid, false);
  const { tenant, check, presented } = world;
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", check, { ...presented, secret: "whsec_x" });
  await tenant.refused("413 BODY_TOO_LARGE", "POST", check, { ...presented, body: "x".repeat(1024 * 1024) });
});

test("a stored attempt's signature is recomputed over the very body that was sent", async () => {
  const world = await setup();
  const { tenant, event, presented, token } = world;
  const answer = await tenant.must(200, "GET", `${event}/attempts/1/signature`);
  const { signature, ...verdict } = answer.json as Verdict & { signature: string };
  assert.equal(signature, presented.signature);
  assert.deepEqual([verdict.isValid, verdict.faults], [true, []]);
  assert.equal(
    verdict.signedContent,
    `${presented.id}.${presented.timestamp}.${presented.body.replace(token, "wvt_***")}`,
  );
  assert.ok(await stillUnconsumed(world), "looking at it consumes nothing");
});

test("a signature whose secret is not stored any more is told so", async (t) => {
  t.after(() => (server.shift.ms = 0));
  const world = await setup();
  const { store } = server.running;
  await world.tenant.must(200, "POST", `/v4/webhooks/${world.webhookId}/secret/rotate`);
  server.shift.ms = 25 * 3_600_000;
  const path = `${world.event}/attempts/1/signature`;
  const expired = (await world.tenant.must(200, "GET", path)).json as unknown as Verdict;
  assert.deepEqual([expired.isValid, expired.secrets.length], [true, 2]);
  await store.pruneExpired({ limit: 1_000, statsBefore: 0 });
  const removed = (await world.tenant.must(200, "GET", path)).json as unknown as Verdict;
  assert.deepEqual([removed.isValid, removed.secrets.length], [false, 1]);
  assert.match(removed.faults[0] ?? "", /^no secret matches/);
});

test("an attempt that is not there and one that lost its content are told apart", async () => {
  const world = await setup();
  const { tenant, base, event, platform } = world;
  for (const number of ["2", "0", "x", "01"]) {
    await tenant.refused("404 WEBHOOK_ATTEMPT_NOT_FOUND", "GET", `${event}/attempts/${number}/signature`);
  }
  await tenant.refused("404 WEBHOOK_EVENT_NOT_FOUND", "GET", `${event.slice(0, -5)}zzzzz/attempts/1/signature`);
  const listed = await tenant.must(200, "GET", `${base}/messages`);
  const messageId = (listed.json["items"] as { _id: string }[])[0]?._id;
  await platform.must(200, "DELETE", `${base}/messages/${messageId}/content`);
  await tenant.refused("409 MESSAGE_CONTENT_ERASED", "GET", `${event}/attempts/1/signature`);
  await tenant.refused("409 MESSAGE_CONTENT_ERASED", "POST", `${event}/signed-request`);
});

test("an attempt that sent nothing has no signature", async () => {
  const { tenant, platform, base } = await server.tenant();
  const url = `${receiver.url}/rate`;
  await tenant.must(201, "POST", `${base}/webhooks`, { url, rateLimit: 1 });
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  await platform.must(201, "POST", `${base}/messages`, message);
  const { json } = await platform.must(201, "POST", `${base}/messages`, message);
  await platform.must(200, "DELETE", `${base}/messages/${String(json["_id"])}/content`);
  const { _id: eventId, webhookId } = (json["events"] as { _id: string; webhookId: string }[])[0] ?? { _id: "" };
  const event = `/v4/webhooks/${webhookId}/events/${eventId}`;
  const ended = await eventually(
    () => tenant.must(200, "GET", event),
    (answer) => answer.json["status"] === "FAILED",
  );
  assert.equal(ended.json["attemptCount"], 1);
  await tenant.refused("409 WEBHOOK_ATTEMPT_NOT_SENT", "GET", `${event}/attempts/1/signature`);
});

test("a request is signed anew with the token masked, holds at a receiver, and is audited", async () => {
  const world = await setup();
  const { tenant, event, token, secret, webhookId, eventId, appId } = world;
  const answer = await tenant.must(200, "POST", `${event}/signed-request`);
  const { method, url, headers, body } = answer.json as {
    method: string;
    url: string;
    headers: [string, string][];
    body: string;
  };
  assert.deepEqual([method, url, body], ["POST", `${receiver.url}/`, world.presented.body.replace(token, "wvt_***")]);
  const header = new Map(headers);
  const timestampS = Number(header.get("webhook-timestamp"));
  assert.ok(Math.abs(Date.now() / 1000 - timestampS) < 60);
  assert.equal(header.get("webhook-id"), eventId);
  assert.equal(
    header.get("webhook-signature"),
    signatureHeader([signingKey(secret)], { id: eventId, timestampS, body }),
  );
  assert.equal(header.get("content-length"), String(Buffer.byteLength(body)));
  assert.equal(header.get("x-own"), "***");
  for (const hidden of [token, secret, secret.slice(6), "hidden-value"]) assert.ok(!answer.text.includes(hidden));
  const { store } = server.running;
  const { tenant: number } = (await store.findTenant({ appId, appEnv: "DEVELOPMENT" })) ?? { tenant: 0 };
  const [entry] = (await store.listAudit({ tenant: number, limit: 1, page: 1, cursor: null })).items;
  assert.deepEqual(
    [entry?.action, entry?.target.id, entry?.after],
    ["webhook.sign-request", webhookId, JSON.stringify({ eventId })],
  );
});

test("a signed request shows content, so it needs the scope events, too", async () => {
  const { base, event } = await setup();
  for (const scopes of [["webhooks"], ["events"]]) {
    const key = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes });
    const client = server.operator.as(String(key.json["apiKey"]));
    await client.refused("403 SCOPE_MISSING", "POST", `${event}/signed-request`);
  }
});

test("another tenant's webhooks and events are not there for the debuggers", async () => {
  const [own, other] = [await setup(), await setup()];
  await other.tenant.refused("404 WEBHOOK_NOT_FOUND", "POST", own.check, own.presented);
  await other.tenant.refused("404 WEBHOOK_NOT_FOUND", "GET", `${own.event}/attempts/1/signature`);
  await other.tenant.refused("404 WEBHOOK_NOT_FOUND", "POST", `${own.event}/signed-request`);
  const foreign = await verdictOf(other, own.presented);
  assert.match(foreign.faults.at(-1) ?? "", /^no attempt of this webhook is known/);
});

test("a token is inspected as often as one likes, and is consumed by its check alone", async () => {
  const world = await setup();
  const { tenant, token, webhookId, eventId } = world;
  const inspect = async () => (await tenant.must(200, "POST", INSPECTION, { token })).json;
  const valid = await inspect();
  const { issuedAt, expiresAt, ...rest } = valid;
  const about = { webhookId, eventId, attemptNumber: 1, topic: "SIGNER", action: "CREATED" };
  assert.deepEqual(rest, { state: "valid", consumedAt: null, ...about });
  assert.equal(Date.parse(String(expiresAt)) - Date.parse(String(issuedAt)), 3_600_000);
  assert.deepEqual(await inspect(), valid);
  assert.ok(await stillUnconsumed(world));
  const consumed = await inspect();
  assert.equal(consumed["state"], "consumed");
  assert.ok(Math.abs(Date.parse(String(consumed["consumedAt"])) - Date.now()) < 60_000);
});

test("an expired token tells when it expired, and a consumed one stays consumed", async (t) => {
  t.after(() => (server.shift.ms = 0));
  const [expired, consumed] = [await setup(), await setup()];
  assert.ok(await stillUnconsumed(consumed));
  const inspect = async ({ tenant, token }: World) => (await tenant.must(200, "POST", INSPECTION, { token })).json;
  server.shift.ms = 3_600_000;
  const { state, expiresAt } = await inspect(expired);
  assert.equal(state, "expired");
  assert.ok(Date.parse(String(expiresAt)) <= Date.now() + server.shift.ms);
  assert.equal((await inspect(consumed))["state"], "consumed");
});

test("another tenant's token, a forged and a malformed one are not found; the operator finds every tenant's", async () => {
  const [own, other] = [await setup(), await setup()];
  const forged = own.token.slice(0, -1) + (own.token.endsWith("A") ? "B" : "A");
  for (const [client, token] of [
    [other.tenant, own.token],
    [own.tenant, forged],
    [own.tenant, "wvt_"],
  ] as const) {
    const { json } = await client.must(200, "POST", INSPECTION, { token });
    const { state, ...rest } = json;
    assert.equal(state, "notFound");
    assert.deepEqual(new Set(Object.values(rest)), new Set([null]));
  }
  const { json } = await server.operator.must(200, "POST", INSPECTION, { token: own.token });
  assert.deepEqual([json["state"], json["eventId"]], ["valid", own.eventId]);
  await own.platform.refused("403 SCOPE_MISSING", "POST", INSPECTION, { token: own.token });
});
