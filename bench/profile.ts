/**
 * Sums up what `node --cpu-prof` wrote: the self time of each thread by module and by function, which is what a flame graph
 * shows, as text: `npm run profile -- folder`.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** As V8 writes it: a tree of frames, and which of them each sample was in. Times are in µs. */
type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
};

const ROOT = join(import.meta.dirname, "..");
const LINES = 60;
const IDLE = new Set(["(idle)", "(program)", "(root)"]);

for (const file of readdirSync(process.argv[2] ?? ".").filter((name) => name.endsWith(".cpuprofile"))) {
  report(JSON.parse(readFileSync(join(process.argv[2] ?? ".", file), "utf8")) as Profile);
}

function report({ nodes, samples, timeDeltas }: Profile): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [modules, functions] = [new Map<string, number>(), new Map<string, number>()];
  let busyUs = 0;
  for (const [at, id] of samples.entries()) {
    const frame = frames.get(id);
    const us = timeDeltas[at] ?? 0;
    if (frame === undefined || IDLE.has(frame.functionName)) continue;
    busyUs += us;
    const module = moduleOf(frame.url);
    const name = frame.functionName === "" ? "(anonymous)" : frame.functionName;
    add(modules, module === "" ? name : module, us);
    add(functions, `${name} ${module}${module === "" ? "" : `:${frame.lineNumber + 1}`}`, us);
  }
  const entry = [...modules.keys()].find((name) => /(main|worker|_thread)\.ts$/.test(name)) ?? "a thread";
  console.log(`\n${entry}: ${(busyUs / 1_000).toFixed(0)} ms busy`);
  for (const [title, sums] of [
    ["by module", modules],
    ["by function", functions],
  ] as const) {
    console.log(`  ${title}`);
    for (const [name, us] of [...sums].toSorted((one, other) => other[1] - one[1]).slice(0, LINES)) {
      console.log(`    ${((us / busyUs) * 100).toFixed(1).padStart(5)} %  ${name}`);
    }
  }
}

function add(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us);
}

function moduleOf(url: string): string {
  return url.startsWith("file:") ? relative(ROOT, new URL(url).pathname) : url;
}
