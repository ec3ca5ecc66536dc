/**
 * The buckets of duration histograms: fixed and log-spaced, four to a doubling, so that histograms of any minutes and
 * webhooks can be added up and a percentile read off the sum is at most 19 % off.
 */
import { assert } from "../assert.ts";

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

/**
 * The duration in ms that `share` (above 0, at most 1) of the counted ones do not exceed. It lies in the very bucket of the
 * nearest-rank percentile of what was counted, at the place of its rank among the bucket's own, taken as evenly spread.
 * Throws for a histogram without counts.
 */
export function percentile(histogram: ReadonlyMap<number, number>, share: number): number {
  const buckets = [...histogram].sort(([one], [other]) => one - other);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  assert(total > 0 && share > 0 && share <= 1, `there is no percentile ${share} of ${total} durations`);
  const rank = Math.ceil(share * total);
  let before = 0;
  for (const [bucket, count] of buckets) {
    if (before + count >= rank) return within(bucket, (rank - before - 0.5) / count);
    before += count;
  }
  assert(false, "a rank lies beyond the total");
}

/** The last bucket has no upper end: its lower one is told. */
function within(bucket: number, part: number): number {
  const { fromMs, toMs } = histogramBounds(bucket);
  return toMs === Infinity ? fromMs : fromMs + part * (toMs - fromMs);
}
