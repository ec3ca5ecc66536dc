/**
 * What the live feed remembers: the last 2,000 lines that match the filter, and exact counts of all of them. Above 50 lines a
 * second only every n-th is kept, so that a page can follow and a person can read; the counts go on counting every line.
 */
import type { FeedRow } from "./feed_row.ts";
import { isWanted, rowKey } from "./feed_row.ts";
import type { LiveFilter } from "./live_search.ts";

/** So many lines are remembered. */
export const ROWS_MAX = 2_000;
/** So many lines a second are kept; beyond it they are sampled. */
const KEPT_A_SECOND_MAX = 50;
/** How many seconds the line of the rate goes back. */
export const RATE_SECONDS = 60;
/** The rate is that of so many seconds. */
const RATE_OVER_SECONDS = 3;

/** A line in the buffer: `number` counts up and never comes again. */
export type KeptRow = FeedRow & { number: number };

/** How many lines matched since the beginning; `lost`: what the server could not tell, matching or not. */
export type FeedCounts = { pending: number; passed: number; failed: number; lost: number };

const COUNTED_AS = { PENDING: "pending", SUCCESS: "passed", FAILED: "failed" } as const;

/** A ring; nothing in it grows. `now` is epoch ms everywhere. */
export class FeedBuffer {
  #filter: LiveFilter;
  #rows: KeptRow[] = [];
  #oldest = 0;
  #next = 1;
  #counts: FeedCounts = { pending: 0, passed: 0, failed: 0, lost: 0 };
  readonly #seconds = Array.from({ length: RATE_SECONDS + 1 }, () => 0);
  #second = 0;
  #stride = 1;
  #skipped = 0;

  constructor(filter: LiveFilter) {
    this.#filter = filter;
  }

  get size(): number {
    return this.#rows.length;
  }

  /** The very object that goes on counting. */
  get counts(): Readonly<FeedCounts> {
    return this.#counts;
  }

  /** 1 in so many lines is kept; 1 without sampling. */
  get stride(): number {
    return this.#stride;
  }

  /** A line by its place from the newest, 0. */
  at(index: number): KeptRow | undefined {
    const { length } = this.#rows;
    return index < 0 || index >= length ? undefined : this.#rows[(this.#oldest + length - 1 - index) % length];
  }

  /** All lines, newest first. */
  toArray(): KeptRow[] {
    return Array.from({ length: this.size }, (_, index) => this.at(index)).filter((row) => row !== undefined);
  }

  /** Adds lines as they happen, oldest first; gives those that match. */
  add(rows: readonly FeedRow[], now: number): FeedRow[] {
    this.#turnTo(now);
    const wanted = rows.filter((row) => isWanted(row, this.#filter));
    for (const row of wanted) {
      this.#counts[COUNTED_AS[row.status]] += 1;
      const inThisSecond = this.#inSecond(this.#second) + 1;
      this.#seconds[this.#second % this.#seconds.length] = inThisSecond;
      this.#stride = Math.max(this.#stride, Math.ceil(inThisSecond / KEPT_A_SECOND_MAX));
      this.#skipped += 1;
      if (this.#skipped < this.#stride) continue;
      this.#skipped = 0;
      this.#keep(row);
    }
    return wanted;
  }

  /**
   * Adds lines that were read from lists, oldest first, as far as they are not here yet. They are counted (unless they are
   * older than the page), but are no part of the rate.
   */
  addMissing(rows: readonly FeedRow[], { isCounted }: { isCounted: boolean }): number {
    const known = new Set(this.#rows.map(rowKey));
    const missing = rows.filter((row) => isWanted(row, this.#filter) && !known.has(rowKey(row)));
    for (const row of missing) {
      if (isCounted) this.#counts[COUNTED_AS[row.status]] += 1;
      this.#keep(row);
    }
    return missing.length;
  }

  /** So many lines were lost on their way. */
  lose(count: number): void {
    this.#counts.lost += count;
  }

  /** Lines that do not match any more go, and counting begins anew. */
  setFilter(filter: LiveFilter): void {
    const rows = this.toArray().filter((row) => isWanted(row, filter));
    this.clear();
    this.#filter = filter;
    this.#rows = rows.toReversed();
    this.#seconds.fill(0);
    this.#stride = 1;
  }

  /** Forgets lines and counts. */
  clear(): void {
    this.#rows = [];
    this.#oldest = 0;
    this.#counts = { pending: 0, passed: 0, failed: 0, lost: 0 };
  }

  /** Lines of each of the last 60 whole seconds, oldest first. */
  history(now: number): number[] {
    this.#turnTo(now);
    return Array.from({ length: RATE_SECONDS }, (_, index) => this.#inSecond(this.#second - RATE_SECONDS + index));
  }

  /** Lines a second, over the last 3 whole seconds. */
  rate(now: number): number {
    return this.history(now)
      .slice(-RATE_OVER_SECONDS)
      .reduce((sum, count) => sum + count / RATE_OVER_SECONDS, 0);
  }

  #inSecond(second: number): number {
    return second < 0 ? 0 : (this.#seconds[second % this.#seconds.length] ?? 0);
  }

  /** A new second: what stands in its place is a minute old. */
  #turnTo(now: number): void {
    const second = Math.floor(now / 1_000);
    if (second <= this.#second) return;
    const passed = Math.min(second - this.#second, this.#seconds.length);
    for (let back = 0; back < passed; back++) this.#seconds[(second - back) % this.#seconds.length] = 0;
    const isFollowing = second === this.#second + 1;
    const before = isFollowing ? this.#inSecond(second - 1) : 0;
    this.#second = second;
    this.#stride = Math.max(1, Math.ceil(before / KEPT_A_SECOND_MAX));
  }

  #keep(row: FeedRow): void {
    const kept = { ...row, number: this.#next++ };
    if (this.#rows.length < ROWS_MAX) {
      this.#rows.push(kept);
    } else {
      this.#rows[this.#oldest] = kept;
      this.#oldest = (this.#oldest + 1) % ROWS_MAX;
    }
  }
}
