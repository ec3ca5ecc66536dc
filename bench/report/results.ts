/** The results as a file: the scenarios of this run, and of earlier runs of the same version what was not run again. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { VERSION } from "../../src/version.ts";
import type { Figure } from "../measure/figures.ts";
import type { Machine } from "../measure/machine.ts";
import { chartOf } from "./chart.ts";

/** What one scenario found, and on which machine: scenarios of one file may come from several. */
export type ScenarioResult = {
  about: string;
  /** When, as RFC 3339. */
  at: string;
  machine: Machine;
  rounds: number;
  /** Processors that other processes used during its loads: the median, and the most; null without loads. */
  othersCores: { median: number; most: number } | null;
  figures: readonly Figure[];
};

export type Results = { version: string; scenarios: Readonly<Record<string, ScenarioResult>> };

const FOLDER = join(import.meta.dirname, "../results");
const RELEASE = /^\d+\.\d+\.\d+\.json$/;

/** Writes the file, keeping what it has of other scenarios, and the chart of it beside it, as `.svg`. */
export function writeResults(path: string, found: Results["scenarios"]): void {
  const kept = existsSync(path) ? readResults(path).scenarios : {};
  const results = { version: VERSION, scenarios: { ...kept, ...found } };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
  const chart = chartOf(results);
  if (chart !== null) writeFileSync(`${path.replace(/\.json$/, "")}.svg`, chart);
}

/** The results of the newest release besides the file that is written now; null when there are none. */
export function previousResults(out: string): Results | null {
  const files = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  const releases = files.filter((name) => RELEASE.test(name) && name !== basename(out));
  const [newest] = releases.toSorted((one, other) => other.localeCompare(one, "en", { numeric: true }));
  return newest === undefined ? null : readResults(join(FOLDER, newest));
}

function readResults(path: string): Results {
  return JSON.parse(readFileSync(path, "utf8")) as Results; // written above
}
