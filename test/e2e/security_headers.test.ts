/** The headers that keep a browser from doing harm, on every kind of answer: of the API, the console, and the HTTP parser. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import assert from "node:assert/strict";
import type { ApiServer } from "./support/api_server.ts";
import { startApiServer } from "./support/api_server.ts";
import { BrowserClient } from "./support/browser_client.ts";
import { sendRaw } from "./support/raw_request.ts";

const HSTS = "strict-transport-security";
const HTML = { accept: "text/html" };

const consoleFolder = mkdtempSync(join(tmpdir(), "webhooks-console-"));
after(() => rmSync(consoleFolder, { recursive: true, force: true }));
mkdirSync(join(consoleFolder, "assets"));
writeFileSync(join(consoleFolder, "index.html"), '<script nonce="__CSP_NONCE__" src="/assets/a.js"></script>');
writeFileSync(join(consoleFolder, "assets/a.js"), "1;");

const development = await startApiServer(
  { TRUST_PROXY: "true", PUBLIC_URL: "https://localhost:4400" },
  { consoleFolder },
);
const behindProxy = await startApiServer({ NODE_ENV: "production", TRUST_PROXY: "true" }, { consoleFolder });
const published = { NODE_ENV: "production", PUBLIC_URL: "https://webhooks.example.com" };
const atPublicUrl = await startApiServer(published, { consoleFolder, requestMsMax: 200 });
const { base, tenantKey } = await atPublicUrl.tenant();

type Header = [name: string, value: string];

async function headersOf(path: string, init: RequestInit = {}, server: ApiServer = atPublicUrl): Promise<Headers> {
  const answer = await fetch(server.url + path, init);
  await answer.body?.cancel();
  return answer.headers;
}

/** The headers of what the parser answers by itself. */
async function rawHeaders(text: string): Promise<Headers> {
  const { head } = await sendRaw(atPublicUrl.url, text);
  return new Headers(
    head
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(": ", 2) as Header),
  ); // name: value
}

const authorization = { authorization: `Bearer ${tenantKey}` };
const etag = (await headersOf("/assets/a.js")).get("etag") ?? "";
const ANSWERS: Record<string, () => Promise<Headers>> = {
  "a list": () => headersOf(`${base}/webhooks`, { headers: authorization }),
  "a stream": () => headersOf(`${base}/webhooks/stream`, { headers: authorization }),
  "a refusal for want of a key": () => headersOf(`${base}/webhooks`),
  "a refused body": () =>
    headersOf("/v4/session", { method: "POST", body: "{", headers: { "content-type": "application/json" } }),
  "a path that does not exist": () => headersOf("/v4/nowhere"),
  "a method that does not exist": () => headersOf("/v4/catalog", { method: "DELETE" }),
  "a path that is wrongly encoded": () => headersOf("/v4/webhooks/%zz"),
  "the health": () => headersOf("/healthz"),
  "the head of the readiness": () => headersOf("/readyz", { method: "HEAD" }),
  "the reference": () => headersOf("/openapi.json"),
  "the catalogue": () => headersOf("/v4/catalog"),
  "the page": () => headersOf("/"),
  "a place inside the page": () => headersOf("/sign-in", { headers: HTML }),
  "a file of the console": () => headersOf("/assets/a.js"),
  "a file that the browser has": () => headersOf("/assets/a.js", { headers: { "if-none-match": etag } }),
  "what is no HTTP": () => rawHeaders("HELLO\r\n\r\n"),
  "a head that is too large": () => rawHeaders(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(17_000)}\r\n\r\n`),
  "a request that is too slow": () => rawHeaders("GET / HTTP/1.1\r\n"),
  "a request without Host": () => rawHeaders("GET / HTTP/1.1\r\nconnection: close\r\n\r\n"),
};

for (const [name, ask] of Object.entries(ANSWERS)) {
  test(`${name} is not sniffed, framed, opened by or embedded in other pages, tells no address on, and wants https`, async () => {
    const headers = await ask();
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
    assert.equal(headers.get(HSTS), "max-age=31536000");
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(policy.includes("script-src"), name.includes("page"), policy);
    const isFile = name.includes("file");
    assert.equal(headers.get("cache-control"), isFile ? "public, max-age=31536000, immutable" : "no-store");
    assert.equal(headers.get("access-control-allow-origin"), null);
    assert.equal(headers.get("server") ?? headers.get("x-powered-by"), null);
  });
}

test("an answer with a session's cookie, and the empty one of its end, have them too", async () => {
  const page = new BrowserClient(development);
  const { tenantKey: key } = await development.tenant();
  for (const answer of [
    await page.must(201, "POST", "/v4/session", { key }),
    await page.must(204, "DELETE", "/v4/session"),
  ]) {
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.equal(answer.headers["x-content-type-options"], "nosniff");
    assert.match(String(answer.headers["content-security-policy"]), /default-src 'none'/);
  }
});

test("https is wanted where a believed proxy says that it is spoken, and nowhere else", async () => {
  const proto = (value: string) => ({ headers: { "x-forwarded-proto": value } });
  for (const path of ["/", "/healthz", "/v4/nowhere", "/assets/a.js"]) {
    assert.equal((await headersOf(path, proto("https"), behindProxy)).get(HSTS), "max-age=31536000");
    assert.equal((await headersOf(path, proto("http"), behindProxy)).get(HSTS), null);
    assert.equal((await headersOf(path, {}, behindProxy)).get(HSTS), null);
  }
});

test("development never demands https of localhost, where others speak plain http", async () => {
  assert.equal((await headersOf("/", { headers: { "x-forwarded-proto": "https" } }, development)).get(HSTS), null);
});
