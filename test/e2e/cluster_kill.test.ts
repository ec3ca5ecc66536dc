/** Processes of a shared database die under load: what was acknowledged is delivered, and nothing is left over. */
import { test } from "node:test";
import { killRun } from "./support/kill_run.ts";

test("every acknowledged message is delivered although processes that answer and that deliver are killed all the time", async (t) => {
  const result = await killRun({ forMs: 8_000, everyMs: 2_000 });
  t.diagnostic(JSON.stringify(result));
});
