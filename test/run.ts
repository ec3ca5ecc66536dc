/**
 * `npm test`: the checks (format, lint, types, build) and every test of the repository. `npm test -- engine/lane` runs
 * only the test files whose path contains one of the words, and no checks. The last line is `N passed, N failed`; the
 * exit code is 1 when anything failed or nothing was found.
 */
import { globSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { runCheck } from "./runner/check.ts";
import type { Result } from "./runner/result.ts";
import { inLanes, printResult, printSummary } from "./runner/result.ts";
import { runTestFile } from "./runner/test_file.ts";

/** npm scripts, so that each check is defined in one place. The types of the SDK are those that the build makes. */
const BUILD = "build";
const CHECKS = ["format:check", "lint", "typecheck"];
const TEST_FILES = [
  "src/**/*.test.ts",
  "console/src/**/*.test.ts",
  "test/**/*.test.ts",
  "sdk/**/*.test.ts",
  "examples/**/*.test.ts",
];
/** They are as busy as a processor. */
const IN_BROWSER = "test/browser/";
/** They wait for most of their time: for leases to end, and for workers to count as dead. */
const WAITING = "test/e2e/cluster";
const FILE_TIMEOUT_MS = 300_000;

/** The others are short: they are beside the code. */
const isLong = (file: string): boolean =>
  file.startsWith("test/") && !file.startsWith(IN_BROWSER) && !file.startsWith(WAITING);

const root = process.cwd();
const filters = process.argv.slice(2);
// Production mode refuses loopback receivers; what a test starts must not depend on where the tests run.
process.env["NODE_ENV"] = "test";
// All test files and what they start use the same modules: types are stripped and code is compiled for the first alone.
process.env["NODE_COMPILE_CACHE"] ??= join(root, "node_modules/.cache/webhooks");

const results: Result[] = [];
const note = (result: Result): void => {
  results.push(result);
  printResult(result);
};

if (filters.length === 0) {
  note(await runCheck(BUILD));
  await Promise.all(CHECKS.map(async (script) => note(await runCheck(script))));
}

const files = globSync(TEST_FILES, { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] })
  .map((file) => relative(root, resolve(root, file)))
  .filter((file) => filters.length === 0 || filters.some((word) => file.includes(word)))
  .sort();
const queueOf = (fits: (file: string) => boolean): Iterable<string> => files.filter(fits).values();
const inBrowser = queueOf((file) => file.startsWith(IN_BROWSER));
const waiting = queueOf((file) => file.startsWith(WAITING));
const long = queueOf(isLong);
const short = queueOf((file) => !file.startsWith("test/"));
// The smallest machines have two cores, and one browser is enough for one of them until nothing else is left; whoever waits
// leaves some of both.
const lanes = [
  [inBrowser, long, short],
  [long, short, inBrowser],
  [waiting, short, long, inBrowser],
];
await inLanes(lanes, async (file) => note(await runTestFile({ root, file, timeoutMs: FILE_TIMEOUT_MS })));
if (files.length === 0) {
  const wanted = filters.length === 0 ? TEST_FILES : filters;
  note({ name: "tests", passed: 0, failures: [{ test: null, report: `no test file matches ${wanted.join(" ")}` }] });
}

process.exitCode = printSummary(results);
