/**
 * The queue before the reader: lookups that wait go together and first, and one scan follows them at a time. Tenants take
 * turns with their scans.
 */
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
  /** By tenant (null for what belongs to none), in the order of their turns; no list is empty. */
  readonly #scans = new Map<number | null, Waiting<Call<ReadMethod>>[]>();
  #running: Promise<void> | null = null;
  #closed: Error | null = null;

  constructor(deps: { clock: Clock; run: (batch: ReadBatch) => Promise<readonly Outcome[]> }) {
    this.#clock = deps.clock;
    this.#run = deps.run;
  }

  /** Resolves or rejects with the outcome of the call. */
  submit(call: Call<ReadMethod>, { tenant }: { tenant: number | null }): Promise<unknown> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      const waiting = { call, resolve, reject };
      if (!(call.method in SCANS)) this.#lookups.push(waiting);
      else if (this.#scans.get(tenant)?.push(waiting) === undefined) this.#scans.set(tenant, [waiting]);
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
    for (const waiting of [...this.#lookups.splice(0), ...[...this.#scans.values()].flat()]) waiting.reject(error);
    this.#scans.clear();
  }

  async #runAll(): Promise<void> {
    await Promise.resolve(); // what is called in the same turn goes together
    while (this.#lookups.length > 0 || this.#scans.size > 0) {
      await this.#runBatch(this.#lookups.splice(0));
      await this.#runBatch(this.#nextScan());
    }
    this.#running = null;
  }

  /** The first scan of the tenant whose turn it is, which then goes behind the others; none where none waits. */
  #nextScan(): Waiting<Call<ReadMethod>>[] {
    for (const [tenant, waiting] of this.#scans) {
      this.#scans.delete(tenant);
      const first = waiting.shift();
      if (waiting.length > 0) this.#scans.set(tenant, waiting);
      return first === undefined ? [] : [first];
    }
    return [];
  }

  async #runBatch(batch: readonly Waiting<Call<ReadMethod>>[]): Promise<void> {
    if (batch.length === 0) return;
    const now = Math.floor(this.#clock.now());
    await runWaiting(batch, async (calls) => callOutcomes(await this.#run({ now, calls })));
  }
}
