/** The check of verification tokens over HTTP: every flag. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { hash } from "node:crypto";
import type { CheckedClient, TestTenant } from "./support/api_server.ts";
import { startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer({ TOKEN_TTL: "1h" });
const receiver = await startReceiver();
const PATH = "/v4/tokens/webhook-verification/checking-consumption";
const HOUR_MS = 3_600_000;
const CONTENT = '{"signerId":"\\u00e9"}';
const NOTHING = {
  isValid: false,
  haveBeenConsumed: false,
  notFound: false,
  alreadyConsumed: false,
  badTarget: false,
  isExpired: false,
  badRelatedId: false,
  context: null,
};

type World = TestTenant & {
  token: string;
  target: { appId: string; appEnv: string };
  eventId: string;
  webhookId: string;
};

/** A tenant that received one POST, with its token. */
async function setup(): Promise<World> {
  const created = await server.tenant();
  const webhook = await created.tenant.must(201, "POST", `${created.base}/webhooks`, { url: receiver.url });
  const body = `{"topic":"SIGNER","action":"CREATED","content":${CONTENT}}`;
  const { json } = await created.platform.must(201, "POST", `${created.base}/messages`, body);
  const eventId = (json["events"] as { _id: string }[])[0]?._id ?? "";
  const [received] = await receiver.until(1, ({ headers }) => headers["webhook-id"] === eventId);
  const token = String(JSON.parse(received?.body ?? "{}").verificationToken);
  const target = { appId: created.appId, appEnv: "DEVELOPMENT" };
  return { ...created, token, target, eventId, webhookId: String(webhook.json["_id"]) };
}

async function check(client: CheckedClient, body: object): Promise<unknown> {
  return (await client.must(200, "POST", PATH, body)).json;
}

test("a token is valid once, with the context of its attempt, and consumed from then on", async () => {
  const { tenant, token, target, eventId, webhookId } = await setup();
  const contentSha256 = hash("sha256", CONTENT);
  const context = { webhookId, eventId, attemptNumber: 1, topic: "SIGNER", action: "CREATED", contentSha256 };
  const valid = { ...NOTHING, isValid: true, haveBeenConsumed: true, context };
  assert.deepEqual(await check(tenant, { token, ...target }), valid);
  assert.deepEqual(await check(tenant, { token, ...target }), { ...NOTHING, alreadyConsumed: true });
});

test("a check whose answer was lost is repeated with its Idempotency-Key, and answered as it was", async () => {
  const { tenant, token, target } = await setup();
  const checkWith = async (key: string): Promise<unknown> =>
    (await tenant.must(200, "POST", PATH, { token, ...target }, { "idempotency-key": key })).json;
  const first = await checkWith("check-1");
  assert.equal((first as { isValid: boolean }).isValid, true);
  assert.deepEqual(await checkWith("check-1"), first);
  assert.deepEqual(await checkWith("check-2"), { ...NOTHING, alreadyConsumed: true });
  assert.deepEqual(await check(tenant, { token, ...target }), { ...NOTHING, alreadyConsumed: true });
  assert.deepEqual(await checkWith("check-1"), first);
});

test("a malformed Idempotency-Key is refused and consumes nothing", async () => {
  const { tenant, token, target } = await setup();
  for (const key of ["", "two words", "x".repeat(256)]) {
    const { json } = await tenant.must(400, "POST", PATH, { token, ...target }, { "idempotency-key": key });
    assert.equal(json["code"], "HEADER_VALIDATION_FAILED");
  }
  const headers = { "idempotency-key": "x".repeat(255) };
  const checked = await tenant.must(200, "POST", PATH, { token, ...target }, headers);
  assert.equal(checked.json["isValid"], true);
});

test("the v4 name of the field is accepted, but not two different tokens", async () => {
  const { tenant, token, target } = await setup();
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", PATH, { token, verificationToken: "other", ...target });
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", PATH, target);
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", PATH, { token });
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", PATH, { token, ...target, extra: 1 });
  const checked = (await check(tenant, { verificationToken: token, ...target })) as { isValid: boolean };
  assert.equal(checked.isValid, true);
});

test("a wrong target does not consume", async () => {
  const { tenant, token, target } = await setup();
  const badTarget = { ...NOTHING, badTarget: true };
  assert.deepEqual(await check(tenant, { token, ...target, appEnv: "PRODUCTION" }), badTarget);
  assert.deepEqual(await check(tenant, { token, ...target, appEnv: "NOWHERE" }), badTarget);
  assert.deepEqual(await check(tenant, { token, ...target, appId: "appId_x" }), badTarget);
  assert.equal(((await check(tenant, { token, ...target })) as { isValid: boolean }).isValid, true);
});

test("another tenant's token reads like one that never was, whatever target is named", async () => {
  const [own, other] = [await setup(), await server.tenant()];
  const notFound = { ...NOTHING, notFound: true };
  assert.deepEqual(await check(other.tenant, { token: own.token, ...own.target }), notFound);
  assert.deepEqual(await check(other.tenant, { token: own.token, ...own.target, appId: other.appId }), notFound);
  assert.equal(((await check(own.tenant, { token: own.token, ...own.target })) as { isValid: boolean }).isValid, true);
});

test("what is no token of ours is not found", async () => {
  const { tenant, token, target } = await setup();
  const flipped = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
  for (const forged of ["x", "wvt_", flipped, `${token}A`, token.slice(0, -4)]) {
    assert.deepEqual(await check(tenant, { token: forged, ...target }), { ...NOTHING, notFound: true });
  }
});

test("a token expires an hour after its attempt, and an expired check does not consume", async (t) => {
  const { tenant, token, target } = await setup();
  t.after(() => (server.shift.ms = 0));
  server.shift.ms = HOUR_MS;
  assert.deepEqual(await check(tenant, { token, ...target }), { ...NOTHING, isExpired: true });
  server.shift.ms = 0;
  assert.equal(((await check(tenant, { token, ...target })) as { isValid: boolean }).isValid, true);
});

test("the operator checks for every tenant, by the target it names", async () => {
  const { token, target } = await setup();
  const other = await server.tenant();
  const wrong = { ...target, appId: other.appId };
  assert.deepEqual(await check(server.operator, { token, ...wrong }), { ...NOTHING, badTarget: true });
  assert.equal(((await check(server.operator, { token, ...target })) as { isValid: boolean }).isValid, true);
});

test("a token of an erased message has no content to compare", async () => {
  const { tenant, platform, base, token, target } = await setup();
  const listed = await tenant.must(200, "GET", `${base}/messages`);
  const messageId = (listed.json["items"] as { _id: string }[])[0]?._id;
  await platform.must(200, "DELETE", `${base}/messages/${messageId}/content`);
  const checked = (await check(tenant, { token, ...target })) as { isValid: boolean; context: { contentSha256: null } };
  assert.deepEqual([checked.isValid, checked.context.contentSha256], [true, null]);
});
