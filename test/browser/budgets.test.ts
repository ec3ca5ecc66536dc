/** What a screen may cost to load: the scripts that it cannot do without, compressed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { closureOf, DIST, ENTRY, MANIFEST, SCREEN_CHUNKS } from "./support/build_manifest.ts";

/** For the pages that people come in by, in bytes of gzip. Charts and editors come later, in chunks of their own. */
const FIRST_ROUTE_BYTES_MAX = 230 * 1024;
/** For any other page that is opened by its address: its own components are added. */
const DEEP_ROUTE_BYTES_MAX = 270 * 1024;
const FIRST_ROUTES = /^src\/(?:screens\/(?:applications|overview)|shell)\//;
const STYLES_BYTES_MAX = 60 * 1024;

function gzipBytes(file: string): number {
  return gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length;
}

function sumOf(files: Iterable<string>): number {
  return [...new Set(files)].reduce((sum, file) => sum + gzipBytes(file), 0);
}

test("the build has an entry and a chunk for each screen", () => {
  assert.equal(ENTRY.length, 1);
  assert.ok(SCREEN_CHUNKS.length > 15, SCREEN_CHUNKS.join(" "));
});

for (const screen of SCREEN_CHUNKS) {
  test(`${screen.slice("src/".length)} needs no more scripts than the budget allows`, () => {
    const chunks = [...closureOf([...ENTRY, screen])];
    const bytes = sumOf(chunks.flatMap((key) => MANIFEST[key]?.file ?? []));
    const isFirst = FIRST_ROUTES.test(screen);
    const bytesMax = isFirst ? FIRST_ROUTE_BYTES_MAX : DEEP_ROUTE_BYTES_MAX;
    const list = chunks.map((key) => `${key}: ${gzipBytes(MANIFEST[key]?.file ?? "")}`).join("\n");
    assert.ok(bytes <= bytesMax, `${bytes} bytes; the budget is ${bytesMax}\n${list}`);
    const styles = sumOf(chunks.flatMap((key) => MANIFEST[key]?.css ?? []));
    assert.ok(styles <= STYLES_BYTES_MAX, `${styles} bytes of styles; the budget is ${STYLES_BYTES_MAX}`);
  });
}
