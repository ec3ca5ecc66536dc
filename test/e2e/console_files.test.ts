/** The console's page and files, served from a small folder as the build would make it. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import assert from "node:assert/strict";
import { CLIENT_PATIENCE } from "../../src/api/guess_limits.ts";
import { startApiServer } from "./support/api_server.ts";
import { BrowserClient } from "./support/browser_client.ts";

const SCRIPT = `console.log("${"console ".repeat(300)}");`;
const IMMUTABLE = "public, max-age=31536000, immutable";
const PAGE = `<!doctype html>
<html><head>
<meta property="csp-nonce" nonce="__CSP_NONCE__" />
<meta name="ignisign-session" content="__SESSION__" />
<meta name="ignisign-insecure" content="__INSECURE__" />
<script nonce="__CSP_NONCE__" type="module" src="/assets/index-abc123.js"></script>
</head></html>`;

const folder = builtConsole();
const server = await startApiServer({ TRUST_PROXY: "true" }, { consoleFolder: folder });
const production = await startApiServer({ NODE_ENV: "production", TRUST_PROXY: "true" }, { consoleFolder: folder });
const unbuilt = await startApiServer({}, { consoleFolder: join(folder, "missing") });

function builtConsole(): string {
  const parent = mkdtempSync(join(tmpdir(), "webhooks-console-"));
  after(() => rmSync(parent, { recursive: true, force: true }));
  const made = join(parent, "dist");
  for (const inner of ["assets/deep", ".vite"]) mkdirSync(join(made, inner), { recursive: true });
  const files: Record<string, string | Buffer> = {
    "index.html": PAGE,
    "favicon.svg": "<svg/>",
    ".vite/manifest.json": "{}",
    ".env": "hidden",
    "assets/index-abc123.js": SCRIPT,
    "assets/index-abc123.js.br": brotliCompressSync(SCRIPT),
    "assets/index-abc123.js.gz": gzipSync(SCRIPT),
    "assets/style-def456.css": "p{}",
    "assets/deep/font-789.woff2": Buffer.from([0, 255, 1]),
    "assets/unknown.bin": "x",
  };
  writeFileSync(join(parent, "neighbour.txt"), "neighbour");
  for (const [path, content] of Object.entries(files)) writeFileSync(join(made, path), content);
  symlinkSync(join(made, ".env"), join(made, "assets/link.txt"));
  return made;
}

type Raw = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

/** The path goes out as it is: fetch would normalise it. */
function get(path: string, headers: Record<string, string> = {}, method = "GET", url = server.url): Promise<Raw> {
  const { promise, resolve, reject } = Promise.withResolvers<Raw>();
  const { hostname, port } = new URL(url);
  const asked = httpRequest({ hostname, port, path, method, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
    );
  });
  asked.on("error", reject).end();
  return promise;
}

const HTML = { accept: "text/html,application/xhtml+xml;q=0.9" };
const metaOf = (answer: Raw, name: string): string | undefined =>
  new RegExp(`name="ignisign-${name}" content="(\\w+)"`).exec(answer.body.toString())?.[1];

test("the page is at / and at every place inside it, for whoever accepts html", async () => {
  for (const path of ["/", "/?x=1"]) assert.equal((await get(path)).status, 200);
  for (const path of [
    "/sign-in",
    "/sign-in?returnTo=%2Fa",
    "/a/appId_1/PRODUCTION/events/evt_1",
    "/v4you",
    "/index.html",
  ]) {
    const page = await get(path, HTML);
    assert.deepEqual([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"], path);
    assert.match(page.body.toString(), /assets\/index-abc123\.js/);
    assert.equal((await get(path, { accept: "application/json" })).status, 404, path);
  }
  const head = await get("/sign-in", HTML, "HEAD");
  assert.deepEqual([head.status, head.body.length], [200, 0]);
});

test("a call of the API that does not exist is its JSON, even for a browser", async () => {
  for (const path of ["/v4", "/v4/", "/v4/nowhere", "/v4/applications/x/envs/TEST/nowhere", "/assets/gone-000.js"]) {
    const answer = await get(path, HTML);
    assert.equal(answer.status, 404, path);
    assert.equal((JSON.parse(answer.body.toString()) as { code: string }).code, "ROUTE_NOT_FOUND");
  }
  const unread = await get("/v4/auth/app-api", HTML);
  assert.deepEqual([unread.status, unread.headers["allow"]], [405, "POST"]);
  for (const [method, path, status] of [
    ["POST", "/", 405],
    ["POST", "/sign-in", 404],
    ["DELETE", "/assets/index-abc123.js", 405],
  ] as const) {
    assert.equal((await get(path, HTML, method)).status, status, `${method} ${path}`);
  }
});

test("each page has a nonce of its own, which its policy names and all its placeholders have become", async () => {
  const nonces = new Set<string>();
  for (let no = 0; no < 3; no++) {
    const page = await get("/", HTML);
    const html = page.body.toString();
    const found = [...html.matchAll(/nonce="([^"]+)"/g)].map(([, nonce]) => nonce);
    const [nonce = ""] = found;
    assert.deepEqual(found, [nonce, nonce]);
    assert.match(nonce, /^[A-Za-z0-9+/]{22}==$/);
    assert.ok(!html.includes("__"));
    assert.equal(
      page.headers["content-security-policy"],
      `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; ` +
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    nonces.add(nonce);
  }
  assert.equal(nonces.size, 3);
});

test("the page is stored nowhere, framed by nobody, and asks the browser for nothing it does not need", async () => {
  const { headers } = await get("/", HTML);
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(headers["cross-origin-resource-policy"], "same-origin");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.match(String(headers["permissions-policy"]), /camera=\(\), .*microphone=\(\)/);
  assert.equal(headers["access-control-allow-origin"], undefined);
});

test("the page says whether it came with a live session", async () => {
  const { tenantKey } = await server.tenant();
  const client = new BrowserClient(server);
  await client.must(201, "POST", "/v4/session", { key: tenantKey });
  const cookie = [...client.cookies].map((pair) => pair.join("=")).join("");
  const stateWith = async (headers: Record<string, string>) =>
    metaOf(await get("/", { ...HTML, ...headers }), "session");
  assert.equal(await stateWith({ cookie, "sec-fetch-site": "none" }), "yes");
  assert.equal(await stateWith({ cookie: `ignisign_session=${"A".repeat(43)}`, "sec-fetch-site": "none" }), "no");
  for (const site of ["none", "same-origin", "same-site"]) {
    assert.equal(await stateWith({ "sec-fetch-site": site }), "no");
  }
  // A link of another site: the browser keeps the cookie back for this one request.
  assert.equal(await stateWith({ "sec-fetch-site": "cross-site" }), "unknown");
  assert.equal(await stateWith({}), "unknown");
  await client.must(204, "DELETE", "/v4/session");
  assert.equal(await stateWith({ cookie, "sec-fetch-site": "none" }), "no");
});

test("a cookie that is made up counts as a guess, and the page does not look up more than are free", async () => {
  const { tenantKey } = await server.tenant();
  const address = { "x-forwarded-for": "198.51.100.77" };
  const from = { ...address, "sec-fetch-site": "none" };
  const client = new BrowserClient(server, address);
  await client.must(201, "POST", "/v4/session", { key: tenantKey });
  const own = [...client.cookies].map((pair) => pair.join("=")).join("");
  const stateWith = async (cookie: string) => metaOf(await get("/", { ...HTML, ...from, cookie }), "session");
  assert.equal(await stateWith(own), "yes");

  const guesses = Array.from({ length: 150 }, (_, no) => stateWith(`ignisign_session=${String(no).padStart(43, "A")}`));
  const states = await Promise.all(guesses);

  assert.equal(states.includes("yes"), false);
  assert.ok(states.filter((state) => state === "no").length >= CLIENT_PATIENCE.freeFailures);
  assert.ok(states.includes("unknown"));
  assert.equal(await stateWith(own), "yes", "what was admitted before is no guess");
});

test("the page says whether a key must not be typed into it", async () => {
  const stateWith = async (headers: Record<string, string>) =>
    metaOf(await get("/", { ...HTML, ...headers }, "GET", production.url), "insecure");
  assert.equal(await stateWith({ host: "localhost" }), "no");
  assert.equal(await stateWith({ host: "webhooks.example.com" }), "yes");
  assert.equal(await stateWith({ host: "webhooks.example.com", "x-forwarded-proto": "https" }), "no");
});

test("files have their types, and those with a hash in their name may be kept for ever", async () => {
  for (const [path, type, cache] of [
    ["/assets/index-abc123.js", "text/javascript; charset=utf-8", IMMUTABLE],
    ["/assets/style-def456.css", "text/css; charset=utf-8", IMMUTABLE],
    ["/assets/deep/font-789.woff2", "font/woff2", IMMUTABLE],
    ["/assets/unknown.bin", "application/octet-stream", IMMUTABLE],
    ["/favicon.svg", "image/svg+xml", "no-cache"],
  ] as const) {
    const { status, headers } = await get(path);
    assert.deepEqual([status, headers["content-type"], headers["cache-control"]], [200, type, cache], path);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.equal(headers["content-encoding"], undefined);
    assert.equal(headers["vary"], "accept-encoding");
  }
  assert.deepEqual((await get("/assets/deep/font-789.woff2")).body, Buffer.from([0, 255, 1]));
});

test("a compressed copy is sent to whoever takes it, brotli first", async () => {
  const path = "/assets/index-abc123.js";
  for (const [accepted, encoding, decode] of [
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
    ["GZIP", "gzip", gunzipSync],
    ["br;q=0, gzip;q=0.5", "gzip", gunzipSync],
    ["br;q=0,gzip;q=0", undefined, (bytes: Buffer) => bytes],
    ["br ; q=0 , gzip ;\tq=1", "gzip", gunzipSync],
    [`x${" ".repeat(15_000)}y, br`, "br", brotliDecompressSync],
    ["zstd", undefined, (bytes: Buffer) => bytes],
    ["", undefined, (bytes: Buffer) => bytes],
  ] as const) {
    const { headers, body } = await get(path, { "accept-encoding": accepted });
    assert.equal(headers["content-encoding"], encoding, accepted);
    assert.equal(decode(body).toString(), SCRIPT);
    assert.equal(headers["content-length"], String(body.length));
  }
  assert.equal((await get("/favicon.svg", { "accept-encoding": "br" })).headers["content-encoding"], undefined);
});

test("a browser that has a file is told so, by form, and HEAD tells of it without its bytes", async () => {
  const path = "/assets/index-abc123.js";
  const plain = String((await get(path)).headers["etag"]);
  const packed = String((await get(path, { "accept-encoding": "br" })).headers["etag"]);
  assert.notEqual(plain, packed);
  for (const [known, status] of [
    [plain, 304],
    [`W/${plain}`, 304],
    [`"x", ${plain}`, 304],
    ["*", 304],
    [packed, 200],
    ['"x"', 200],
  ] as const) {
    const answer = await get(path, { "if-none-match": known });
    assert.equal(answer.status, status, known);
    assert.equal(answer.headers["etag"], plain);
    assert.equal(answer.headers["cache-control"], IMMUTABLE);
    if (status === 304) assert.equal(answer.body.length, 0);
  }
  const head = await get(path, {}, "HEAD");
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.headers["content-length"], String(SCRIPT.length));
});

test("no path leads to a file that the build did not mean for browsers", async () => {
  for (const path of [
    "/assets/../index.html",
    "/assets/../../neighbour.txt",
    "/../neighbour.txt",
    "/assets/..%2f..%2fneighbour.txt",
    "/assets/%2e%2e/%2e%2e/neighbour.txt",
    "/assets/..\\..\\neighbour.txt",
    "/assets/....//index-abc123.js",
    "/assets/index-abc123.js%00.css",
    "/assets/index-abc123.js.br",
    "/assets/index-abc123.js.gz",
    "/assets/link.txt",
    "/assets/",
    "/assets",
    "/.vite/manifest.json",
    "/.env",
    "//assets/index-abc123.js",
    "/ASSETS/index-abc123.js",
  ]) {
    const answer = await get(path);
    assert.ok([400, 404].includes(answer.status), `${path}: ${answer.status}`);
    assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
    assert.ok(!/neighbour|hidden/.test(JSON.stringify(answer.headers)));
  }
});

test("files that come into the folder later are not served", async () => {
  writeFileSync(join(folder, "assets/late.js"), "late");
  assert.equal((await get("/assets/late.js")).status, 404);
});

test("without a built console the API works, and the page says how to build it", async () => {
  for (const [path, headers] of [
    ["/", {}],
    ["/sign-in", HTML],
  ] as const) {
    const answer = await get(path, headers, "GET", unbuilt.url);
    assert.deepEqual([answer.status, answer.headers["content-type"]], [503, "text/plain; charset=utf-8"]);
    assert.match(answer.body.toString(), /^The console is not built\. Run `npm run build`/);
  }
  await unbuilt.operator.must(200, "GET", "/v4/applications");
});

test("the console's paths are not in the reference of the API", () => {
  assert.ok(server.checker.operations().every(({ path }) => path !== "/" && !path.startsWith("/assets")));
});
