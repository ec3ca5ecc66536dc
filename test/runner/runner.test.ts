/** The runner must never call a failure a success: each way to fail, seen from outside, in a folder of its own. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const RUNNER = resolve(import.meta.dirname, "../run.ts");
const IMPORTS = `import { describe, test } from "node:test";\nimport assert from "node:assert/strict";\n`;

/** Runs the given test files; a filter that all of them match keeps the checks out. */
function runTests(files: Record<string, string>): { lines: string[]; lastLine: string; status: number | null } {
  const root = mkdtempSync(join(tmpdir(), "runner-"));
  try {
    mkdirSync(join(root, "test"));
    for (const [name, source] of Object.entries(files)) writeFileSync(join(root, "test", name), IMPORTS + source);
    // Node refuses to run tests inside a test when it finds this variable.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout, status } = spawnSync(process.execPath, [RUNNER, "test/"], { cwd: root, env, encoding: "utf8" });
    const lines = stdout.trimEnd().split("\n");
    return { lines, lastLine: lines.at(-1) ?? "", status };
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("passing tests are counted over all files, subtests included, and the exit code is 0", () => {
  const { lastLine, status } = runTests({
    "a.test.ts": `test("one", () => {});\ntest("two", async (t) => { await t.test("two and a half", () => {}); });`,
    "b.test.ts": `describe("group", () => { test("three", () => {}); });`,
  });
  assert.equal(lastLine, "4 passed, 0 failed");
  assert.equal(status, 0);
});

test("a failed test is counted, named with its file and its difference, and makes the exit code 1", () => {
  const { lines, lastLine, status } = runTests({
    "a.test.ts": `test("good", () => {});\ntest("bad", () => { assert.equal(1, 2); });`,
  });
  assert.equal(lastLine, "1 passed, 1 failed");
  assert.equal(status, 1);
  assert.ok(lines.includes("    test/a.test.ts: bad"), lines.join("\n"));
  assert.ok(
    lines.some((line) => line.includes("1 !== 2")),
    lines.join("\n"),
  );
});

test("a file whose process crashes is a failure, though its tests had passed", () => {
  const { lastLine, status } = runTests({
    "a.test.ts": `test("good", () => {});\nprocess.on("exit", () => { process.exitCode = 3; });`,
  });
  assert.match(lastLine, /, 1 failed$/);
  assert.equal(status, 1);
});

test("a file that does not load is a failure that shows why", () => {
  const { lines, lastLine } = runTests({ "a.test.ts": `import "./missing.ts";` });
  assert.equal(lastLine, "0 passed, 1 failed");
  assert.ok(
    lines.some((line) => line.includes("ERR_MODULE_NOT_FOUND")),
    lines.join("\n"),
  );
});

test("a file that does not end by its deadline is stopped and is a failure", () => {
  const root = mkdtempSync(join(tmpdir(), "runner-"));
  try {
    writeFileSync(join(root, "a.test.ts"), `${IMPORTS}test("good", () => {});\nsetInterval(() => {}, 1_000);`);
    const params = JSON.stringify({ root, file: "a.test.ts", timeoutMs: 1_500 });
    const runner = JSON.stringify(resolve(import.meta.dirname, "test_file.ts"));
    const script = `const { runTestFile } = await import(${runner});
      console.log(JSON.stringify((await runTestFile(${params})).failures));`;
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ["--input-type=module", "--eval", script];
    const { stdout } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8", timeout: 30_000 });
    assert.equal((JSON.parse(stdout) as unknown[]).length, 1, stdout);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("a file without a test is a failure", () => {
  assert.equal(runTests({ "a.test.ts": "" }).lastLine, "0 passed, 1 failed");
});

test("finding no test file at all is a failure", () => {
  const { lastLine, status } = runTests({});
  assert.equal(lastLine, "0 passed, 1 failed");
  assert.equal(status, 1);
});

test("a skipped test is neither passed nor failed, and is listed with its reason", () => {
  const { lines, lastLine } = runTests({
    "a.test.ts": `test("good", () => {});\ntest("later", { skip: "no such machine" }, () => {});`,
  });
  assert.equal(lastLine, "1 passed, 0 failed");
  assert.ok(lines.includes("    test/a.test.ts: later (no such machine)"), lines.join("\n"));
});

test("a failing hook of a group is a failure", () => {
  const { lastLine, status } = runTests({
    "a.test.ts": `import { before } from "node:test";
      describe("group", () => { before(() => { throw new Error("no room"); }); test("one", () => {}); });`,
  });
  assert.doesNotMatch(lastLine, / 0 failed$/);
  assert.equal(status, 1);
});
