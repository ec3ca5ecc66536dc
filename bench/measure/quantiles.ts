/** Medians and percentiles. */

/** The share of the values (0 to 1) that are not above it; NaN without values. */
function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** In ms. */
export type Latency = { p50: number; p95: number; p99: number; max: number };

/** Of values in µs, in any order. */
export function latencyOf(valuesUs: readonly number[]): Latency {
  const sorted = Float64Array.from(valuesUs).sort();
  const at = (share: number): number => quantile(sorted, share) / 1_000;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
