import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MeasureCount } from "./statistics.ts";
import { summaryOf } from "./statistics.ts";

const ATTEMPT_COUNT: MeasureCount[] = [
  { measure: "SUCCESS", bucket: 20, count: 3 },
  { measure: "FAILED", bucket: 40, count: 1 },
  { measure: "CODE", bucket: 200, count: 3 },
  { measure: "CODE", bucket: 0, count: 1 },
  { measure: "QUEUED", bucket: 0, count: 4 },
  { measure: "FIRST_SUCCESS", bucket: 0, count: 2 },
  { measure: "CREATED", bucket: 0, count: 5 },
];

test("a summary counts each measure, names attempts without a response, and merges successes and failures", () => {
  const { latency, queued, ...counts } = summaryOf(ATTEMPT_COUNT);
  assert.deepEqual(counts, {
    created: 5,
    success: 3,
    failed: 1,
    firstAttempts: 4,
    firstAttemptSuccess: 2,
    codes: { "200": 3, none: 1 },
  });
  assert.ok(latency !== null && latency.p50 < 40 && latency.p95 > 800, JSON.stringify(latency));
  assert.ok(queued !== null && queued.p99 < 1);
});

test("without attempts there are no percentiles", () => {
  const { latency, queued, created, codes } = summaryOf([{ measure: "CREATED", bucket: 0, count: 1 }]);
  assert.deepEqual([latency, queued, created, codes], [null, null, 1, {}]);
});

const MEASURES = ["SUCCESS", "FAILED", "QUEUED", "CODE", "CREATED", "FIRST_SUCCESS"] as const;
const counts = fc.array(
  fc.record({
    measure: fc.constantFrom(...MEASURES),
    bucket: fc.integer({ min: 0, max: 121 }),
    count: fc.integer({ min: 1, max: 1000 }),
  }),
);

test("into how many parts and in which order counts come does not change their summary", () => {
  fc.assert(
    fc.property(counts, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (whole, rolls) => {
      const parts = whole.flatMap(({ count, ...rest }) => {
        const first = Math.floor(count * (rolls.next().value ?? 0));
        return [first, count - first].filter((part) => part > 0).map((part) => ({ ...rest, count: part }));
      });
      assert.deepEqual(summaryOf(parts.toReversed()), summaryOf(whole));
    }),
  );
});
