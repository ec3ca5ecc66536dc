/** What passes between the store and its threads: plain data alone. */
import type { Outcome } from "./failure.ts";
import type { ReadBatch } from "./read_core.ts";
import type { WriteBatch } from "./write_core.ts";

/** What a thread is started with. */
export type ThreadOptions = {
  path: string;
  /** What seals; behind it what opens as well. */
  secretKeys: readonly [Uint8Array, ...Uint8Array[]];
  /** Epoch ms, for what the opening writes. */
  now: number;
  commitDelayMs: number;
};

/** To a thread: a batch, or the order to close the database and end. */
export type ThreadRequest<Batch extends ReadBatch | WriteBatch> = Batch | "close";

/** From a thread: first whether it could open the database, then one answer for each batch in turn, last that it closed. */
export type ThreadAnswer =
  { kind: "opened" } | { kind: "openFailed"; message: string } | { kind: "done"; outcomes: Outcome[] };
