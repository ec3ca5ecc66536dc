import { test } from "node:test";
import assert from "node:assert/strict";
import { checkBanned } from "./banned.ts";
import { parseSources } from "./source.ts";

/** `line problem` of every finding. */
function problems(path: string, text: string): string[] {
  return checkBanned(parseSources([{ path, text }])).map(({ line, problem }) => `${line} ${problem}`);
}

const USES = `
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
const at = [Date.now(), new Date(), performance.now()];
setTimeout(() => {}, 1);
setInterval(() => {}, 1);
const luck = [Math.random(), randomUUID(), randomBytes(4), crypto.getRandomValues(at)];
const setting = process.env["PORT"];
console.error("so");
fetch("http://example.com");
`;

test("each banned use is found on its line", () => {
  assert.deepEqual(problems("src/engine/lane.ts", USES), [
    "2 the module node:net outside its home",
    "3 the module node:timers/promises outside its home",
    "4 Date.now outside its home",
    "4 new Date() without a time outside its home",
    "4 performance.now outside its home",
    "5 setTimeout() outside its home",
    "6 setInterval() outside its home",
    "7 Math.random outside its home",
    "7 randomUUID() outside its home",
    "7 randomBytes() outside its home",
    "7 crypto.getRandomValues outside its home",
    "8 process.env outside its home",
    "9 console.error outside its home",
    "10 fetch() outside its home",
  ]);
});

test("each use is allowed in its home", () => {
  assert.deepEqual(problems("src/clock.ts", "Date.now(); setTimeout(() => {}, 1);"), []);
  assert.deepEqual(problems("src/random.ts", "randomBytes(4);"), []);
  assert.deepEqual(problems("src/config.ts", "process.env;"), []);
  assert.deepEqual(problems("src/main.ts", `console.log("ready");`), []);
  assert.deepEqual(problems("src/egress/transport.ts", `import { request } from "node:http";`), []);
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

test("asking whether a text is an IP address is allowed anywhere, connecting beside it is not", () => {
  assert.deepEqual(problems("src/config.ts", `import { isIP } from "node:net";`), []);
  assert.equal(problems("src/config.ts", `import { connect, isIP } from "node:net";`).length, 1);
});

test("a time of one's own, a type import and a method of the same name are no findings", () => {
  const text = `import type { Socket } from "node:net";\nnew Date(at).toISOString(); store.fetch(); clock.setTimeout();`;
  assert.deepEqual(problems("src/engine/lane.ts", text), []);
});
