/** Applications, keys and tokens of older SDKs over HTTP. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { startApiServer } from "./support/api_server.ts";

const server = await startApiServer();

type Key = { _id: string; apiKey: string; name: string; scopes: string[]; prefix: string; expiresAt: string | null };

async function newKey(base: string, body: object = {}): Promise<Key> {
  return (await server.operator.must(201, "POST", `${base}/api-keys`, body)).json as Key;
}

test("an application is made with all its environments, under a new id or one brought along", async () => {
  const { json } = await server.operator.must(201, "POST", "/v4/applications", { appName: "New", orgId: "org-1" });
  assert.match(String(json["appId"]), /^appId_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual([json["appName"], json["orgId"]], ["New", "org-1"]);
  for (const appEnv of ["DEVELOPMENT", "TEST", "STAGING", "PRODUCTION"]) {
    const answer = await server.operator.must(
      200,
      "GET",
      `/v4/applications/${String(json["appId"])}/envs/${appEnv}/webhooks`,
    );
    assert.equal(answer.text, "[]");
  }
  const appId = "appId_6f9619ff-8b86-4011-b42d-00c04fc964ff";
  await server.operator.must(201, "POST", "/v4/applications", { appName: "Old", appId });
  await server.operator.refused("409 APP_ALREADY_EXISTS", "POST", "/v4/applications", { appName: "Old", appId });
  const listed = await server.operator.must(200, "GET", "/v4/applications?limit=2");
  assert.equal((listed.json["items"] as { appId: string }[])[0]?.appId, appId);
  assert.equal(
    typeof listed.json["nextCursor"] === "string",
    (listed.json["searchData"] as { total: number }).total > 2,
  );
});

for (const [name, body] of [
  ["no name", {}],
  ["an empty name", { appName: "" }],
  ["a name of 129 characters", { appName: "x".repeat(129) }],
  ["an id of another form", { appName: "x", appId: "appId_1" }],
  ["an id in upper case", { appName: "x", appId: "appId_6F9619FF-8B86-4011-B42D-00C04FC964FF" }],
  ["an unknown field", { appName: "x", owner: "y" }],
] as const) {
  test(`an application with ${name} is refused`, async () => {
    await server.operator.refused("400 BODY_VALIDATION_FAILED", "POST", "/v4/applications", body);
  });
}

test("a key has the format that v4 clients take apart, the default scopes, and is shown once", async () => {
  const { appId, base } = await server.tenant();
  const key = await newKey(base, { name: "CI" });
  const [prefix, env, app, secret, ...rest] = key.apiKey.split("_");
  assert.deepEqual([prefix, env, `appId_${app}`, rest], ["skv2", "development", appId, []]);
  assert.ok((secret?.length ?? 0) >= 43);
  assert.deepEqual([key.name, key.scopes, key.expiresAt], ["CI", ["webhooks", "events", "tokens"], null]);
  assert.ok(key.apiKey.startsWith(key.prefix) && key.prefix.length < key.apiKey.length - 40);
  const listed = await server.operator.must(200, "GET", `${base}/api-keys`);
  assert.ok(!listed.text.includes(secret ?? "?"));
  assert.equal((listed.json["items"] as Key[])[0]?._id, key._id);
});

test("an existing key can be brought along, once, and only for its own environment", async () => {
  const [{ appId, base }, other] = [await server.tenant(), await server.tenant()];
  const apiKey = `skv2_development_${appId.slice(6)}_Brought.Along-0123456789`;
  assert.equal((await newKey(base, { apiKey })).apiKey, apiKey);
  await server.operator.as(apiKey).must(200, "GET", `${base}/webhooks`);
  await server.operator.refused("409 API_KEY_ALREADY_EXISTS", "POST", `${base}/api-keys`, { apiKey });
  for (const wrong of [apiKey.replace("development", "test"), `${apiKey}_x`, "skv2", apiKey.slice(0, 60)]) {
    await server.operator.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/api-keys`, { apiKey: wrong });
  }
  await server.operator.refused("400 BODY_VALIDATION_FAILED", "POST", `${other.base}/api-keys`, { apiKey });
});

test("a key with the scope admin grants what it has, and nothing more", async () => {
  const { base } = await server.tenant();
  const admin = server.operator.as((await newKey(base, { scopes: ["admin", "events"] })).apiKey);
  const { json } = await admin.must(201, "POST", `${base}/api-keys`, { scopes: ["events"] });
  await admin.refused("403 SCOPE_MISSING", "POST", `${base}/api-keys`, { scopes: ["events", "messages"] });
  await admin.refused("403 SCOPE_MISSING", "POST", `${base}/api-keys`, {});
  await admin.must(200, "DELETE", `${base}/api-keys/${String(json["_id"])}`);
  await admin.refused("404 API_KEY_NOT_FOUND", "DELETE", `${base}/api-keys/${String(json["_id"])}`);
});

for (const [name, body] of [
  ["an unknown scope", { scopes: ["everything"] }],
  ["no scopes", { scopes: [] }],
  ["a scope twice", { scopes: ["events", "events"] }],
  ["an expiry in the past", { expiresAt: "2020-01-01T00:00:00Z" }],
  ["an expiry that is no time", { expiresAt: "tomorrow" }],
  ["an unknown field", { owner: "x" }],
] as const) {
  test(`a key with ${name} is refused`, async () => {
    const { base } = await server.tenant();
    await server.operator.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/api-keys`, body);
  });
}

test("a revoked key is refused by the very next call, although it was used before", async () => {
  const { base } = await server.tenant();
  const key = await newKey(base);
  const client = server.operator.as(key.apiKey);
  await client.must(200, "GET", `${base}/webhooks`);
  const { json } = await server.operator.must(200, "DELETE", `${base}/api-keys/${key._id}`);
  assert.equal(json["_id"], key._id);
  await client.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
  await server.operator.refused("409 API_KEY_ALREADY_EXISTS", "POST", `${base}/api-keys`, { apiKey: key.apiKey });
});

test("a key that was unknown a moment ago works as soon as it is made", async () => {
  const { appId, base } = await server.tenant();
  const apiKey = `skv2_development_${appId.slice(6)}_0123456789abcdefghij`;
  const client = server.operator.as(apiKey);
  await client.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
  await newKey(base, { apiKey });
  await client.must(200, "GET", `${base}/webhooks`);
});

test("a key stops working when it expires", async (t) => {
  const { base } = await server.tenant();
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const key = await newKey(base, { expiresAt });
  assert.equal(key.expiresAt, expiresAt);
  const client = server.operator.as(key.apiKey);
  await client.must(200, "GET", `${base}/webhooks`);
  t.after(() => (server.shift.ms = 0));
  server.shift.ms = 60_001;
  await client.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
});

test("a revoked platform key publishes no more", async () => {
  const { base } = await server.tenant();
  const { json } = await server.operator.must(201, "POST", "/v4/api-keys", {});
  const platform = server.operator.as(String(json["apiKey"]));
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  await platform.must(201, "POST", `${base}/messages`, message);
  await server.operator.must(200, "DELETE", `/v4/api-keys/${String(json["_id"])}`);
  await platform.refused("401 AUTHENTICATION_FAILED", "POST", `${base}/messages`, message);
  await server.operator.refused("404 API_KEY_NOT_FOUND", "DELETE", `/v4/api-keys/${String(json["_id"])}`);
});

test("a jwtToken stands for its key, from the whole key or its last part, and dies with it", async () => {
  const { appId, base } = await server.tenant();
  const key = await newKey(base);
  const target = { appId, appEnv: "DEVELOPMENT" };
  const secrets = [key.apiKey, key.apiKey.split("_").at(-1)];
  const tokens: string[] = [];
  for (const secret of secrets) {
    const { json } = await server.operator.as("").must(200, "POST", "/v4/auth/app-api", { ...target, secret });
    tokens.push(String(json["jwtToken"]));
  }
  for (const token of tokens) await server.operator.as(token).must(200, "GET", `${base}/webhooks`);
  const [token = ""] = tokens;
  const forged = token.slice(0, -2) + (token.endsWith("AA") ? "BB" : "AA");
  await server.operator.as(forged).refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
  await server.operator.must(200, "DELETE", `${base}/api-keys/${key._id}`);
  await server.operator.as(token).refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
});

test("a jwtToken lives for an hour", async (t) => {
  const { appId, base } = await server.tenant();
  const key = await newKey(base);
  const body = { appId, appEnv: "DEVELOPMENT", secret: key.apiKey };
  const { json } = await server.operator.must(200, "POST", "/v4/auth/app-api", body);
  const client = server.operator.as(String(json["jwtToken"]));
  t.after(() => (server.shift.ms = 0));
  server.shift.ms = 3_590_000;
  await client.must(200, "GET", `${base}/webhooks`);
  server.shift.ms = 3_601_000;
  await client.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
});

test("no token is given for a wrong secret, or for a key of another environment or kind", async () => {
  const [{ appId, base, tenantKey }, other] = [await server.tenant(), await server.tenant()];
  const platform = (await server.operator.must(201, "POST", "/v4/api-keys", {})).json["apiKey"];
  for (const body of [
    { appId, appEnv: "DEVELOPMENT", secret: "wrong" },
    { appId, appEnv: "PRODUCTION", secret: tenantKey },
    { appId, appEnv: "NOWHERE", secret: tenantKey },
    { appId: other.appId, appEnv: "DEVELOPMENT", secret: tenantKey },
    { appId, appEnv: "DEVELOPMENT", secret: platform },
  ]) {
    await server.operator.refused("401 AUTHENTICATION_FAILED", "POST", "/v4/auth/app-api", body);
  }
  assert.ok(base);
});

test("the context shows the caller's environment, and all of them to the operator", async () => {
  const { appId, base, tenant } = await server.tenant();
  const webhook = await tenant.must(201, "POST", `${base}/webhooks`, { url: "http://127.0.0.1:9999/" });
  const { json } = await tenant.must(200, "GET", `/v4/applications/${appId}/context`);
  const { envSettings, ...rest } = json as { envSettings: Record<string, { webhooks: { _id: string }[] }> };
  assert.deepEqual(rest, { appId, appName: "Test", appType: "SIGNATURE", status: "ACTIVE", orgId: null });
  assert.deepEqual(Object.keys(envSettings), ["DEVELOPMENT"]);
  assert.equal(envSettings["DEVELOPMENT"]?.webhooks[0]?._id, webhook.json["_id"]);
  const all = await server.operator.must(200, "GET", `/v4/applications/${appId}/context`);
  assert.deepEqual(Object.keys(all.json["envSettings"] as object), ["DEVELOPMENT", "TEST", "STAGING", "PRODUCTION"]);
});
