/** Calls of different kinds that go in one batch, each answered in its place. */
import { releaseLanes } from "./lane_ownership.ts";
import { markBegun, releaseLeases } from "./leases.ts";
import type { Params } from "./methods.ts";
import { publish } from "./publish.ts";
import type { Transaction } from "./transaction.ts";

/** What goes with the publishes, since it must not come between their reading of a lane and their commit. */
export type PublishCall = { publish: Params<"publish"> } | { release: Params<"releaseLanes"> };
export type LeaseCall = { begin: Params<"markBegun"> } | { release: Params<"releaseLeases"> };

/** Lanes are given back before anything is handed over. */
export async function publishAndRelease(tx: Transaction, calls: readonly PublishCall[]): Promise<unknown[]> {
  for (const call of calls) if ("release" in call) await releaseLanes(tx, call.release);
  const publishes = calls.flatMap((call) => ("publish" in call ? [call.publish] : []));
  const answers = publishes.length === 0 ? [] : await publish(tx, publishes);
  return inPlaces(calls, (call) => "publish" in call, answers);
}

/** Leases that are given back, and repeats that begin. */
export async function beginAndRelease(tx: Transaction, calls: readonly LeaseCall[]): Promise<unknown[]> {
  await releaseLeases(
    tx,
    calls.flatMap((call) => ("release" in call ? [call.release] : [])),
  );
  const begun = await markBegun(
    tx,
    calls.flatMap((call) => ("begin" in call ? [call.begin] : [])),
  );
  return inPlaces(calls, (call) => "begin" in call, begun);
}

/** The answers in the places of the calls that have one; undefined for the others. */
function inPlaces<Call>(calls: readonly Call[], has: (call: Call) => boolean, answers: readonly unknown[]): unknown[] {
  let at = 0;
  return calls.map((call) => (has(call) ? answers[at++] : undefined));
}
