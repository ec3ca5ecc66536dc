/** Webhooks that ask for v1a: their key pairs over HTTP, what their receivers get, and the debuggers. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { verifySignature } from "@ignisign/node";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();

type Keys = {
  secret: string;
  secrets: { secret: string; expiresAt: string | null }[];
  publicKeys: { publicKey: string; expiresAt: string | null }[];
};

async function setup(signatureVersions?: string[]) {
  const created = await server.tenant();
  const body = { url: receiver.url, ...(signatureVersions === undefined ? {} : { signatureVersions }) };
  const { json } = await created.tenant.must(201, "POST", `${created.base}/webhooks`, body);
  const webhook = json as { _id: string; secret: string; publicKey?: string; signatureVersions: string[] };
  return { ...created, webhook, path: `/v4/webhooks/${webhook._id}` };
}

type World = Awaited<ReturnType<typeof setup>>;

/** Publishes a message; what the receiver got, and the id of the event. */
async function deliver({ platform, base }: World) {
  const message =
    '{"topic":"SIGNER","action":"CREATED","content":{"signerId":"\\u00e9 漢字","n":12345678901234567890}}';
  const { json } = await platform.must(201, "POST", `${base}/messages`, message);
  const eventId = (json["events"] as { _id: string }[])[0]?._id ?? "";
  const [received] = await receiver.until(1, (one) => one.headers["webhook-id"] === eventId);
  assert.ok(received);
  const versions = String(received.headers["webhook-signature"]).replaceAll(/,\S+/g, "");
  const holds = (secret: string | string[]): boolean =>
    verifySignature({ secret, headers: received.headers, rawBody: received.body });
  return { eventId, received, versions, holds };
}

async function keysOf({ tenant, path }: World): Promise<Keys> {
  return (await tenant.must(200, "GET", `${path}/secret`)).json as unknown as Keys;
}

test("a webhook is signed for as it asks: by its secret, by its key pair, or by both", async () => {
  for (const [asked, versions] of [
    [undefined, "v1"],
    [["v1"], "v1"],
    [["v1a", "v1"], "v1 v1a"],
    [["v1a"], "v1a"],
  ] as const) {
    const world = await setup(asked === undefined ? asked : [...asked]);
    const { webhook } = world;
    assert.equal(webhook.signatureVersions.join(" "), versions);
    const delivered = await deliver(world);
    assert.equal(delivered.versions, versions);
    assert.equal(delivered.holds(webhook.secret), versions.startsWith("v1 ") || versions === "v1");
    assert.equal(webhook.publicKey !== undefined, versions.endsWith("v1a"));
    if (webhook.publicKey !== undefined) assert.equal(delivered.holds(webhook.publicKey), true);
  }
});

test("the public key is read with the webhook, the private one nowhere, and it may be sent back", async () => {
  const world = await setup(["v1", "v1a"]);
  const { tenant, base, path, webhook } = world;
  const read = await tenant.must(200, "GET", path);
  assert.equal(read.json["publicKey"], webhook.publicKey);
  const listed = await tenant.must(200, "GET", `${base}/webhooks`);
  const keys = await tenant.must(200, "GET", `${path}/secret`);
  assert.deepEqual(
    (keys.json as unknown as Keys).publicKeys.map(({ publicKey, expiresAt }) => [publicKey, expiresAt]),
    [[webhook.publicKey, null]],
  );
  const rotated = await tenant.must(200, "POST", `${path}/secret/rotate`);
  const changed = await tenant.must(200, "PUT", path, read.json);
  assert.notEqual(changed.json["publicKey"], webhook.publicKey, "it is the server that says which one is in force");
  for (const { text } of [read, listed, keys, rotated, changed]) {
    assert.match(text, /whpk_/);
    assert.doesNotMatch(text, /whsk_/);
  }
});

test("a webhook gets its key pair when it first asks, and keeps it", async () => {
  const world = await setup();
  const { tenant, path, webhook } = world;
  assert.equal(webhook.publicKey, undefined);
  assert.deepEqual((await keysOf(world)).publicKeys, []);
  const put = async (signatureVersions: unknown) => (await tenant.must(200, "PUT", path, { signatureVersions })).json;
  const { publicKey } = await put(["v1a"]);
  const delivered = await deliver(world);
  assert.equal(delivered.versions, "v1a");
  assert.equal(delivered.holds(String(publicKey)), true);
  const reset = await put(null);
  assert.deepEqual([reset["signatureVersions"], "publicKey" in reset], [["v1"], false]);
  assert.equal((await deliver(world)).versions, "v1");
  assert.equal((await put(["v1", "v1a"]))["publicKey"], publicKey);
});

test("versions that are unknown, none, or given twice are refused", async () => {
  const { tenant, path } = await setup();
  for (const signatureVersions of [[], ["v2"], ["v1", "v1"], ["v1", "v1a", "v1"], "v1a"]) {
    await tenant.refused("400 BODY_VALIDATION_FAILED", "PUT", path, { signatureVersions });
  }
});

test("during a rotation receivers with the old keys and with the new ones hold every signature to be good", async () => {
  const world = await setup(["v1", "v1a"]);
  const { tenant, path, webhook } = world;
  const overlapMs = 60_000;
  const rotated = (await tenant.must(200, "POST", `${path}/secret/rotate`, { overlapMs })).json as unknown as Keys;
  assert.deepEqual([rotated.secrets.length, rotated.publicKeys.length], [2, 2]);
  assert.equal(rotated.publicKeys[0]?.expiresAt, null);
  assert.equal(rotated.publicKeys[1]?.publicKey, webhook.publicKey);
  assert.equal(rotated.publicKeys[1]?.expiresAt, rotated.secrets[1]?.expiresAt);
  const during = await deliver(world);
  assert.equal(during.versions, "v1 v1 v1a v1a");
  const [newPublicKey, oldPublicKey] = rotated.publicKeys.map(({ publicKey }) => publicKey);
  for (const key of [rotated.secret, webhook.secret, newPublicKey, oldPublicKey])
    assert.equal(during.holds(key ?? ""), true);
  assert.equal((await tenant.must(200, "GET", path)).json["publicKey"], newPublicKey);
  await tenant.must(200, "POST", `${path}/secret/rotate`, { overlapMs: 0 });
  const ended = await keysOf(world);
  assert.deepEqual([ended.secrets.length, ended.publicKeys.length], [1, 1]);
  const after = await deliver(world);
  assert.equal(after.versions, "v1 v1a");
  for (const key of [rotated.secret, newPublicKey]) assert.equal(after.holds(key ?? ""), false);
});

test("what a rotation lets sign along can be ended at once, and the webhook tells whether there is any", async () => {
  const world = await setup(["v1", "v1a"]);
  const { tenant, path, webhook } = world;
  const until = async () => (await tenant.must(200, "GET", path)).json["previousSecretsUntil"];
  assert.equal(await until(), undefined);
  const rotated = (await tenant.must(200, "POST", `${path}/secret/rotate`)).json as unknown as Keys;
  assert.equal(await until(), rotated.secrets[1]?.expiresAt);
  assert.equal((await deliver(world)).versions, "v1 v1 v1a v1a");
  const left = (await tenant.must(200, "DELETE", `${path}/secret/previous`)).json as unknown as Keys;
  assert.deepEqual(
    [left.secret, left.secrets.length, left.publicKeys.map(({ publicKey }) => publicKey)],
    [rotated.secret, 1, [rotated.publicKeys[0]?.publicKey]],
  );
  assert.equal(await until(), undefined);
  const after = await deliver(world);
  assert.equal(after.versions, "v1 v1a");
  assert.equal(after.holds(rotated.secret), true);
  for (const key of [webhook.secret, webhook.publicKey]) assert.equal(after.holds(key ?? ""), false);
  assert.deepEqual((await tenant.must(200, "DELETE", `${path}/secret/previous`)).json, left);
});

test("the debuggers tell which key pair made a v1a signature, and sign anew with it", async () => {
  const world = await setup(["v1a"]);
  const { tenant, path, webhook } = world;
  const { eventId, received } = await deliver(world);
  const event = `${path}/events/${eventId}`;
  await eventually(
    () => tenant.must(200, "GET", event),
    (answer) => answer.json["status"] === "SUCCESS",
  );
  await tenant.must(200, "POST", `${path}/secret/rotate`);
  const matching = (json: Record<string, unknown>): string[] =>
    (json["secrets"] as { version: string; matches: boolean; expiresAt: string | null }[]).map(
      ({ version, matches, expiresAt }) => `${version} ${expiresAt === null ? "new" : "old"} ${matches}`,
    );
  const expected = ["v1a new false", "v1 new false", "v1a old true", "v1 old false"];
  const header = (name: string): string => String(received.headers[name]);
  const presented = {
    id: header("webhook-id"),
    timestamp: header("webhook-timestamp"),
    signature: header("webhook-signature"),
    body: received.body,
  };
  const check = `${path}/signature/check`;
  const checked = await tenant.must(200, "POST", check, presented);
  assert.deepEqual([checked.json["isValid"], matching(checked.json)], [true, expected]);
  const recomputed = await tenant.must(200, "GET", `${event}/attempts/1/signature`);
  assert.deepEqual([recomputed.json["isValid"], matching(recomputed.json)], [true, expected]);
  const forged = await tenant.must(200, "POST", check, { ...presented, body: presented.body.replace("n", "m") });
  assert.deepEqual(
    [forged.json["isValid"], matching(forged.json).some((line) => line.endsWith("true"))],
    [false, false],
  );
  const { headers, body } = (await tenant.must(200, "POST", `${event}/signed-request`)).json as {
    headers: [string, string][];
    body: string;
  };
  for (const secret of [webhook.publicKey, (await keysOf(world)).publicKeys[0]?.publicKey]) {
    assert.equal(verifySignature({ secret: secret ?? "", headers: Object.fromEntries(headers), rawBody: body }), true);
  }
});
