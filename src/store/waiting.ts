/** Calls that wait for their batch, and how they learn its outcomes. */
import { assert } from "../assert.ts";

/** How one call of a batch ended. */
export type CallOutcome = { ok: true; value: unknown } | { ok: false; error: Error };

/** A call and the promise of its caller. */
export type Waiting<Call> = { call: Call; resolve: (value: unknown) => void; reject: (error: Error) => void };

/** Runs the batch and gives each call its outcome. `run` rejects only when nothing can run any more. */
export async function runWaiting<Call>(
  batch: readonly Waiting<Call>[],
  run: (calls: Call[]) => Promise<readonly CallOutcome[]>,
): Promise<void> {
  try {
    const outcomes = await run(batch.map(({ call }) => call));
    assert(outcomes.length === batch.length, "a batch has another number of outcomes than of calls");
    for (const [at, outcome] of outcomes.entries()) {
      if (outcome.ok) batch[at]?.resolve(outcome.value);
      else batch[at]?.reject(outcome.error);
    }
  } catch (error) {
    for (const { reject } of batch) reject(error instanceof Error ? error : new Error(String(error)));
  }
}
