/**
 * The live feed: what happens, for those who watch it now. A tenant has a ring of its last items while somebody watches and
 * for five minutes after, so that a broken connection is resumed without loss. For a tenant that nobody watches, an event
 * costs one look into a map. Items of other processes can be added like one's own: they are plain data.
 */
import type { CancelTimer, Clock } from "../clock.ts";
import type { MessageId } from "../ids.ts";
import type { Random } from "../random.ts";
import type { LiveItem } from "./live_items.ts";
import type { PlacedItem, Watch, WatchStart } from "./live_ring.ts";
import { LiveRing } from "./live_ring.ts";

/** The bounds of what a process holds for watchers. */
export type LiveFeedOptions = {
  /** Items of a tenant. */
  itemsMax: number;
  /** Bytes of a tenant's items, roughly. */
  bytesMax: number;
  /** Bytes of the items of all tenants: beyond it the largest ring gives way. */
  totalBytesMax: number;
  watchersPerTenantMax: number;
  watchersMax: number;
  /** How long a tenant's items are kept after its last watcher has gone, in ms. */
  keptMs: number;
};

/** At most 64 MiB, whoever watches. */
export const DEFAULT_LIVE_FEED_OPTIONS: LiveFeedOptions = {
  itemsMax: 2_000,
  bytesMax: 8 * 1024 * 1024,
  totalBytesMax: 64 * 1024 * 1024,
  watchersPerTenantMax: 20,
  watchersMax: 500,
  keptMs: 300_000,
};

/** What watchers of other processes are shown. */
export type Elsewhere = {
  /** Whether items of the tenant are wanted there. */
  isWatched(tenant: number): boolean;
  pass(tenant: number, items: readonly LiveItem[]): void;
};

/** A watcher's side of the feed. */
export type Subscription = {
  start: WatchStart;
  /** The items that come next, about `bytesMax` of them, and how many were lost before them. */
  take(options: { bytesMax: number }): { items: PlacedItem[]; dropped: number };
  /** Where the watcher is: an id to go on from. */
  place(): string;
  /** Idempotent. */
  close(): void;
};

/** What a watcher asks for. `onItems` tells that there is something to take. */
export type SubscriptionRequest = {
  tenant: number;
  wants: (item: LiveItem) => boolean;
  /** The id of the last item that the watcher has seen, or null. */
  lastId: string | null;
  onItems: () => void;
};

export class LiveFeed {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #options: LiveFeedOptions;
  readonly #elsewhere: Elsewhere | null;
  readonly #onWatch: () => void;
  readonly #rings = new Map<number, LiveRing>();
  readonly #leaving = new Map<number, CancelTimer>();
  #watchers = 0;

  /** `onWatch` tells that somebody watches a tenant that nobody has watched before. */
  constructor(deps: {
    clock: Clock;
    random: Random;
    options: LiveFeedOptions;
    elsewhere?: Elsewhere | null;
    onWatch?: () => void;
  }) {
    this.#elsewhere = deps.elsewhere ?? null;
    this.#onWatch = deps.onWatch ?? (() => undefined);
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#options = deps.options;
  }

  /** Whether items of the tenant are worth making. */
  isWatched(tenant: number): boolean {
    return this.#rings.has(tenant) || this.#elsewhere?.isWatched(tenant) === true;
  }

  /** The tenants whose items are wanted here: watched now or a moment ago. */
  watchedTenants(): number[] {
    return [...this.#rings.keys()];
  }

  /** Shows items of one tenant to its watchers, in the order in which they were committed. Never throws for a watcher. */
  add(tenant: number, items: readonly LiveItem[]): void {
    if (this.#elsewhere?.isWatched(tenant) === true) this.#elsewhere.pass(tenant, items);
    this.#show(tenant, items);
  }

  /** Shows an item of another process. */
  addPassed(tenant: number, item: LiveItem): void {
    this.#show(tenant, [item]);
  }

  /** Begins to watch; null when the tenant, or the process, has as many watchers as it may have. */
  subscribe(request: SubscriptionRequest): Subscription | null {
    const { tenant, wants, lastId, onItems } = request;
    const known = this.#rings.get(tenant);
    const { watchersMax, watchersPerTenantMax } = this.#options;
    if (this.#watchers >= watchersMax || (known?.watches ?? 0) >= watchersPerTenantMax) return null;
    const ring = known ?? this.#newRing(tenant);
    this.#leaving.get(tenant)?.();
    this.#leaving.delete(tenant);
    this.#watchers += 1;
    const { watch, start } = ring.watch({ wants, lastId, onItems });
    let isClosed = false;
    return {
      start,
      take: (options) => watch.take(options),
      place: () => watch.place(this.#clock.now()),
      close: () => {
        if (!isClosed) this.#leave(tenant, ring, watch);
        isClosed = true;
      },
    };
  }

  /** Forgets the content of an erased message. */
  forgetContent({ tenant, messageId }: { tenant: number; messageId: MessageId }): void {
    this.#rings.get(tenant)?.forgetContent(messageId);
  }

  #show(tenant: number, items: readonly LiveItem[]): void {
    const ring = this.#rings.get(tenant);
    if (ring === undefined || items.length === 0) return;
    ring.add(items, this.#clock.now());
    for (let bytes = this.#bytes(); bytes > this.#options.totalBytesMax; bytes = this.#bytes()) this.#shrink();
  }

  #newRing(tenant: number): LiveRing {
    const { itemsMax, bytesMax } = this.#options;
    const ring = new LiveRing({ token: this.#random.bytes(6).toString("hex"), itemsMax, bytesMax });
    this.#rings.set(tenant, ring);
    this.#onWatch();
    return ring;
  }

  #leave(tenant: number, ring: LiveRing, watch: Watch): void {
    ring.unwatch(watch);
    this.#watchers -= 1;
    if (ring.watches > 0) return;
    const forget = (): void => {
      this.#leaving.delete(tenant);
      this.#rings.delete(tenant);
    };
    this.#leaving.set(tenant, this.#clock.setTimer(forget, this.#options.keptMs));
  }

  #bytes(): number {
    let bytes = 0;
    for (const ring of this.#rings.values()) bytes += ring.bytes;
    return bytes;
  }

  #shrink(): void {
    let largest: LiveRing | null = null;
    for (const ring of this.#rings.values()) if (largest === null || ring.bytes > largest.bytes) largest = ring;
    largest?.giveUpOldest();
  }
}
