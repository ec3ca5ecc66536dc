/**
 * The benchmark: starts what it measures and what that is compared with, prints a table, and writes the figures as JSON.
 * How it measures is told in docs/performance.md: `npm run bench -- --help`.
 */
import type { Machine } from "./measure/machine.ts";
import { describeMachine } from "./measure/machine.ts";
import { median } from "./measure/quantiles.ts";
import type { Options } from "./options.ts";
import { USAGE, parseOptions } from "./options.ts";
import type { ScenarioResult } from "./report/results.ts";
import { previousResults, writeResults } from "./report/results.ts";
import { machineLine, tableOf } from "./report/table.ts";
import { VERSION } from "../src/version.ts";
import { backlog } from "./scenarios/backlog.ts";
import { growth } from "./scenarios/growth.ts";
import { history } from "./scenarios/history.ts";
import { LOADS } from "./scenarios/loads.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { stall } from "./scenarios/stall.ts";
import { start } from "./scenarios/start.ts";
import { World } from "./world.ts";

const SCENARIOS: readonly Scenario[] = [...LOADS, stall, start, growth, backlog, history];

if (process.argv.includes("--help")) console.log(USAGE);
else await run(parseOptions(process.argv.slice(2)));

async function run(options: Options): Promise<void> {
  const chosen = SCENARIOS.filter(({ name, isLarge }) => options.only?.includes(name) ?? (!isLarge || options.isLarge));
  const unknown = options.only?.filter((name) => !SCENARIOS.some((each) => each.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(
      `there is no scenario ${unknown.join(", ")}; there are ${SCENARIOS.map(({ name }) => name).join(", ")}`,
    );
  }
  const machine = describeMachine();
  console.log(machineLine({ machine, version: VERSION }));
  const before = previousResults(options.out);
  const world = await World.start(options);
  const found: Record<string, ScenarioResult> = {};
  try {
    for (const scenario of chosen) {
      const result = await runScenario(world, scenario, machine);
      found[scenario.name] = result;
      console.log(tableOf(scenario.name, result, before?.scenarios[scenario.name]));
      writeResults(options.out, found);
    }
  } finally {
    await world.stop();
  }
  console.log(`\nWritten to ${options.out}.`);
}

async function runScenario(world: World, { about, run: measure }: Scenario, machine: Machine): Promise<ScenarioResult> {
  const at = new Date().toISOString();
  const figures = await measure(world);
  const othersCores = world.takeOthersCores();
  const others =
    othersCores.length === 0 ? null : { median: round(median(othersCores)), most: round(Math.max(...othersCores)) };
  return { about, at, machine, rounds: world.options.rounds, othersCores: others, figures };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
