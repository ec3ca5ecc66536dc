import { test } from "node:test";
import assert from "node:assert/strict";
import {
  checkErrorCodes,
  checkFailureCodes,
  checkLinks,
  checkMigrations,
  checkSettings,
  settingsOf,
  tableRows,
} from "./docs.ts";
import type { Finding } from "./source.ts";
import { parseSources } from "./source.ts";

const problems = (findings: readonly Finding[]): string[] => findings.map(({ line, problem }) => `${line} ${problem}`);

const ERRORS = `# Errors

## API errors

| code | status | meaning |
|---|---|---|
| \`BODY_TOO_LARGE\` | 413 | Too large. |
| \`OLD_ONE\` | 400 | Gone. |

## Failures of an attempt

| code | meaning | what to do |
|---|---|---|
| \`GONE\` | 410. | Wait. Come back. |
`;

test("the rows of a table are those under its heading only", () => {
  assert.deepEqual(
    tableRows(ERRORS, "API errors").map(({ key, line }) => `${key} ${line}`),
    ["BODY_TOO_LARGE 7", "OLD_ONE 8"],
  );
  assert.deepEqual(tableRows(ERRORS, "Nothing"), []);
});

test("a missing, a superfluous and a wrong error code are found", () => {
  assert.deepEqual(problems(checkErrorCodes(ERRORS, { BODY_TOO_LARGE: 413, OLD_ONE: 400 })), []);
  assert.deepEqual(problems(checkErrorCodes(ERRORS, { BODY_TOO_LARGE: 400, APP_NOT_FOUND: 404 })), [
    "7 the error code APP_NOT_FOUND of src/errors.ts is not documented",
    "8 no error code OLD_ONE is in src/errors.ts",
    "7 BODY_TOO_LARGE is documented with status 413; it is 400",
  ]);
});

test("a missing and a superfluous failure code are found, a message without a remedy, and another remedy than documented", () => {
  assert.deepEqual(checkFailureCodes(ERRORS, { GONE: "It is gone. Wait." }), []);
  assert.deepEqual(problems(checkFailureCodes(ERRORS, { GONE: "It is gone. Wait.", TLS_FAILED: "No. Do." })), [
    "14 the failure code TLS_FAILED of src/domain/failure.ts is not documented",
  ]);
  assert.equal(checkFailureCodes(ERRORS, {}).length, 1);
  assert.deepEqual(problems(checkFailureCodes(ERRORS, { GONE: "It is gone." })), [
    "1 the message of GONE has no remedy",
  ]);
  assert.deepEqual(problems(checkFailureCodes(ERRORS, { GONE: "It is gone. Go." })), [
    "14 GONE has another remedy than its message",
  ]);
});

test("a setting that is read and not documented, and the reverse, are found", () => {
  const text = `const port = reader.read("PORT", {});\nconst ca = readFileSetting(reader, "EGRESS_CA_FILE", caFault);\nother("HOST");`;
  const [config] = parseSources([{ path: "src/config.ts", text }]);
  assert.ok(config);
  assert.deepEqual(settingsOf(config), ["PORT", "EGRESS_CA_FILE"]);
  const readme = "## Configuration\n\n| setting | default |\n|---|---|\n| `PORT` | 4400 |\n| `SPEED` | 1 |\n";
  assert.deepEqual(problems(checkSettings(readme, [config])), [
    "5 the setting EGRESS_CA_FILE of src/config.ts is not documented",
    "6 no setting SPEED is in src/config.ts",
  ]);
});

test("a migration with a gap in its number, or a first line that says nothing, is found", () => {
  const file = (name: string, text: string): { path: string; text: string } => ({
    path: `src/store/sqlite/migrations/${name}`,
    text,
  });
  assert.deepEqual(
    checkMigrations([
      file("0001_initial.sql", "-- compatible\n"),
      file("0002_b.sql", "-- breaking: stop all workers\n"),
    ]),
    [],
  );
  assert.equal(
    checkMigrations([file("0001_initial.sql", "-- compatible\n"), file("0003_b.sql", "-- compatible\n")]).length,
    1,
  );
  assert.equal(checkMigrations([file("0001_initial.sql", "create table a (b);\n")]).length, 1);
});

test("a link to a missing file or heading is found, one to the web or an existing heading is not", () => {
  const files = [
    {
      path: "README.md",
      text: "[a](docs/errors.md) [b](docs/errors.md#api-errors) [c](https://example.com/x) [d](docs)\n",
    },
    { path: "docs/errors.md", text: ERRORS },
  ];
  assert.deepEqual(checkLinks(files), []);
  const broken = [{ path: "docs/a.md", text: "[a](../lost.md)\n[b](errors.md#lost)\n" }, ...files];
  assert.deepEqual(problems(checkLinks(broken)), [
    "1 the link to lost.md leads nowhere",
    "2 docs/errors.md has no heading for #lost",
  ]);
});
