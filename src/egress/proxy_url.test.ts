import assert from "node:assert/strict";
import { test } from "node:test";
import { formatProxy, parseProxyUrl } from "./proxy_url.ts";

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

for (const [text, address] of [
  ["http://proxy.example:3128", { host: "proxy.example", port: 3128, authorization: null }],
  ["HTTP://Proxy.Example:80/", { host: "proxy.example", port: 80, authorization: null }],
  ["http://127.0.0.1:8080", { host: "127.0.0.1", port: 8080, authorization: null }],
  ["http://[::1]:8080", { host: "::1", port: 8080, authorization: null }],
  ["http://user:secret@proxy:1", { host: "proxy", port: 1, authorization: basic("user:secret") }],
  ["http://user@proxy:1", { host: "proxy", port: 1, authorization: basic("user:") }],
  ["http://us%20er:s%3Ae%40%C3%A9@proxy:1", { host: "proxy", port: 1, authorization: basic("us er:s:e@é") }],
] as const) {
  test(`${text} is a proxy`, () => assert.deepEqual(parseProxyUrl(text), address));
}

for (const text of [
  "",
  "proxy",
  "proxy.example:3128",
  "user:sesame@proxy.example:3128",
  "https://user:sesame@proxy.example:3128",
  "socks5://user:sesame@proxy.example:1080",
  "http://user:sesame@proxy.example",
  "http://proxy.example:0",
  "http://proxy.example:65536",
  "http://proxy.example:3128/path",
  "http://proxy.example:3128?query",
  "http://proxy.example:3128#fragment",
  "http://:sesame@proxy.example:3128",
  "http://us%3Aer:sesame@proxy.example:3128",
  "http://user:sesame%0D%0Ax@proxy.example:3128",
  "http://user:sesame%zz@proxy.example:3128",
]) {
  test(`\`${text}\` is a fault that does not repeat it`, () => {
    const parsed = parseProxyUrl(text);

    assert.ok("fault" in parsed);
    assert.doesNotMatch(parsed.fault, /sesame|user/);
  });
}

test("a proxy is shown without its credentials", () => {
  assert.equal(formatProxy({ host: "proxy.example", port: 3128 }), "proxy.example:3128");
  assert.equal(formatProxy({ host: "::1", port: 3128 }), "[::1]:3128");
});
