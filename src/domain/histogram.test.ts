import assert from "node:assert/strict";
import { test } from "node:test";
import { histogramBounds, histogramBucket } from "./histogram.ts";

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
