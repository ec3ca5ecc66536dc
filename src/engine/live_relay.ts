/**
 * Carries the live feed between the processes of a shared store: passes on what happens here to those of which others have
 * watchers, and shows our watchers what happens elsewhere. It runs a few times a second, so a watcher sees what another
 * process does a moment later than what its own does, and not in one order with it.
 */
import type { Clock } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import type { Logger } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { Elsewhere, LiveFeed } from "./live_feed.ts";
import type { LiveItem } from "./live_items.ts";

const RUN_EVERY_MS = 250;
/** A watch is said for so long, and said again at half of it. */
const WATCH_MS = 10_000;
/** Items that wait here to be passed on: beyond it, the oldest are lost. */
const WAITING_MAX = 5_000;
const PASSED_MAX = 500;
const READ_MAX = 1_000;
/** A smaller number may be committed later than a larger one, by no more than this. */
const DISORDER_MS = 3_000;

export type LiveRelayDeps = {
  store: Pick<Store, "watchTenants" | "tenantsWatchedElsewhere" | "passItems" | "readPassedItems">;
  process: WorkerId;
  clock: Clock;
  log: Logger;
};

export class LiveRelay implements Elsewhere {
  readonly #deps: LiveRelayDeps;
  #watchedElsewhere: ReadonlySet<number> = new Set();
  #waiting: { tenant: number; item: string }[] = [];
  #said: { tenants: string; atMs: number } = { tenants: "", atMs: Number.NEGATIVE_INFINITY };
  /** Everything up to here is read; null: nothing is watched. */
  #after: number | null = null;
  /** Numbers behind it that are read already, and when, in monotonic ms. */
  readonly #read = new Map<number, number>();

  constructor(deps: LiveRelayDeps) {
    this.#deps = deps;
  }

  isWatched(tenant: number): boolean {
    return this.#watchedElsewhere.has(tenant);
  }

  pass(tenant: number, items: readonly LiveItem[]): void {
    for (const item of items) this.#waiting.push({ tenant, item: JSON.stringify(item) });
    const lost = this.#waiting.length - WAITING_MAX;
    if (lost <= 0) return;
    this.#waiting.splice(0, lost);
    this.#deps.log.debug({ items: lost }, "items of the live feed could not be passed on in time");
  }

  /** One round for `live`, the feed of this process. Answers how long to pause, in ms. */
  async runOnce(live: Pick<LiveFeed, "watchedTenants" | "addPassed">): Promise<number> {
    const { store, process } = this.#deps;
    const tenants = live.watchedTenants();
    await this.#say(tenants);
    await this.#passOn();
    this.#watchedElsewhere = new Set(await store.tenantsWatchedElsewhere({ process }));
    await this.#take(tenants, live);
    return RUN_EVERY_MS;
  }

  async #say(tenants: readonly number[]): Promise<void> {
    const { store, process, clock } = this.#deps;
    const said = tenants.toSorted((one, other) => one - other).join();
    const nowMs = clock.monotonicMs();
    const isSaid = said === this.#said.tenants && (said === "" || nowMs - this.#said.atMs < WATCH_MS / 2);
    if (isSaid) return;
    await store.watchTenants({ process, tenants, forMs: WATCH_MS });
    this.#said = { tenants: said, atMs: nowMs };
  }

  async #passOn(): Promise<void> {
    const { store, process } = this.#deps;
    while (this.#waiting.length > 0) await store.passItems({ process, items: this.#waiting.splice(0, PASSED_MAX) });
  }

  async #take(tenants: readonly number[], live: Pick<LiveFeed, "addPassed">): Promise<void> {
    const { store, process, clock } = this.#deps;
    if (tenants.length === 0) {
      this.#after = null;
      this.#read.clear();
      return;
    }
    const { items, last } = await store.readPassedItems({ process, tenants, after: this.#after, limit: READ_MAX });
    this.#after ??= last;
    const nowMs = clock.monotonicMs();
    for (const { seq, tenant, item } of items) {
      if (this.#read.has(seq)) continue;
      this.#read.set(seq, nowMs);
      live.addPassed(tenant, JSON.parse(item) as LiveItem); // as another process of this version wrote it
    }
    for (const [seq, atMs] of this.#read) {
      const isFull = items.length === READ_MAX;
      if (!isFull && nowMs - atMs < DISORDER_MS) continue;
      this.#read.delete(seq);
      this.#after = Math.max(this.#after, seq);
    }
  }
}
