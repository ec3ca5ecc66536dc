/** Webhooks over HTTP: registration, defaults, changes, refusals, secrets. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { startApiServer } from "./support/api_server.ts";

const server = await startApiServer();
const URL = "http://127.0.0.1:9999/hook";

type Webhook = { _id: string; headers: unknown; disabledTopics: string[]; [field: string]: unknown };

async function setup() {
  const { base, tenant, platform, appId } = await server.tenant();
  const created = await tenant.must(201, "POST", `${base}/webhooks`, { url: URL });
  const webhook = created.json as Webhook;
  return { base, tenant, platform, appId, webhook, path: `/v4/webhooks/${webhook._id}` };
}

test("a webhook has the documented defaults, and its secret comes with the registration alone", async () => {
  const { base, tenant, appId, webhook, path } = await setup();
  const { _id, secret, _createdAt, _updatedAt, ...rest } = webhook;
  assert.match(_id, /^whk_/);
  assert.match(String(secret), /^whsec_/);
  assert.match(String(_createdAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(_updatedAt, _createdAt);
  assert.deepEqual(rest, {
    appId,
    appEnv: "DEVELOPMENT",
    url: URL,
    description: "",
    isDisabled: false,
    disabledTopics: [],
    disabledActions: [],
    successStatus: "200",
    retrySchedule: null,
    timeoutMs: null,
    maxConcurrency: 10,
    rateLimit: null,
    signatureVersions: ["v1"],
    headers: [],
    stats: { pending: 0, success: 0, failed: 0 },
  });
  for (const answer of [await tenant.must(200, "GET", `${base}/webhooks`), await tenant.must(200, "GET", path)]) {
    assert.doesNotMatch(answer.text, /whsec_/);
    assert.match(answer.text, new RegExp(_id));
  }
});

test("every setting can be given at registration, and an own secret brought along", async () => {
  const { base, tenant } = await server.tenant();
  const settings = {
    url: URL,
    description: "Signatures",
    isDisabled: true,
    disabledTopics: ["SIGNER"],
    disabledActions: ["SIGNATURE.FAILED"],
    successStatus: "2xx",
    retrySchedule: [0, 604_800_000],
    timeoutMs: 5_000,
    maxConcurrency: 100,
    rateLimit: 0.5,
    signatureVersions: ["v1"],
  };
  const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  const body = { ...settings, headers: [["X-Api-Key", "k"]], secret };
  const { json } = await tenant.must(201, "POST", `${base}/webhooks`, body);
  assert.deepEqual(json, { ...json, ...settings, secret, headers: [["X-Api-Key", "***"]], disabledReason: "MANUAL" });
});

test("an alias of a topic is stored as the topic's own name", async () => {
  const { base, tenant } = await server.tenant();
  const body = { url: URL, disabledTopics: ["ID_PROOFING", "SIGNER_ID_PROOFING", "SIGNER_AUTH"] };
  const { json } = await tenant.must(201, "POST", `${base}/webhooks`, body);
  assert.deepEqual(json["disabledTopics"], ["SIGNER_ID_PROOFING", "SIGNER_AUTH"]);
});

test("unknown fields and wrong values are refused, each by its name", async () => {
  const { base, tenant } = await server.tenant();
  const wrong = {
    url: URL,
    color: "red",
    description: "x".repeat(513),
    isDisabled: "yes",
    disabledTopics: ["NOPE"],
    retrySchedule: [604_800_001],
    timeoutMs: 4_999,
    maxConcurrency: 0,
    rateLimit: 0,
    successStatus: "3xx",
    signatureVersions: ["v2"],
    headers: [["only a name"]],
  };
  const { json } = await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/webhooks`, wrong);
  const { faults } = json["context"] as { faults: { path: string }[] };
  const places = new Set(faults.map(({ path }) => path));
  for (const place of [
    "color",
    "description",
    "isDisabled",
    "retrySchedule[0]",
    "timeoutMs",
    "maxConcurrency",
    "rateLimit",
    "successStatus",
    "signatureVersions[0]",
    "headers[0]",
  ]) {
    assert.ok(places.has(place), `${place} is not named in ${JSON.stringify(faults)}`);
  }
});

test("names that the catalogue does not have are refused with their place", async () => {
  const { base, tenant } = await server.tenant();
  const wrong = { url: URL, disabledTopics: ["SIGNER", "NOPE"], disabledActions: ["SIGNER.NOPE", "SIGNER"] };
  const { json } = await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/webhooks`, wrong);
  const { faults } = json["context"] as { faults: { path: string }[] };
  assert.deepEqual(
    faults.map(({ path }) => path),
    ["disabledTopics[1]", "disabledActions[0]", "disabledActions[1]"],
  );
});

for (const [name, url] of [
  ["a scheme that is not http", "ftp://example.com/"],
  ["a private address", "http://10.0.0.4/"],
  ["a private address in another spelling", "http://0xa9fea9fe/"],
  ["a user name", "https://user:password@example.com/"],
  ["a privileged port", "http://example.com:22/"],
  ["no URL at all", "example.com"],
] as const) {
  test(`a URL with ${name} is refused at registration and at a change`, async () => {
    const { base, tenant, path } = await setup();
    await tenant.refused("400 WEBHOOK_URL_FORBIDDEN", "POST", `${base}/webhooks`, { url });
    await tenant.refused("400 WEBHOOK_URL_FORBIDDEN", "PUT", path, { url });
  });
}

test("a URL may have 2048 characters, and not one more", async () => {
  const { base, tenant } = await server.tenant();
  const start = "http://127.0.0.1:9999/";
  await tenant.must(201, "POST", `${base}/webhooks`, { url: start.padEnd(2_048, "x") });
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/webhooks`, { url: start.padEnd(2_049, "x") });
});

test("a URL that does not resolve is accepted with a warning", async () => {
  const { base, tenant, webhook, path } = await setup();
  assert.equal("warnings" in webhook, false);
  const body = { url: "http://nowhere.invalid/x" };
  const created = await tenant.must(201, "POST", `${base}/webhooks`, body);
  const changed = await tenant.must(200, "PUT", path, body);
  for (const { json } of [created, changed]) assert.match(String(json["warnings"]), /nowhere\.invalid/);
});

test("a change touches only the fields given, ignores read-only ones, and null resets to the default", async () => {
  const { tenant, webhook, path } = await setup();
  const before = {
    description: "d",
    disabledTopics: ["SIGNER"],
    timeoutMs: 7_000,
    retrySchedule: [1],
    maxConcurrency: 3,
  };
  await tenant.must(200, "PUT", path, before);
  const readOnly = { _id: "whk_other", appId: "x", stats: 1, secret: "whsec_x", _createdAt: 0, failingSince: null };
  const { json } = await tenant.must(200, "PUT", path, { ...readOnly, timeoutMs: null, maxConcurrency: null });
  const { secret, ...created } = webhook;
  assert.ok(secret);
  const expected = { ...created, ...before, timeoutMs: null, maxConcurrency: 10, _updatedAt: json["_updatedAt"] };
  assert.deepEqual(json, expected);
  await tenant.refused("400 BODY_VALIDATION_FAILED", "PUT", path, { url: null });
  await tenant.refused("400 BODY_VALIDATION_FAILED", "PUT", path, { unknown: 1 });
});

test("what a client read can be sent back as it is", async () => {
  const { tenant, webhook, path } = await setup();
  await tenant.must(200, "PUT", path, { headers: [["x-a", "secret"]] });
  const read = await tenant.must(200, "GET", path);
  const { json } = await tenant.must(200, "PUT", path, { ...read.json, secret: webhook["secret"], warnings: [] });
  assert.deepEqual({ ...json, _updatedAt: 0 }, { ...read.json, _updatedAt: 0 });
});

test("custom headers read back masked, and the mask keeps the stored value", async () => {
  const { tenant, webhook, path } = await setup();
  const first = [["X-Key", "one"], ["x-b", "two"]]; // prettier-ignore
  await tenant.must(200, "PUT", path, { headers: first });
  const change = [["x-key", "***"], ["x-c", "three"]]; // prettier-ignore
  const { json } = await tenant.must(200, "PUT", path, { headers: change });
  assert.deepEqual(json["headers"], [["x-key", "***"], ["x-c", "***"]]); // prettier-ignore
  const stored = await server.running.store.findWebhook({ tenant: null, webhookId: webhook._id as never });
  assert.deepEqual(stored?.headers, [["x-key", "one"], ["x-c", "three"]]); // prettier-ignore
  const unknown = { headers: [["x-new", "***"]] };
  await tenant.refused("400 BODY_VALIDATION_FAILED", "PUT", path, unknown);
});

for (const [name, headers] of [
  ["is ours", [["webhook-id", "x"]]],
  ["is the content type", [["Content-Type", "x"]]],
  ["is the host", [["HOST", "x"]]],
  ["is the user agent", [["User-Agent", "x"]]],
  ["frames the message", [["transfer-encoding", "chunked"]]],
  ["is ignisign's", [["ignisign-test", "true"]]],
  ["has a line break in its value", [["x-a", "b\r\nx: y"]]],
  ["is no header name", [["x a", "b"]]],
  ["is given twice", [["x-a", "b"], ["X-A", "c"]]], // prettier-ignore
] as const) {
  test(`a custom header that ${name} is refused`, async () => {
    const { tenant, path } = await setup();
    await tenant.refused("400 BODY_VALIDATION_FAILED", "PUT", path, { headers });
  });
}

test("custom headers have 4 KiB together and are 20 at most", async () => {
  const { tenant, path } = await setup();
  const many = Array.from({ length: 21 }, (_, at) => [`x-${at}`, "v"]);
  await tenant.must(200, "PUT", path, { headers: many.slice(1) });
  await tenant.refused("400 BODY_VALIDATION_FAILED", "PUT", path, { headers: many });
  await tenant.must(200, "PUT", path, { headers: [["x-a", "v".repeat(4_093)]] });
  await tenant.refused("400 BODY_VALIDATION_FAILED", "PUT", path, { headers: [["x-a", "v".repeat(4_094)]] });
});

test("disabling and enabling set and clear the reason", async () => {
  const { tenant, path } = await setup();
  const disabled = await tenant.must(200, "PUT", path, { isDisabled: true });
  assert.equal(disabled.json["disabledReason"], "MANUAL");
  const enabled = await tenant.must(200, "PUT", path, { isDisabled: null });
  assert.equal("disabledReason" in enabled.json, false);
});

test("a deleted webhook is answered once more, then 404, and makes room", async () => {
  const { base, tenant, webhook, path } = await setup();
  const { json } = await tenant.must(200, "DELETE", path);
  assert.equal(json["_id"], webhook._id);
  for (const method of ["GET", "DELETE"]) await tenant.refused("404 WEBHOOK_NOT_FOUND", method, path);
  await tenant.refused("404 WEBHOOK_NOT_FOUND", "PUT", path, {});
  await tenant.refused("404 WEBHOOK_NOT_FOUND", "GET", `${path}/events`);
  assert.equal((await tenant.must(200, "GET", `${base}/webhooks`)).text, "[]");
});

test("an environment has 100 webhooks at most, deleted ones not counted", async () => {
  const { base, tenant, path } = await setup();
  await Promise.all(Array.from({ length: 99 }, () => tenant.must(201, "POST", `${base}/webhooks`, { url: URL })));
  const { json } = await tenant.refused("422 WEBHOOK_LIMIT_REACHED", "POST", `${base}/webhooks`, { url: URL });
  assert.deepEqual(json["context"], { limit: 100 });
  await tenant.must(200, "DELETE", path);
  await tenant.must(201, "POST", `${base}/webhooks`, { url: URL });
});

test("a rotation adds a secret and lets the old one expire a day later", async () => {
  const { tenant, webhook, path } = await setup();
  const before = await tenant.must(200, "GET", `${path}/secret`);
  assert.equal(before.json["secret"], webhook["secret"]);
  const rotated = await tenant.must(200, "POST", `${path}/secret/rotate`);
  const secrets = rotated.json["secrets"] as { secret: string; expiresAt: string | null; _createdAt: string }[];
  assert.notEqual(rotated.json["secret"], webhook["secret"]);
  assert.deepEqual([secrets[0]?.secret, secrets[1]?.secret], [rotated.json["secret"], webhook["secret"]]);
  assert.equal(secrets[0]?.expiresAt, null);
  assert.equal(Date.parse(secrets[1]?.expiresAt ?? "") - Date.parse(secrets[0]?._createdAt ?? ""), 86_400_000);
  const own = `whsec_${Buffer.alloc(64, 1).toString("base64")}`;
  assert.equal((await tenant.must(200, "POST", `${path}/secret/rotate`, { secret: own })).json["secret"], own);
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", `${path}/secret/rotate`, { secret: "whsec_short" });
});

test("a rotation lets the old secrets live as long as is asked: not at all, or up to 7 days", async () => {
  const { tenant, path } = await setup();
  const rotate = async (overlapMs: number) =>
    (await tenant.must(200, "POST", `${path}/secret/rotate`, { overlapMs })).json;
  const week = (await rotate(604_800_000))["secrets"] as { expiresAt: string | null; _createdAt: string }[];
  assert.equal(Date.parse(week[1]?.expiresAt ?? "") - Date.parse(week[0]?._createdAt ?? ""), 604_800_000);
  const compromised = (await rotate(0))["secrets"] as unknown[];
  assert.equal(compromised.length, 1);
  for (const overlapMs of [604_800_001, -1, 0.5]) {
    await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", `${path}/secret/rotate`, { overlapMs });
  }
});
