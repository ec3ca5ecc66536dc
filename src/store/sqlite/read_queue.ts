/** The queue before the reader: lookups that wait go together and first, and one scan follows them at a time. */
import type { Clock } from "../../clock.ts";
import { StoreUnavailable } from "../store.ts";
import type { Waiting } from "../waiting.ts";
import { runWaiting } from "../waiting.ts";
import type { Outcome } from "./failure.ts";
import { callOutcomes } from "./failure.ts";
import type { Call, ReadMethod } from "./methods.ts";
import { SCANS } from "./methods.ts";
import type { ReadBatch } from "./read_core.ts";

/** The queue of reads before the core that does them. */
export class ReadQueue {
  readonly #clock: Clock;
  readonly #run: (batch: ReadBatch) => Promise<readonly Outcome[]>;
  readonly #lookups: Waiting<Call<ReadMethod>>[] = [];
  readonly #scans: Waiting<Call<ReadMethod>>[] = [];
  #running: Promise<void> | null = null;
  #closed: Error | null = null;

  constructor(deps: { clock: Clock; run: (batch: ReadBatch) => Promise<readonly Outcome[]> }) {
    this.#clock = deps.clock;
    this.#run = deps.run;
  }

  submit(call: Call<ReadMethod>): Promise<unknown> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      (call.method in SCANS ? this.#scans : this.#lookups).push({ call, resolve, reject });
      this.#running ??= this.#runAll();
    });
  }

  /** Refuses what comes from now on; resolves when all that waited is done. */
  async close(): Promise<void> {
    this.#closed ??= new StoreUnavailable("the store is closed");
    await this.#running;
  }

  /** Ends what waits, and what comes, with this error. */
  fail(error: Error): void {
    this.#closed = error;
    for (const waiting of [...this.#lookups.splice(0), ...this.#scans.splice(0)]) waiting.reject(error);
  }

  async #runAll(): Promise<void> {
    await Promise.resolve(); // what is called in the same turn goes together
    while (this.#lookups.length > 0 || this.#scans.length > 0) {
      await this.#runBatch(this.#lookups.splice(0));
      await this.#runBatch(this.#scans.splice(0, 1));
    }
    this.#running = null;
  }

  async #runBatch(batch: readonly Waiting<Call<ReadMethod>>[]): Promise<void> {
    if (batch.length === 0) return;
    const now = Math.floor(this.#clock.now());
    await runWaiting(batch, async (calls) => callOutcomes(await this.#run({ now, calls })));
  }
}
