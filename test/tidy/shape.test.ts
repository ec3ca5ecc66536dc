import { test } from "node:test";
import assert from "node:assert/strict";
import { checkFunctionLength, checkShape } from "./shape.ts";
import { parseSources } from "./source.ts";

const lines = (count: number): string => "x;\n".repeat(count);

/** The problems found in one file. */
function problems(path: string, text: string): string[] {
  return checkShape([{ path, text }]).map(({ problem }) => problem);
}

test("a source file of 400 lines passes and one of 401 does not", () => {
  assert.deepEqual(problems("src/a.ts", lines(400)), []);
  assert.deepEqual(problems("src/a.ts", lines(401)), ["401 lines; the cap is 400"]);
});

test("a test file of 600 lines passes and one of 601 does not", () => {
  assert.deepEqual(problems("src/a.test.ts", lines(600)), []);
  assert.deepEqual(problems("test/e2e/a.ts", lines(601)), ["601 lines; the cap is 600"]);
});

test("a line of 141 characters is found on its line", () => {
  const [finding] = checkShape([{ path: "src/a.ts", text: `x;\n${"x".repeat(141)}\n` }]);
  assert.deepEqual([finding?.line, finding?.problem], [2, "141 characters; the cap is 140"]);
  assert.deepEqual(problems("src/a.ts", `${"x".repeat(140)}\n`), []);
});

test("names for anything, numbered tests and other than snake_case are found", () => {
  for (const name of ["utils.ts", "types.ts", "helper.ts", "retry2.test.ts", "jsonText.ts", "json-text.ts"]) {
    assert.equal(problems(`src/${name}`, "x;\n").length, 1, name);
  }
  for (const name of ["json_text.ts", "json_text.test.ts", "main.ts", "0001_initial.sql"]) {
    assert.deepEqual(problems(`src/${name}`, "x;\n"), [], name);
  }
});

test("a function of 81 lines is found, one of 80 is not, and tests are left alone", () => {
  const body = (count: number): string => `export function f() {\n${lines(count - 2)}}\n`;
  const found = (path: string, text: string): number => checkFunctionLength(parseSources([{ path, text }])).length;
  assert.equal(found("src/a.ts", body(80)), 0);
  assert.equal(found("src/a.ts", body(81)), 1);
  assert.equal(found("src/a.test.ts", body(81)), 0);
});
