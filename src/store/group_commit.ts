/**
 * Group commit, seen from the caller: whatever is asked for while a batch is under way waits, and goes together as the next
 * one. When more waits than a batch holds, tenants take turns; within a tenant the order of the calls is kept.
 */
import { StoreUnavailable } from "./store.ts";
import type { CallOutcome, Waiting } from "./waiting.ts";
import { runWaiting } from "./waiting.ts";

/** A call that waits, and about how many bytes it carries. */
type Sized<Call> = Waiting<Call> & { bytes: number };

type GroupCommitOptions<Call> = {
  /** Runs a batch; the outcomes come in the order of the calls. Rejects only when nothing can run any more. */
  run: (calls: Call[]) => Promise<readonly CallOutcome[]>;
  /** A batch ends at so many calls or bytes, whichever comes first; it has at least one call. */
  callsMax: number;
  bytesMax: number;
};

/** The queue of calls before whatever commits them. */
export class GroupCommit<Call> {
  readonly #options: GroupCommitOptions<Call>;
  /** By tenant (null for what belongs to none), in the order of their turns. */
  readonly #queues = new Map<number | null, Queue<Sized<Call>>>();
  #isBusy = false;
  #closed: Error | null = null;
  #onIdle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<Call>) {
    this.#options = options;
  }

  /** Resolves or rejects with the outcome of the call. `bytes` is about what it carries. */
  submit(call: Call, place: { tenant: number | null; bytes: number }): Promise<unknown> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      let queue = this.#queues.get(place.tenant);
      if (queue === undefined) this.#queues.set(place.tenant, (queue = new Queue()));
      queue.push({ call, bytes: place.bytes, resolve, reject });
      this.#wake();
    });
  }

  /** Refuses what comes from now on; resolves when all that waited is done. */
  async close(): Promise<void> {
    this.#closed ??= new StoreUnavailable("the store is closed");
    if (this.#isBusy) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Ends everything, waiting or coming, with this error. */
  fail(error: Error): void {
    this.#closed = error;
    for (const queue of this.#queues.values()) {
      for (let waiting = queue.shift(); waiting !== null; waiting = queue.shift()) waiting.reject(error);
    }
    this.#queues.clear();
  }

  #wake(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    queueMicrotask(() => void this.#runAll()); // what is called in the same turn goes together
  }

  async #runAll(): Promise<void> {
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      await runWaiting(batch, this.#options.run);
      await Promise.resolve(); // those who were answered may ask at once for more
    }
    this.#isBusy = false;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** One call of each tenant in turn, until the batch is full. */
  #nextBatch(): Sized<Call>[] {
    const { callsMax, bytesMax } = this.#options;
    const batch: Sized<Call>[] = [];
    let bytes = 0;
    for (const [tenant, queue] of this.#queues) {
      const waiting = queue.peek();
      if (waiting === null) continue;
      if (batch.length === callsMax || (batch.length > 0 && bytes + waiting.bytes > bytesMax)) break;
      queue.shift();
      this.#queues.delete(tenant);
      if (queue.peek() !== null) this.#queues.set(tenant, queue); // behind all others, where this loop comes by again
      batch.push(waiting);
      bytes += waiting.bytes;
    }
    return batch;
  }
}

/** First in, first out, without moving the rest at each step. */
class Queue<Item> {
  #items: Item[] = [];
  #head = 0;

  push(item: Item): void {
    this.#items.push(item);
  }

  peek(): Item | null {
    return this.#items[this.#head] ?? null;
  }

  shift(): Item | null {
    const item = this.peek();
    if (item === null) return null;
    this.#head += 1;
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
