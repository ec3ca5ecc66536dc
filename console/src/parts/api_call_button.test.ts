import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { OPERATIONS } from "../api/operations.ts";

const src = resolve(import.meta.dirname, "..");
const sources = globSync("**/*.{ts,tsx}", { cwd: src })
  .filter((path) => !path.endsWith(".test.ts") && path !== join("api", "operations.ts"))
  .map((path) => readFileSync(join(src, path), "utf8"))
  .join("\n");

/** The calls that have no place in a program with a key: signing in to the console, and out of it. */
const OF_THE_SESSION = new Set(["createSession", "deleteSession", "getSession"]);

/** As `<ApiCallButton id="…" …>`, or as a call that is handed to one: `{ id: "…", args: … }`. */
function isShown(id: string): boolean {
  return new RegExp(`<ApiCallButton\\s+id="${id}"|\\bid: "${id}"[^,]*,\\s*(?:args|path)\\b`).test(sources);
}

/** Named by the file that makes it, be it in the call or in the type of a choice of calls. */
function isMade(id: string): boolean {
  return sources.includes(`"${id}"`);
}

const made = Object.keys(OPERATIONS).filter(isMade);

test("the calls of the console are found in its sources", () => {
  assert.ok(made.length > 40, made.join(" "));
});

for (const id of made.filter((each) => !OF_THE_SESSION.has(each))) {
  test(`the console shows its call ${id} to who wants to make it`, () => {
    assert.ok(isShown(id), `no ApiCallButton shows ${id}: name it in the \`also\` of the one on that screen`);
  });
}
