/** The rate limit of a lane: requests spread evenly over each second (GCRA, ITU-T I.371, with a tolerance of 100 ms). */

const TOLERANCE_MS = 100;

/** One webhook's rate limit. Times are monotonic ms. */
export class Rate {
  #nextAtMs = Number.NEGATIVE_INFINITY;

  /** How long until a request may be sent at `perSecond` (null: no limit); 0 means now. */
  waitMs(perSecond: number | null, nowMs: number): number {
    return perSecond === null ? 0 : Math.max(0, this.#nextAtMs - TOLERANCE_MS - nowMs);
  }

  /** Counts a request sent now. */
  count(perSecond: number | null, nowMs: number): void {
    if (perSecond !== null) this.#nextAtMs = Math.max(this.#nextAtMs, nowMs) + 1_000 / perSecond;
  }
}
