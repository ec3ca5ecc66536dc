/**
 * Kills processes of a shared database under load for as long as it is told to: `npm run kill -- --seconds=60`. Fails when
 * something that was acknowledged is lost, left over or counted wrongly; prints what the kills cost.
 */
import { parseArgs } from "node:util";
import { killRun } from "../test/e2e/support/kill_run.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, everySeconds: { type: "string", default: "3" } },
});
const result = await killRun({ forMs: Number(values.seconds) * 1_000, everyMs: Number(values.everySeconds) * 1_000 });
console.log(
  `${result.kills} kills, ${result.acknowledged} messages acknowledged, none lost; ${result.abandoned} attempts ` +
    `abandoned, ${result.repeated} requests repeated, ${result.refused} refused by the receiver and sent again`,
);
