/** Imports point downward only: domain ← store ← engine ← api ← composition; domain ← egress ← engine, api. */
import type { Finding, Source } from "./source.ts";
import { isProduct, lineOf } from "./source.ts";
import { importsOf } from "./exports.ts";

/** What each folder may import besides itself and the floor. */
const BELOW: ReadonlyMap<string, readonly string[]> = new Map([
  ["domain", []],
  ["store", ["domain"]],
  ["egress", ["domain"]],
  ["engine", ["domain", "store", "egress"]],
  ["api", ["domain", "store", "egress", "engine"]],
]);

/** What the floor may import: the rules, and the parsing of addresses. */
const FLOOR_BELOW = ["domain", "egress"];

/**
 * Findings about imports of the product's source. A file directly in src/ is part of the composition at the top when it
 * imports store, engine or api (or such a file); otherwise it is part of the floor, which everybody may import.
 */
export function checkLayers(sources: readonly Source[]): Finding[] {
  const product = sources.filter(({ path }) => isProduct(path));
  const composition = compositionFiles(product);
  return product
    .filter(({ path }) => !composition.has(path))
    .flatMap((source) =>
      importsOf(source).flatMap(({ from, node }) => {
        const fault = faultOf(source.path, from, composition);
        return fault === null ? [] : [{ path: source.path, line: lineOf(source, node), ...fault }];
      }),
    );
}

function faultOf(
  path: string,
  from: string,
  composition: ReadonlySet<string>,
): { problem: string; fix: string } | null {
  if (from === "package.json") return null; // the version of the product
  if (!from.startsWith("src/") || from.includes(".test.")) {
    return { problem: `the product imports ${from}`, fix: "move what it needs into src/" };
  }
  const [layer, below] = [folderOf(path), folderOf(from)];
  if (composition.has(from)) {
    return {
      problem: `${layer ?? "the floor"} imports ${from}, which composes it`,
      fix: "take the value by constructor",
    };
  }
  if (below === null || layer === below) return null;
  const allowed = layer === null ? FLOOR_BELOW : (BELOW.get(layer) ?? []);
  if (allowed.includes(below)) return null;
  const may = allowed.length === 0 ? "nothing of ours but the floor" : allowed.join(", ");
  const fix = "move the shared part down, or take it by constructor as an interface of the lower layer";
  return { problem: `${layer ?? "the floor"} imports ${below}; it may import ${may}`, fix };
}

function compositionFiles(product: readonly Source[]): Set<string> {
  const top = product.filter(({ path }) => folderOf(path) === null);
  const imports = new Map(top.map((source) => [source.path, importsOf(source).map(({ from }) => from)]));
  const composition = new Set<string>();
  for (let before = -1; before !== composition.size;) {
    before = composition.size;
    for (const [path, from] of imports) {
      if (from.some((target) => composition.has(target) || isAboveFloor(target))) composition.add(path);
    }
  }
  return composition;
}

function isAboveFloor(path: string): boolean {
  const folder = folderOf(path);
  return folder !== null && !FLOOR_BELOW.includes(folder);
}

/** `store` of `src/store/sqlite/rows.ts`; null for a file directly in src/. */
function folderOf(path: string): string | null {
  const parts = path.split("/");
  return parts.length > 2 ? (parts[1] ?? null) : null;
}
