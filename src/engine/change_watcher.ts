/**
 * Tells this process's caches what was changed in the store, by whichever process. It reads the change table every
 * second, and at once where a caller has just changed something and wants it in force before it answers.
 */
import type { Clock } from "../clock.ts";
import type { Logger } from "../log.ts";
import { Loop } from "../loop.ts";
import type { Change, Store } from "../store/store.ts";

/** How often the change table is read, in ms: half of the 2 s in which a revocation must be in force everywhere. */
const CHANGES_EVERY_MS = 1_000;
/** After so long without a successful read, caches must not be believed. */
export const CHANGES_STALE_MS = 2_000;

/** Hears of each change after its commit; {@link ChangeWatcher.refresh} waits for what it returns. */
export type ChangeListener = (change: Change) => void | Promise<void>;

export class ChangeWatcher {
  readonly #store: Pick<Store, "changesSince">;
  readonly #clock: Clock;
  readonly #loop: Loop;
  readonly #listeners: ChangeListener[] = [];
  #seq: number | null = null;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(deps: { store: Pick<Store, "changesSince">; clock: Clock; log: Logger }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#loop = new Loop({
      name: "change-watcher",
      everyMs: CHANGES_EVERY_MS,
      run: () => this.refresh(),
      clock: deps.clock,
      log: deps.log,
    });
  }

  /** Registers a listener, for the life of the watcher. */
  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** Resolves when the table has been read once, so that nothing committed later is missed. */
  async start(): Promise<void> {
    await this.refresh();
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#reading?.catch(() => {}); // whoever asked for it hears of its failure
  }

  /** Whether no read has succeeded for {@link CHANGES_STALE_MS}: a cached key or setting may have been revoked since. */
  isStale(): boolean {
    return this.#clock.monotonicMs() - this.#readAtMs > CHANGES_STALE_MS;
  }

  /** Reads the table in a read that begins after this call, and resolves when every listener is done with it. */
  refresh(): Promise<void> {
    if (this.#reading === null) return this.#begin();
    // The read under way may have begun before the caller's commit: one more follows, shared by all who ask now.
    this.#next ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.#begin();
      });
    return this.#next;
  }

  #begin(): Promise<void> {
    const reading = this.#read().finally(() => {
      if (this.#reading === reading) this.#reading = null;
    });
    this.#reading = reading;
    return reading;
  }

  async #read(): Promise<void> {
    const beganAtMs = this.#clock.monotonicMs();
    for (;;) {
      const { changes, seq } = await this.#store.changesSince({ seq: this.#seq });
      for (const change of changes) for (const listener of this.#listeners) await listener(change);
      const isEnd = changes.length === 0 || this.#seq === null;
      this.#seq = seq;
      if (isEnd) break;
    }
    this.#readAtMs = beganAtMs;
  }
}
