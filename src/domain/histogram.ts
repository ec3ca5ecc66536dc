/**
 * The buckets of duration histograms: fixed and log-spaced, four to a doubling, so that histograms of any minutes and
 * webhooks can be added up and a percentile read off the sum is at most 19 % off.
 */

const BUCKETS_PER_DOUBLING = 4;
/** 2^30 ms are 12 days: longer than any delay of the default schedule. */
const DOUBLINGS = 30;

/** The lower bounds in ms: bucket 0 is everything below 1 ms, bucket `b` begins at 2^((b - 1) / 4) ms. */
const LOWER_BOUNDS_MS: readonly number[] = [
  0,
  ...Array.from({ length: DOUBLINGS * BUCKETS_PER_DOUBLING + 1 }, (_, step) => 2 ** (step / BUCKETS_PER_DOUBLING)),
];

/** The bucket that a duration in ms falls into; negative ones count as 0, and the last bucket has no upper end. */
export function histogramBucket(durationMs: number): number {
  let low = 0;
  let high = LOWER_BOUNDS_MS.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (durationMs >= (LOWER_BOUNDS_MS[middle] ?? Infinity)) low = middle;
    else high = middle;
  }
  return low;
}

/** What a bucket covers, in ms: from (inclusive) and to (exclusive; Infinity for the last one). */
export function histogramBounds(bucket: number): { fromMs: number; toMs: number } {
  return { fromMs: LOWER_BOUNDS_MS[bucket] ?? Infinity, toMs: LOWER_BOUNDS_MS[bucket + 1] ?? Infinity };
}
