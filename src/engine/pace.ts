/** The pace of a job: so many events a second, with little left over from a pause, so that no burst follows one. */

/** What was not used can be used later, for so long. */
const CATCH_UP_MS = 100;

/** One job's pace. Times are monotonic ms. */
export class Pace {
  readonly #eventMs: number;
  /** Up to when the events counted so far have used the rate up. */
  #usedToMs: number;

  /** The first event may go at once. */
  constructor({ perSecond, nowMs }: { perSecond: number; nowMs: number }) {
    this.#eventMs = 1_000 / perSecond;
    this.#usedToMs = nowMs - this.#eventMs;
  }

  /** How many events may go now. */
  allowed(nowMs: number): number {
    this.#usedToMs = Math.max(this.#usedToMs, nowMs - this.#eventMs - CATCH_UP_MS);
    return Math.max(0, Math.floor((nowMs - this.#usedToMs) / this.#eventMs + 1e-6)); // 3 × (1/3) is one
  }

  /** Counts events that went. */
  count(events: number): void {
    this.#usedToMs += events * this.#eventMs;
  }

  /** How long until the next event may go; 0 means now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#usedToMs + this.#eventMs - nowMs);
  }
}
