import { test } from "node:test";
import assert from "node:assert/strict";
import { checkLockfile } from "./lockfile.ts";

function problems(packages: Record<string, object>): string[] {
  return checkLockfile(JSON.stringify({ packages }, null, 2)).map(({ line, problem }) => `${line} ${problem}`);
}

const lint = { version: "1.0.0", integrity: "sha512-x", optionalDependencies: { "@lint/linux-x64": "1.0.0" } };

test("an optional package without an entry is found, one with an entry is not", () => {
  assert.deepEqual(problems({ "node_modules/lint": lint }), ["7 the optional package @lint/linux-x64 has no entry"]);
  const platform = { version: "1.0.0", optional: true, os: ["linux"] };
  assert.deepEqual(problems({ "node_modules/lint": lint, "node_modules/@lint/linux-x64": platform }), []);
});

test("a package without integrity is found, the project itself and its workspaces are not", () => {
  const own = { "": { version: "1.0.0" }, sdk: { version: "1.0.0" }, "node_modules/@ignisign/node": { link: true } };
  assert.deepEqual(problems(own), []);
  assert.deepEqual(problems({ "node_modules/a": { version: "1.0.0" } }), ["3 node_modules/a has no integrity"]);
});
