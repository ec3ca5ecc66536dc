/** What a screen may cost to load: the scripts that it cannot do without, compressed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

/** For the pages that people come in by, in bytes of gzip. Charts and editors come later, in chunks of their own. */
const FIRST_ROUTE_BYTES_MAX = 230 * 1024;
/** For any other page that is opened by its address: its own components are added. */
const DEEP_ROUTE_BYTES_MAX = 270 * 1024;
const FIRST_ROUTES = /^src\/screens\/(?:applications|overview)\//;
const STYLES_BYTES_MAX = 60 * 1024;

type Chunk = { file: string; src?: string; isEntry?: boolean; imports?: string[]; css?: string[] };

const dist = join(import.meta.dirname, "../../console/dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8")) as { [key: string]: Chunk };
const entry = Object.keys(manifest).filter((key) => manifest[key]?.isEntry === true);
const screens = Object.keys(manifest).filter((key) => /^src\/screens\/.+_screen\.tsx$/.test(key));

/** A chunk with everything that it imports at once. */
function closureOf(keys: readonly string[], known = new Set<string>()): Set<string> {
  for (const key of keys) {
    if (known.has(key)) continue;
    known.add(key);
    closureOf(manifest[key]?.imports ?? [], known);
  }
  return known;
}

function gzipBytes(file: string): number {
  return gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
}

function sumOf(files: Iterable<string>): number {
  return [...new Set(files)].reduce((sum, file) => sum + gzipBytes(file), 0);
}

test("the build has an entry and a chunk for each screen", () => {
  assert.equal(entry.length, 1);
  assert.ok(screens.length > 15, screens.join(" "));
});

for (const screen of [null, ...screens]) {
  const name = screen === null ? "the sign-in page" : screen.slice("src/screens/".length);
  test(`${name} needs no more scripts than the budget allows`, () => {
    const chunks = [...closureOf(screen === null ? entry : [...entry, screen])];
    const bytes = sumOf(chunks.flatMap((key) => manifest[key]?.file ?? []));
    const isFirst = screen === null || FIRST_ROUTES.test(screen);
    const bytesMax = isFirst ? FIRST_ROUTE_BYTES_MAX : DEEP_ROUTE_BYTES_MAX;
    const list = chunks.map((key) => `${key}: ${gzipBytes(manifest[key]?.file ?? "")}`).join("\n");
    assert.ok(bytes <= bytesMax, `${bytes} bytes; the budget is ${bytesMax}\n${list}`);
    const styles = sumOf(chunks.flatMap((key) => manifest[key]?.css ?? []));
    assert.ok(styles <= STYLES_BYTES_MAX, `${styles} bytes of styles; the budget is ${STYLES_BYTES_MAX}`);
  });
}
