/** What comes of each call of a batch: of all in one transaction, or, where one of them is at fault, of each in its own. */
import { StoreUnavailable } from "../store.ts";
import type { CallOutcome } from "../waiting.ts";
import { errorOf } from "./failure.ts";

/** `run` runs calls in a transaction, and resolves to what each answers. */
export async function batchOutcomes<Call>(
  calls: readonly Call[],
  run: (calls: readonly Call[]) => Promise<readonly unknown[]>,
): Promise<CallOutcome[]> {
  try {
    const values = await run(calls);
    return values.map((value) => ({ ok: true, value }));
  } catch (error) {
    const failed = { ok: false as const, error: errorOf(error) };
    // The database is at fault, or there is nobody else in the batch: running it again would change nothing.
    if (failed.error instanceof StoreUnavailable || calls.length === 1) return calls.map(() => failed);
    const outcomes: CallOutcome[] = [];
    for (const call of calls) outcomes.push(...(await batchOutcomes([call], run)));
    return outcomes;
  }
}
