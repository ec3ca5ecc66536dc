/** The live feed of an environment in this window: the shared stream, the buffer, and the gaps filled from the lists. */
import { call, callStream } from "../../api/client.ts";
import type { TenantPath } from "../../tenant.ts";
import { FeedBuffer } from "./feed_buffer.ts";
import type { FeedBatch, FeedState } from "./feed_connection.ts";
import type { FeedRow } from "./feed_row.ts";
import { feedQuery, listedRow, rowKey } from "./feed_row.ts";
import { feedName } from "./feed_messages.ts";
import { SharedFeed } from "./feed_sharing.ts";
import type { LiveFilter } from "./live_search.ts";

/** So many events are shown at once, so that a quiet feed is no empty page. */
const FIRST_EVENTS_MAX = 50;
const PAGE_EVENTS = 100;
/** So many pages are read for a gap: more events than the buffer holds are not worth reading. */
const GAP_PAGES_MAX = 20;
/** Meanwhile the stream waits, so that lines stay in order; not longer than so many ms. */
const FILL_MS_MAX = 10_000;

/** What became of the last gap: how many events the lists had, or null when they could not be read. */
export type GapNote = { from: string | null; count: number | null };

/** Tells its listeners at most once a frame. */
export class LiveFeed {
  readonly buffer: FeedBuffer;
  readonly #tenant: TenantPath;
  readonly #listeners = new Set<() => void>();
  readonly #shared: SharedFeed;
  readonly #closed = new AbortController();
  readonly #onFailures: (rows: readonly FeedRow[]) => void;
  #filter: LiveFilter;
  #state: FeedState = { kind: "connecting" };
  #note: GapNote | null = null;
  #version = 0;
  #isTelling = false;
  #waiting: FeedBatch[] | null = null;
  /** What the lists told of a gap, which the waiting stream may tell again. */
  readonly #told = new Set<string>();
  #fills: Promise<void> = Promise.resolve();
  #fillsOpen = 0;

  constructor(tenant: TenantPath, filter: LiveFilter, onFailures: (rows: readonly FeedRow[]) => void) {
    this.#tenant = tenant;
    this.#filter = filter;
    this.#onFailures = onFailures;
    this.buffer = new FeedBuffer(filter);
    void this.#fillFirst();
    this.#shared = new SharedFeed(feedName(tenant), {
      open: (place, signal) => callStream("streamEvents", { path: tenant, signal }, place),
      onBatch: (batch) => this.#take(batch),
      onState: (state) => {
        this.#state = state;
        this.#tell();
      },
    });
  }

  get state(): FeedState {
    return this.#state;
  }

  get note(): GapNote | null {
    return this.#note;
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Another number whenever something has changed. */
  readonly version = (): number => this.#version;

  /** The same one changes nothing. */
  setFilter(filter: LiveFilter): void {
    const { topic, status, webhook } = this.#filter;
    if (filter.topic === topic && filter.status === status && filter.webhook === webhook) return;
    this.#filter = filter;
    this.buffer.setFilter(filter);
    if (this.buffer.size === 0) void this.#fillFirst();
    this.#tell();
  }

  clear(): void {
    this.buffer.clear();
    this.#note = null;
    this.#tell();
  }

  /** The note of the last gap was read. */
  dismissNote(): void {
    this.#note = null;
    this.#tell();
  }

  retry(): void {
    this.#shared.retry();
  }

  close(): void {
    this.#closed.abort();
    this.#shared.close();
    this.#listeners.clear();
  }

  #take(batch: FeedBatch): void {
    if (batch.gap !== null) void this.#fillGap(batch.gap.from);
    if (this.#waiting !== null) return void this.#waiting.push(batch);
    const wanted = this.buffer.add(batch.rows, Date.now());
    if (batch.lost > 0) this.buffer.lose(batch.lost);
    const failures = wanted.filter(({ status }) => status === "FAILED");
    if (failures.length > 0) this.#onFailures(failures);
    if (batch.rows.length > 0 || batch.lost > 0) this.#tell();
  }

  /** What happened last, before the page was opened. A list that cannot be read is no fault of the feed. */
  async #fillFirst(): Promise<void> {
    await this.#fill(async (signal) => {
      const { events } = await this.#list({ limit: FIRST_EVENTS_MAX }, signal);
      this.buffer.addMissing(events.toReversed(), { isCounted: false });
    });
  }

  async #fillGap(from: string | null): Promise<void> {
    let count: number | null = null;
    await this.#fill(async (signal) => {
      const found: FeedRow[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < (from === null ? 1 : GAP_PAGES_MAX); page++) {
        const range = {
          limit: PAGE_EVENTS,
          ...(from === null ? {} : { from }),
          ...(cursor === null ? {} : { cursor }),
        };
        const list: { events: FeedRow[]; nextCursor: string | null } = await this.#list(range, signal);
        found.push(...list.events);
        cursor = list.nextCursor;
        if (cursor === null) break;
      }
      count = this.buffer.addMissing(found.toReversed(), { isCounted: true });
      for (const row of found) this.#told.add(rowKey(row));
    });
    this.#note = { from, count };
    this.#tell();
  }

  /** Holds the stream back while `read` puts in what belongs before it; one after the other. */
  #fill(read: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#waiting ??= [];
    this.#fillsOpen += 1;
    this.#fills = this.#fills.then(async () => {
      try {
        await read(AbortSignal.any([this.#closed.signal, AbortSignal.timeout(FILL_MS_MAX)]));
      } catch {
        // The stream says by itself when the server cannot be reached; a gap that stays is noted.
      }
      this.#fillsOpen -= 1;
      if (this.#fillsOpen === 0) this.#letGo();
    });
    return this.#fills;
  }

  #letGo(): void {
    const batches = this.#waiting ?? [];
    this.#waiting = null;
    for (const batch of batches) {
      const rows = batch.rows.filter((row) => !this.#told.has(rowKey(row)));
      this.#take({ ...batch, rows, gap: null });
    }
    this.#told.clear();
    this.#tell();
  }

  async #list(
    page: { limit: number; from?: string; cursor?: string },
    signal: AbortSignal,
  ): Promise<{ events: FeedRow[]; nextCursor: string | null }> {
    const { status, ...where } = feedQuery(this.#filter);
    const query = { ...where, ...page, ...(status === undefined ? {} : { filter: status }) };
    const { events, nextCursor } = await call("listEvents", { path: this.#tenant, query, signal });
    return { events: events.map(listedRow), nextCursor };
  }

  #tell(): void {
    if (this.#isTelling || this.#closed.signal.aborted) return;
    this.#isTelling = true;
    requestAnimationFrame(() => {
      this.#isTelling = false;
      this.#version += 1;
      for (const listener of this.#listeners) listener();
    });
  }
}
