/** What the build made: its chunks, and what each cannot do without. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

type Chunk = { file: string; src?: string; isEntry?: boolean; imports?: string[]; css?: string[] };

/** Where the built files are. */
export const DIST = join(import.meta.dirname, "../../../console/dist");
/** The chunks by the path of their source. */
export const MANIFEST = JSON.parse(readFileSync(join(DIST, ".vite/manifest.json"), "utf8")) as { [key: string]: Chunk };
/** The keys of what every page begins with. */
export const ENTRY: readonly string[] = Object.keys(MANIFEST).filter((key) => MANIFEST[key]?.isEntry === true);
/** The keys of the screens, the sign-in included. */
export const SCREEN_CHUNKS: readonly string[] = Object.keys(MANIFEST).filter((key) =>
  /^src\/(?:screens|shell)\/.+_screen\.tsx$/.test(key),
);

/** Chunks with everything that they import at once, by their keys. */
export function closureOf(keys: readonly string[], known = new Set<string>()): Set<string> {
  for (const key of keys) {
    if (known.has(key)) continue;
    known.add(key);
    closureOf(MANIFEST[key]?.imports ?? [], known);
  }
  return known;
}
