import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { test } from "node:test";

const src = resolve(import.meta.dirname, "..");
const text = (path: string): string => readFileSync(path, "utf8");

/** The area of each message: the file that it is in. */
const areaOf = new Map(
  globSync("i18n/en/*.ts", { cwd: src })
    .filter((path) => basename(path) !== "en.ts")
    .flatMap((path) =>
      [...text(join(src, path)).matchAll(/^\s+"([\w.-]+)":/gm)].map(
        ([, id = ""]) => [id, basename(path, ".ts")] as const,
      ),
    ),
);
/** With the first page, always. */
const BASE = new Set(["parts", "problems", "shell"]);

/** A file with everything of the console that it imports, lazily or not. */
function closureOf(path: string, known = new Set<string>()): Set<string> {
  if (known.has(path)) return known;
  known.add(path);
  for (const [, specifier = ""] of text(path).matchAll(/(?:from|import\()\s*"(\.[^"]+\.tsx?)"/g)) {
    const target = resolve(dirname(path), specifier);
    if (existsSync(target) && !target.startsWith(join(src, "i18n"))) closureOf(target, known);
  }
  return known;
}

/** The areas from which files take texts, by whole ids and by ids put together from a fixed start. */
function areasIn(paths: Iterable<string>): string[] {
  const areas = new Set<string>();
  for (const path of paths) {
    const source = text(path);
    for (const [, id = ""] of source.matchAll(/"([a-zA-Z][\w-]*(?:\.[\w-]+)+)"/g)) areas.add(areaOf.get(id) ?? "");
    for (const [, start = ""] of source.matchAll(/`([a-zA-Z][\w-]*\.(?:[\w-]+\.)*[\w-]*)\$\{/g)) {
      for (const [id, area] of areaOf) if (id.startsWith(start)) areas.add(area);
    }
  }
  return [...areas].filter((area) => area !== "" && !BASE.has(area)).sort();
}

const LAZY_SCREEN = /import\("\.\/(screens\/[^"]+)"\),\s*"\w+",\s*\[([^\]]*)\]/g;
for (const [, screen = "", listed = ""] of text(join(src, "routes.tsx")).matchAll(LAZY_SCREEN)) {
  test(`the route of ${screen} loads the messages of its screen, and no others`, () => {
    const areas = [...listed.matchAll(/"(\w+)"/g)].map(([, area = ""]) => area).sort();
    assert.deepEqual(areas, areasIn(closureOf(join(src, screen))));
  });
}

test("what is around every screen takes its texts from the areas that are always loaded", () => {
  const shell = globSync("shell/*.{ts,tsx}", { cwd: src }).filter((path) => !path.endsWith(".test.ts"));
  assert.deepEqual(areasIn(shell.map((path) => join(src, path))), []);
});
