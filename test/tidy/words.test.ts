import { test } from "node:test";
import assert from "node:assert/strict";
import { checkWords } from "./words.ts";

const found = (text: string): (string | undefined)[] =>
  checkWords([{ path: "docs/a.md", text }]).map(({ problem }) => problem);

// Put together here, so that this file does not contain what it is looking for.
const slash = "/";

test("a path of one machine is found, a path of the repository or the API is not", () => {
  assert.deepEqual(found(`see ${slash}work/main/src`), ["a path of one machine"]);
  assert.deepEqual(found(`cd ${slash}home/anna/webhooks`), ["a path of one machine"]);
  assert.deepEqual(found("see src/work/main.ts, /v4/webhooks and /etc/hosts"), []);
});

test("a registry's address is found in text and in a lockfile", () => {
  assert.deepEqual(found(`https:${slash}/registry.example.com/pg`), ["a package registry's address"]);
  assert.deepEqual(found(['"resolved":', '"https://example.com/pg.tgz"'].join(" ")), ["a package's address"]);
  assert.deepEqual(found(`"resolved": "sdk",`), []);
});

test("a private key is found", () => {
  assert.deepEqual(found(["-----BEGIN", "PRIVATE KEY-----"].join(" ")), ["a private key"]);
});
