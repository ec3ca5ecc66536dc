/**
 * `npm run sim -- 42` repeats the simulated world of seed 42; `npm run sim -- 1 5000` runs 5,000 worlds from seed 1 on;
 * without arguments it runs those of `npm test`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const [firstSeed, count = "1"] = process.argv.slice(2);
const seeds = firstSeed === undefined ? {} : { SIM_SEED: firstSeed, SIM_SEEDS: count };
const { status } = spawnSync(process.execPath, ["--test", join(import.meta.dirname, "sim/sim.test.ts")], {
  env: { ...process.env, ...seeds },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
