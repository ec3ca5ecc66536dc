import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ownPath } from "./own_path.ts";

const ORIGIN = "https://webhooks.example";

test("a path of the console is kept with its search and its place", () => {
  const path = "/a/appId_1/TEST/events?filter=failed&event=evt_1#top";
  assert.equal(ownPath(path, ORIGIN), path);
});

const FOREIGN = [
  undefined,
  "",
  "events",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "https://evil.example/",
  "javascript:alert(1)",
  "data:text/html,x",
];
for (const wanted of FOREIGN) {
  test(`${JSON.stringify(wanted)} leads to the start`, () => {
    assert.equal(ownPath(wanted, ORIGIN), "/");
  });
}

test("whatever is wanted, the browser resolves the answer to the console's own origin", () => {
  const piece = fc.constantFrom("/", "\\", "..", ".", "evil.example", "@", ":", "\t", "\n", "%2f", "?", "#", "http:");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = ownPath(pieces.join(""), ORIGIN);
      assert.equal(new URL(path, ORIGIN).origin, ORIGIN);
      assert.ok(path.startsWith("/") && !path.startsWith("//"));
    }),
  );
});
