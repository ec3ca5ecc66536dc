import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { histogramBounds, histogramBucket, percentile } from "./histogram.ts";

test("every duration lies within the bounds of its bucket", () => {
  for (const durationMs of [0, 0.4, 0.999, 1, 1.18, 1.19, 2, 3, 15, 999, 1000, 15_000, 86_400_000, 2 ** 30, 1e12]) {
    const { fromMs, toMs } = histogramBounds(histogramBucket(durationMs));
    assert.ok(fromMs <= durationMs && durationMs < toMs, `${durationMs} is not in [${fromMs}, ${toMs})`);
  }
});

test("bounds belong to the bucket that begins with them, and buckets follow each other without a gap", () => {
  for (let bucket = 0; bucket < 121; bucket++) {
    const { fromMs, toMs } = histogramBounds(bucket);
    assert.equal(histogramBucket(fromMs), bucket);
    assert.equal(histogramBounds(bucket + 1).fromMs, toMs);
  }
});

test("a negative duration counts as zero, and a bucket is at most 19 percent wide", () => {
  assert.equal(histogramBucket(-3), 0);
  const { fromMs, toMs } = histogramBounds(histogramBucket(700));
  assert.ok(toMs / fromMs < 1.19);
});

const SHARES = [0.5, 0.95, 0.99, 1] as const;
/** Durations of every size: their logarithm is what is evenly spread. */
const durations = fc.array(
  fc.double({ min: 0, max: 30, noNaN: true }).map((power) => 2 ** power - 1),
  { minLength: 1, maxLength: 300 },
);

function histogramOf(values: readonly number[]): Map<number, number> {
  const histogram = new Map<number, number>();
  for (const value of values) {
    const bucket = histogramBucket(value);
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1);
  }
  return histogram;
}

test("a percentile lies in the bucket of the true one, whatever the durations", () => {
  fc.assert(
    fc.property(durations, (values) => {
      const sorted = values.toSorted((one, other) => one - other);
      for (const share of SHARES) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1];
        assert.ok(exact !== undefined);
        assert.equal(histogramBucket(percentile(histogramOf(values), share)), histogramBucket(exact));
      }
    }),
  );
});

test("a higher percentile is never below a lower one, and a merged one lies between those of its parts", () => {
  fc.assert(
    fc.property(durations, durations, (some, others) => {
      const merged = SHARES.map((share) => percentile(histogramOf([...some, ...others]), share));
      assert.deepEqual(
        merged,
        merged.toSorted((one, other) => one - other),
      );
      for (const [at, share] of SHARES.entries()) {
        const parts = [some, others].map((values) => histogramBucket(percentile(histogramOf(values), share)));
        const bucket = histogramBucket(merged[at] ?? -1);
        assert.ok(Math.min(...parts) <= bucket && bucket <= Math.max(...parts), `${bucket} beside ${parts.join()}`);
      }
    }),
  );
});

test("within a bucket the percentile moves with its rank, and an endless bucket tells its lower end", () => {
  const bucket = histogramBucket(100);
  const { fromMs, toMs } = histogramBounds(bucket);
  const [low, high] = [percentile(new Map([[bucket, 100]]), 0.01), percentile(new Map([[bucket, 100]]), 1)];
  assert.ok(fromMs < low && low < fromMs + (toMs - fromMs) * 0.02);
  assert.ok(toMs - (toMs - fromMs) * 0.02 < high && high < toMs);
  const last = histogramBucket(1e300);
  assert.equal(percentile(new Map([[last, 1]]), 0.5), histogramBounds(last).fromMs);
});

test("a histogram without counts has no percentile", () => {
  assert.throws(() => percentile(new Map(), 0.5), /no percentile 0.5 of 0 durations/);
});
