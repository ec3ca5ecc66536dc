/** The repository's style, checked over its own text (CONTRIBUTING.md). The rules and their own tests are in test/tidy/. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { FAILURES } from "../src/domain/failure.ts";
import { ERROR_STATUS } from "../src/errors.ts";
import { checkBanned } from "./tidy/banned.ts";
import { checkComments } from "./tidy/comments.ts";
import { checkDeadExports } from "./tidy/dead_exports.ts";
import { checkErrorCodes, checkFailureCodes, checkLinks, checkMigrations, checkSettings } from "./tidy/docs.ts";
import { checkLockfile } from "./tidy/lockfile.ts";
import { checkLayers } from "./tidy/layers.ts";
import { checkOutbound } from "./tidy/outbound.ts";
import { checkFunctionLength, checkShape } from "./tidy/shape.ts";
import type { Finding } from "./tidy/source.ts";
import { parseSources, readRepository } from "./tidy/source.ts";
import { checkTestNames } from "./tidy/test_names.ts";
import { checkWords } from "./tidy/words.ts";

/** Exports that nothing imports, each with the reason why it stays. */
const UNUSED_ON_PURPOSE: readonly string[] = [];

const files = readRepository(resolve(import.meta.dirname, ".."));
const sources = parseSources(files);

/** Fails with one line for each finding: where, what, and how to mend it. */
function assertTidy(findings: readonly Finding[]): void {
  const lines = findings.map(({ path, line, problem, fix }) => `${path}:${line}: ${problem}. To mend it: ${fix}.`);
  assert.ok(lines.length === 0, `\n${lines.join("\n")}`);
}

function textOf(path: string): string {
  const file = files.find((each) => each.path === path);
  assert.ok(file, `${path} is missing`);
  return file.text;
}

test("the rules look at the whole repository", () => {
  const known = new Set(sources.map(({ path }) => path));
  for (const path of ["src/errors.ts", "src/domain/event.ts", "test/tidy/source.ts"]) assert.ok(known.has(path), path);
  assert.ok(textOf("package-lock.json").length > 0);
});

test("files, lines and functions are short, and files are named after what they do", () => {
  assertTidy([...checkShape(files), ...checkFunctionLength(sources)]);
});

test("every file has a header and every export says what it is for", () => {
  assertTidy(checkComments(sources));
});

test("time, randomness, settings and printing are used in their homes only", () => {
  assertTidy(checkBanned(sources));
});

test("only src/egress opens outbound connections, and the PostgreSQL store those to its database", () => {
  assertTidy(checkOutbound(sources));
});

test("imports point downward through the layers", () => {
  assertTidy(checkLayers(sources));
});

test("nothing is exported that nobody imports", () => {
  assertTidy(checkDeadExports(sources, UNUSED_ON_PURPOSE));
});

test("test names are sentences, each one its own", () => {
  assertTidy(checkTestNames(sources));
});

test("docs/errors.md lists exactly the error codes and failure codes of the code", () => {
  const text = textOf("docs/errors.md");
  assertTidy([...checkErrorCodes(text, ERROR_STATUS), ...checkFailureCodes(text, FAILURES)]);
});

test("the README lists exactly the settings that are read", () => {
  const readers = sources.filter(({ path }) => path === "src/config.ts" || /^src\/[a-z_]+_setting\.ts$/.test(path));
  assert.ok(readers.length > 1, "src/config.ts or its parts are missing");
  assertTidy(checkSettings(textOf("README.md"), readers));
});

test("migrations are numbered without a gap and say whether they are compatible", () => {
  assertTidy(checkMigrations(files));
});

test("the lockfile has an entry for every platform and an integrity for every package", () => {
  assertTidy(checkLockfile(textOf("package-lock.json")));
});

test("every relative link of the documents leads somewhere", () => {
  assertTidy(checkLinks(files));
});

test("no path of a machine, address of a registry or private key is in the repository", () => {
  assertTidy(checkWords(files));
});
