import { test } from "node:test";
import assert from "node:assert/strict";
import { checkTestNames } from "./test_names.ts";
import { parseSources } from "./source.ts";

function problems(text: string): string[] {
  return checkTestNames(parseSources([{ path: "src/a.test.ts", text }])).map(
    ({ line, problem }) => `${line} ${problem}`,
  );
}

test("two tests of one name in one file are found", () => {
  const text = `test("a lane is full", () => {});\ntest("a lane is empty", () => {});\ntest("a lane is full", () => {});`;
  assert.deepEqual(problems(text), ["3 the test of line 1 has the same name"]);
});

test("tests in different groups may have one name", () => {
  const group = (name: string): string => `describe("${name}", () => { test("it ends well", () => {}); });\n`;
  assert.deepEqual(problems(group("one") + group("two")), []);
});

test("a name of two words is found to be no sentence", () => {
  assert.deepEqual(problems(`test("lane full", () => {});`), ['1 "lane full" is no sentence']);
});
