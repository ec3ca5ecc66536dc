/** The console's session over HTTP: sign-in, the cookie in place of a key, and all that must not be possible with it. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { SESSION_TTL_MS } from "../../src/api/session.ts";
import { SESSION_IDLE_MS } from "../../src/store/sessions.ts";
import { startApiServer } from "./support/api_server.ts";
import type { ApiServer } from "./support/api_server.ts";
import type { PageAnswer } from "./support/browser_client.ts";
import { BrowserClient } from "./support/browser_client.ts";
import { ADMIN_API_KEY } from "./support/server_process.ts";

const server = await startApiServer({ TRUST_PROXY: "true" });
const production = await startApiServer({ NODE_ENV: "production", TRUST_PROXY: "true" });
const COOKIE = "ignisign_session";
const HOST_COOKIE = "__Host-ignisign_session";

/** Signs in from an address of its own, so that no test waits for the failures of another. */
async function signIn(key: string, on: ApiServer = server, headers: Record<string, string> = {}) {
  const page = new BrowserClient(on, { "x-forwarded-for": nextAddress(), ...headers });
  const answer = await page.must(201, "POST", "/v4/session", { key });
  return { page, answer };
}

let addresses = 0;
function nextAddress(): string {
  addresses += 1;
  return `198.51.100.${addresses}`;
}

/** The attributes of the one cookie that an answer sets, besides its value. */
function attributes(answer: PageAnswer): string[] {
  const [cookie = "", ...more] = answer.headers["set-cookie"] ?? [];
  assert.deepEqual(more, []);
  return cookie.split("; ").slice(1).sort();
}

test("a tenant's key gets a session, which is exactly that key: scopes, tenant and all", async () => {
  const { appId, base, tenantKey } = await server.tenant();
  const { page, answer } = await signIn(tenantKey);
  const { session } = answer.json as { session: Record<string, unknown> };
  const { expiresAt, _createdAt: createdAt, ...rest } = session;
  assert.deepEqual(rest, {
    kind: "tenant",
    name: "tenant",
    scopes: ["webhooks", "events", "tokens"],
    appId,
    appName: "Test",
    appEnv: "DEVELOPMENT",
  });
  assert.equal(Date.parse(String(expiresAt)) - Date.parse(String(createdAt)), SESSION_TTL_MS);
  assert.deepEqual((await page.must(200, "GET", "/v4/session")).json, answer.json);
  await page.must(200, "GET", `${base}/webhooks`);
  await page.must(201, "POST", `${base}/webhooks`, { url: "http://127.0.0.1:9999/" });
  await page.refused("403 SCOPE_MISSING", "GET", `${base}/api-keys`);
  await page.refused("403 SCOPE_MISSING", "GET", "/v4/applications");
  const other = await server.tenant();
  await page.refused("404 APP_NOT_FOUND", "GET", `${other.base}/webhooks`);
});

test("the operator's key gets a session for every tenant", async () => {
  const { base } = await server.tenant();
  const { page, answer } = await signIn(ADMIN_API_KEY);
  const { session } = answer.json as { session: Record<string, unknown> };
  assert.deepEqual([session["kind"], session["appId"], session["appEnv"]], ["operator", null, null]);
  await page.must(200, "GET", "/v4/applications");
  await page.must(200, "GET", `${base}/api-keys`);
});

test("a platform's key gets no session, and is told why", async () => {
  const { json } = await server.operator.must(201, "POST", "/v4/api-keys", {});
  const page = new BrowserClient(server, { "x-forwarded-for": nextAddress() });
  const answer = await page.refused("403 SCOPE_MISSING", "POST", "/v4/session", { key: json["apiKey"] });
  assert.match(String(answer.json["message"]), /only publishes messages.*operator/);
  assert.equal(answer.headers["set-cookie"], undefined);
});

test("an unknown, a revoked, an expired and a malformed key are refused with the same words", async (t) => {
  const { base, tenantKey } = await server.tenant();
  const list = await server.operator.must(200, "GET", `${base}/api-keys`);
  const [made] = list.json["items"] as { _id: string }[];
  await server.operator.must(200, "DELETE", `${base}/api-keys/${made?._id}`);
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const expiring = await server.operator.must(201, "POST", `${base}/api-keys`, { expiresAt });
  t.after(() => (server.shift.ms = 0));
  server.shift.ms = 60_001;
  const page = new BrowserClient(server, { "x-forwarded-for": nextAddress() });
  const messages = new Set<unknown>();
  for (const key of [`${tenantKey}x`, tenantKey, expiring.json["apiKey"], "ä é"]) {
    const answer = await page.refused("401 AUTHENTICATION_FAILED", "POST", "/v4/session", { key });
    messages.add(answer.json["message"]);
    assert.equal(answer.headers["set-cookie"], undefined);
  }
  assert.equal(messages.size, 1);
});

for (const [name, body] of [
  ["no key", {}],
  ["an empty key", { key: "" }],
  ["a key that is no text", { key: 1 }],
  ["a key of 513 characters", { key: "x".repeat(513) }],
  ["an unknown field", { key: "x", remember: true }],
] as const) {
  test(`a sign-in with ${name} is refused before anything is looked up`, async () => {
    await new BrowserClient(server).refused("400 BODY_VALIDATION_FAILED", "POST", "/v4/session", body);
  });
}

test("after five refused keys an address waits, with a good key that is new too, and others do not", async () => {
  const { tenantKey, base, tenant } = await server.tenant();
  const page = new BrowserClient(server, { "x-forwarded-for": nextAddress() });
  const tryWrong = () => page.call("POST", "/v4/session", { key: "wrong" });
  for (let no = 0; no < 5; no++) assert.equal((await tryWrong()).status, 401);
  const waiting = await page.refused("429 SIGN_IN_THROTTLED", "POST", "/v4/session", { key: tenantKey });
  assert.ok([4, 5].includes(Number(waiting.headers["retry-after"])));
  assert.deepEqual(waiting.json["context"], { retryAfterSeconds: Number(waiting.headers["retry-after"]) });
  assert.equal(waiting.headers["set-cookie"], undefined);
  await signIn(tenantKey);
  // A key that is in use is nobody's guess.
  await page.must(201, "POST", "/v4/session", { key: tenantKey });
  await tenant.must(200, "GET", `${base}/webhooks`);
});

test("a forwarded text that is no address is neither a client of its own nor in the audit log", async () => {
  const { base, tenantKey } = await server.tenant();
  const { page } = await signIn(tenantKey, server, { "x-forwarded-for": `${"x".repeat(2_000)}, ${nextAddress()}` });
  const { json } = await server.operator.must(200, "GET", `${base}/audit-log?action=session.create`);
  const [entry] = json["items"] as { actor: { ip: string } }[];
  assert.match(entry?.actor.ip ?? "", /^198\.51\.100\.\d+$/);
  await page.must(204, "DELETE", "/v4/session");
  const from = nextAddress();
  const answers = [];
  for (let no = 0; no < 6; no++) {
    const spoofing = new BrowserClient(server, { "x-forwarded-for": `client-${no}, ${from}` });
    answers.push((await spoofing.call("POST", "/v4/session", { key: "wrong" })).status);
  }
  assert.deepEqual(answers, [401, 401, 401, 401, 401, 429]);
});

test("the cookie is out of reach for scripts and other sites, and lasts as long as the session", async () => {
  const { tenantKey } = await server.tenant();
  const { page, answer } = await signIn(tenantKey);
  assert.deepEqual([...page.cookies.keys()], [COOKIE]);
  assert.deepEqual(attributes(answer), ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Strict"]);
  assert.ok(!answer.text.includes(page.cookies.get(COOKIE) ?? "?"));
  assert.equal(answer.headers["cache-control"], "no-store");
});

test("over https the cookie is Secure, bound to this very host, and the only one that counts", async () => {
  const { base, tenantKey } = await server.tenant();
  const https = { "x-forwarded-proto": "https", host: "webhooks.example.com" };
  const { page, answer } = await signIn(tenantKey, server, https);
  assert.deepEqual([...page.cookies.keys()], [HOST_COOKIE]);
  assert.deepEqual(attributes(answer), ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=Strict", "Secure"]);
  await page.must(200, "GET", `${base}/webhooks`);
  const [secret = ""] = page.cookies.values();
  // A neighbour of the same site can set a cookie without the prefix, so it is not looked at.
  const planted = new BrowserClient(server, { ...https, cookie: `${COOKIE}=${secret}` });
  await planted.refused("401 AUTHENTICATION_REQUIRED", "GET", `${base}/webhooks`);
  const downgraded = new BrowserClient(server, { cookie: `${HOST_COOKIE}=${secret}` });
  await downgraded.refused("401 AUTHENTICATION_REQUIRED", "GET", `${base}/webhooks`);
  const signedOut = await page.must(204, "DELETE", "/v4/session");
  assert.deepEqual(attributes(signedOut), ["HttpOnly", "Max-Age=0", "Path=/", "SameSite=Strict", "Secure"]);
});

test("in production a key over plain http is taken on the machine itself alone", async () => {
  const { base, tenantKey } = await production.tenant();
  const port = new URL(production.url).port;
  for (const host of ["localhost", "LOCALHOST:80", `127.0.0.1:${port}`, "[::1]:4400", "console.localhost"]) {
    const { page } = await signIn(tenantKey, production, { host });
    await page.must(200, "GET", `${base}/webhooks`);
  }
  for (const headers of [
    { host: "webhooks.example.com" },
    { host: "10.0.0.4:4400" },
    { host: "localhost.example.com" },
    { host: "127.0.0.1.example.com" },
    // A proxy that ends TLS, is not believed, and calls under a name of this machine.
    { host: "localhost", origin: "https://webhooks.example.com" },
  ]) {
    const page = new BrowserClient(production, headers);
    const answer = await page.refused("403 HTTPS_REQUIRED", "POST", "/v4/session", { key: tenantKey });
    assert.match(String(answer.json["message"]), /https.*TRUST_PROXY/);
    assert.equal(answer.headers["set-cookie"], undefined);
  }
  await signIn(tenantKey, production, { host: "webhooks.example.com", "x-forwarded-proto": "https" });
});

test("a cookie is refused where the call did not come from a page of this server", async () => {
  const { base, tenantKey } = await server.tenant();
  const { page } = await signIn(tenantKey);
  const origin = server.url;
  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "cross-site", origin },
    { "sec-fetch-site": "" },
    { "sec-fetch-site": undefined },
    { "sec-fetch-site": undefined, origin: "null" },
    { "sec-fetch-site": undefined, origin: "https://evil.example" },
    { "sec-fetch-site": undefined, origin: origin.replace("http:", "https:") },
    { "sec-fetch-site": undefined, origin: `${origin}.evil.example` },
    { "sec-fetch-site": undefined, origin: origin.replace(/:\d+$/, ":1") },
  ]) {
    const foreign = page.with(headers);
    const what = JSON.stringify(headers);
    const refusal = "403 CROSS_ORIGIN_REFUSED";
    await assert.doesNotReject(foreign.refused(refusal, "GET", `${base}/webhooks`), what);
    await assert.doesNotReject(
      foreign.refused(refusal, "POST", `${base}/webhooks`, { url: "http://127.0.0.1/" }),
      what,
    );
    await assert.doesNotReject(foreign.refused(refusal, "DELETE", "/v4/session"), what);
  }
  const old = page.with({ "sec-fetch-site": undefined, origin });
  await old.must(200, "GET", `${base}/webhooks`);
  await page.must(200, "GET", "/v4/session");
});

test("with the cookie, a call that changes something needs a header that no foreign form can send", async () => {
  const { base, tenantKey } = await server.tenant();
  const { page } = await signIn(tenantKey);
  for (const value of [undefined, "", "0", "true"]) {
    const form = page.with({ "ignisign-console": value });
    const refused = await form.refused("403 CROSS_ORIGIN_REFUSED", "POST", `${base}/webhooks`, {
      url: "https://x.example",
    });
    assert.match(String(refused.json["message"]), /ignisign-console: 1/);
    await form.refused("403 CROSS_ORIGIN_REFUSED", "DELETE", "/v4/session");
    await form.must(200, "GET", `${base}/webhooks`);
  }
  assert.equal((await page.must(200, "GET", `${base}/webhooks`)).text, "[]");
});

test("a page of another origin cannot sign its visitors in", async () => {
  const { tenantKey } = await server.tenant();
  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": undefined, origin: "https://evil.example" },
  ]) {
    const page = new BrowserClient(server, headers);
    const answer = await page.refused("403 CROSS_ORIGIN_REFUSED", "POST", "/v4/session", { key: tenantKey });
    assert.equal(answer.headers["set-cookie"], undefined);
  }
  const form = new BrowserClient(server, { "content-type": "text/plain" });
  await form.refused("415 CONTENT_TYPE_UNSUPPORTED", "POST", "/v4/session", { key: tenantKey });
  const curl = new BrowserClient(server, { "sec-fetch-site": undefined, "ignisign-console": undefined });
  await curl.must(201, "POST", "/v4/session", { key: tenantKey });
});

test("no other origin is told that it may call, so its preflight fails", async () => {
  const preflight = new BrowserClient(server, {
    origin: "https://evil.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "ignisign-console",
    "sec-fetch-site": "cross-site",
  });
  const { status, headers } = await preflight.call("OPTIONS", "/v4/session");
  assert.equal(status, 405);
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith("access-control-")),
    [],
  );
});

test("a key in the header goes before the cookie, and needs no page", async () => {
  const { base, tenantKey } = await server.tenant();
  const other = await server.tenant();
  const { page } = await signIn(tenantKey);
  const both = page.with({ authorization: `Bearer ${other.tenantKey}`, "sec-fetch-site": "cross-site" });
  await both.must(200, "GET", `${other.base}/webhooks`);
  await both.refused("404 APP_NOT_FOUND", "GET", `${base}/webhooks`);
  await both.refused("401 AUTHENTICATION_REQUIRED", "GET", "/v4/session");
  await both.refused("401 AUTHENTICATION_REQUIRED", "DELETE", "/v4/session");
  await page.with({ authorization: "Bearer wrong" }).refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
  await page.must(200, "GET", `${base}/webhooks`);
});

test("a sign-in never takes over the secret that the browser brings, and ends the session before", async () => {
  const { base, tenantKey } = await server.tenant();
  const planted = "A".repeat(43);
  const victim = new BrowserClient(server, { "x-forwarded-for": nextAddress() });
  victim.cookies.set(COOKIE, planted);
  await victim.must(201, "POST", "/v4/session", { key: tenantKey });
  assert.notEqual(victim.cookies.get(COOKIE), planted);
  const attacker = new BrowserClient(server);
  attacker.cookies.set(COOKIE, planted);
  await attacker.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
  const before = victim.with({});
  await victim.must(201, "POST", "/v4/session", { key: tenantKey });
  await before.refused("401 AUTHENTICATION_FAILED", "GET", "/v4/session");
  await victim.must(200, "GET", "/v4/session");
});

test("a cookie of another server, a malformed one and a key in the cookie are no session", async () => {
  const { base, tenantKey } = await server.tenant();
  const { page } = await signIn((await production.tenant()).tenantKey, production);
  const foreign = new BrowserClient(server);
  foreign.cookies.set(COOKIE, page.cookies.get(COOKIE) ?? "");
  await foreign.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
  for (const cookie of [`${COOKIE}=${tenantKey}`, `${COOKIE}=`, COOKIE, `x${COOKIE}=${"A".repeat(43)}`, ";;=;"]) {
    await new BrowserClient(server, { cookie }).refused("401 AUTHENTICATION_REQUIRED", "GET", `${base}/webhooks`);
  }
  const own = await signIn(tenantKey);
  const among = { cookie: `theme=dark; ${COOKIE}=${own.page.cookies.get(COOKIE) ?? ""};lang=fr` };
  await own.page.with(among).must(200, "GET", `${base}/webhooks`);
});

test("signing out ends the session on the server, not only in the browser", async () => {
  const { tenantKey } = await server.tenant();
  const { page } = await signIn(tenantKey);
  const kept = page.with({});
  const answer = await page.must(204, "DELETE", "/v4/session");
  assert.equal(answer.text, "");
  assert.deepEqual(attributes(answer), ["HttpOnly", "Max-Age=0", "Path=/", "SameSite=Strict"]);
  assert.equal(page.cookies.size, 0);
  await kept.refused("401 AUTHENTICATION_FAILED", "GET", "/v4/session");
  await kept.refused("401 AUTHENTICATION_FAILED", "DELETE", "/v4/session");
  await page.refused("401 AUTHENTICATION_REQUIRED", "GET", "/v4/session");
});

test("a session dies with its key at once", async () => {
  const { base } = await server.tenant();
  const { json } = await server.operator.must(201, "POST", `${base}/api-keys`, {});
  const { page } = await signIn(String(json["apiKey"]));
  await page.must(200, "GET", `${base}/webhooks`);
  await server.operator.must(200, "DELETE", `${base}/api-keys/${String(json["_id"])}`);
  await page.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
});

test("a session ends after its 12 hours however it is used, and with a key that expires before", async (t) => {
  const { base, tenantKey } = await server.tenant();
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const expiring = await server.operator.must(201, "POST", `${base}/api-keys`, { expiresAt: soon });
  const short = await signIn(String(expiring.json["apiKey"]));
  assert.equal((short.answer.json["session"] as { expiresAt: string }).expiresAt, soon);
  assert.match(String(short.answer.headers["set-cookie"]), /Max-Age=3(599|600);/);
  const { page } = await signIn(tenantKey);
  t.after(() => (server.shift.ms = 0));
  const everyMs = 29 * 60_000;
  for (let ms = everyMs; ms < SESSION_TTL_MS; ms += everyMs) {
    server.shift.ms = ms;
    if (ms < 3_600_000) await short.page.must(200, "GET", "/v4/session");
    await page.must(200, "GET", "/v4/session");
    if (ms === 2 * everyMs) {
      server.shift.ms = 3_600_001;
      await short.page.refused("401 AUTHENTICATION_FAILED", "GET", "/v4/session");
    }
  }
  server.shift.ms = SESSION_TTL_MS + 1_000;
  await page.refused("401 AUTHENTICATION_FAILED", "GET", "/v4/session");
});

test("a session that is not used for 30 minutes ends before its 12 hours", async (t) => {
  const { tenantKey } = await server.tenant();
  const { page } = await signIn(tenantKey);
  t.after(() => (server.shift.ms = 0));
  server.shift.ms = SESSION_IDLE_MS - 60_000;
  await page.must(200, "GET", "/v4/session");
  server.shift.ms = 2 * SESSION_IDLE_MS - 120_000;
  await page.must(200, "GET", "/v4/session");
  server.shift.ms += SESSION_IDLE_MS + 1_000;
  await page.refused("401 AUTHENTICATION_FAILED", "GET", "/v4/session");
});

test("a key that is made with a session names the key of that session as its maker", async () => {
  const { base } = await server.tenant();
  const { json } = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes: ["admin"], name: "console" });
  const { page } = await signIn(String(json["apiKey"]));
  const made = await page.must(201, "POST", `${base}/api-keys`, { scopes: ["admin"] });
  assert.equal(made.json["createdBy"], "console");
});

test("a live stream opens with the cookie, as a browser's EventSource asks for it", async (t) => {
  const { base, tenantKey } = await server.tenant();
  const { page } = await signIn(tenantKey);
  const ended = new AbortController();
  t.after(() => ended.abort());
  const cookie = `${COOKIE}=${page.cookies.get(COOKIE) ?? ""}`;
  const open = (site: string) =>
    fetch(`${server.url}${base}/webhooks/stream`, {
      headers: { accept: "text/event-stream", cookie, "sec-fetch-site": site },
      signal: ended.signal,
    });
  const stream = await open("same-origin");
  assert.deepEqual([stream.status, stream.headers.get("content-type")], [200, "text/event-stream; charset=utf-8"]);
  const foreign = await open("cross-site");
  assert.equal(foreign.status, 403);
});
