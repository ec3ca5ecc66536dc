import { test } from "node:test";
import assert from "node:assert/strict";
import { checkBanned } from "./banned.ts";
import { parseSources } from "./source.ts";

/** `line problem` of every finding. */
function problems(path: string, text: string): string[] {
  return checkBanned(parseSources([{ path, text }])).map(({ line, problem }) => `${line} ${problem}`);
}

const USES = `
import { setTimeout as sleep } from "node:timers/promises";
const at = [Date.now(), new Date(), performance.now()];
setTimeout(() => {}, 1);
setInterval(() => {}, 1);
const luck = [Math.random(), randomUUID(), randomBytes(4), crypto.getRandomValues(at)];
const setting = process.env["PORT"];
console.error("so");
`;

test("each banned use is found on its line", () => {
  assert.deepEqual(problems("src/engine/lane.ts", USES), [
    "2 the module node:timers/promises outside its home",
    "3 Date.now outside its home",
    "3 new Date() without a time outside its home",
    "3 performance.now outside its home",
    "4 setTimeout() outside its home",
    "5 setInterval() outside its home",
    "6 Math.random outside its home",
    "6 randomUUID() outside its home",
    "6 randomBytes() outside its home",
    "6 crypto.getRandomValues outside its home",
    "7 process.env outside its home",
    "8 console.error outside its home",
  ]);
});

test("each use is allowed in its home", () => {
  assert.deepEqual(problems("src/clock.ts", "Date.now(); setTimeout(() => {}, 1);"), []);
  assert.deepEqual(problems("src/random.ts", "randomBytes(4);"), []);
  assert.deepEqual(problems("src/config.ts", "process.env;"), []);
  assert.deepEqual(problems("src/main.ts", `console.log("ready");`), []);
});

test("tests, the SDK and examples may use what they like", () => {
  for (const path of [
    "src/engine/lane.test.ts",
    "test/e2e/kill.test.ts",
    "sdk/src/client.ts",
    "examples/demo/main.ts",
  ]) {
    assert.deepEqual(problems(path, USES), [], path);
  }
});

test("a time of one's own and a method of the same name are no findings", () => {
  const text = "new Date(at).toISOString(); clock.setTimeout();";
  assert.deepEqual(problems("src/engine/lane.ts", text), []);
});
