import { test } from "node:test";
import assert from "node:assert/strict";
import { checkDeadExports } from "./dead_exports.ts";
import { parseSources } from "./source.ts";

/** The names found dead. */
function dead(files: Record<string, string>, expected: string[] = []): string[] {
  const sources = parseSources(Object.entries(files).map(([path, text]) => ({ path, text })));
  return checkDeadExports(sources, expected).map(
    ({ path, line, problem }) => `${path}:${line} ${problem.split(" ")[0]}`,
  );
}

test("an export that nobody imports is found on its line", () => {
  assert.deepEqual(
    dead({
      "src/a.ts": "\nexport const used = 1;\nexport function lost() {}\n",
      "src/b.ts": `import { used } from "./a.ts";`,
    }),
    ["src/a.ts:3 lost"],
  );
});

test("an import by a test, under another name, by re-export, namespace or import() is a use", () => {
  for (const use of [
    `import { it as other } from "./a.ts";`,
    `import type { it } from "./a.ts";`,
    `export { it } from "./a.ts";`,
    `import * as a from "./a.ts";`,
    `const a = await import("./a.ts");`,
  ]) {
    assert.deepEqual(dead({ "src/a.ts": "export const it = 1;", "src/a.test.ts": use }), [], use);
  }
});

test("a type in the signature of a living export of its file is not dead, a value is", () => {
  const a = "export type Options = {};\nexport const MAX = 1;\nexport function go(options: Options) { return MAX; }";
  assert.deepEqual(dead({ "src/a.ts": a, "src/b.ts": `import { go } from "./a.ts";` }), ["src/a.ts:2 MAX"]);
});

test("what is expected to be unused is no finding", () => {
  assert.deepEqual(dead({ "src/a.ts": "export const spare = 1;" }, ["src/a.ts#spare"]), []);
});
