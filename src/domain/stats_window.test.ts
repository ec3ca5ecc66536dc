import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WindowLimits } from "./stats_window.ts";
import {
  DAY_MS,
  defaultWindow,
  HOUR_MS,
  MINUTE_MS,
  pointTimes,
  resolutionOf,
  STATS_WINDOW_MS_MAX,
  windowOf,
} from "./stats_window.ts";

const LIMITS: WindowLimits = {
  pointsDefault: 120,
  pointsMax: 1_500,
  minutesMsMax: 2 * DAY_MS,
  hoursMsMax: 62 * DAY_MS,
};
const NOW = Date.UTC(2026, 2, 10, 12, 34, 56, 789);

function last(ms: number): { from: number; to: number } {
  return { from: NOW - ms, to: NOW };
}

test("the usual ranges have usual points, at most 120 of them", () => {
  const chosen = [HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS].map((ms) => {
    const window = defaultWindow(last(ms), LIMITS);
    return [window.bucketMs, pointTimes(window).length];
  });
  assert.deepEqual(chosen, [
    [MINUTE_MS, 61],
    [5 * MINUTE_MS, 73],
    [15 * MINUTE_MS, 97],
    [2 * HOUR_MS, 85],
    [12 * HOUR_MS, 61],
    [DAY_MS, 91],
  ]);
});

test("any window up to the longest has default points that cover it, begin at multiples, and are few", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: STATS_WINDOW_MS_MAX }), (from, ms) => {
      const window = defaultWindow({ from, to: from + ms }, LIMITS);
      const times = pointTimes(window);
      assert.ok(times.length >= 1 && times.length <= LIMITS.pointsDefault);
      assert.ok(window.from <= from && from < window.from + window.bucketMs);
      assert.ok(window.to >= from + ms && window.to < from + ms + window.bucketMs);
      assert.ok(times.every((at) => at % window.bucketMs === 0));
      assert.deepEqual(windowOf({ ...window, from, to: from + ms }, LIMITS), { kind: "window", window });
    }),
  );
});

test("narrow points are refused over a long window, with what would do", () => {
  const faultOf = (ms: number, bucketMs: number): string | null => {
    const outcome = windowOf({ ...last(ms), bucketMs }, LIMITS);
    return outcome.kind === "fault" ? outcome.message : null;
  };
  assert.equal(faultOf(2 * DAY_MS, 15 * MINUTE_MS), null);
  assert.equal(
    faultOf(2 * DAY_MS + 1, 15 * MINUTE_MS),
    "is 900000; over more than 2 days, points are whole hours: multiples of 3600000",
  );
  assert.equal(faultOf(62 * DAY_MS, HOUR_MS), null);
  assert.equal(
    faultOf(62 * DAY_MS + 1, 5 * HOUR_MS),
    "is 18000000; over more than 62 days, points are whole days: multiples of 86400000",
  );
  assert.equal(faultOf(92 * DAY_MS, DAY_MS), null);
});

test("1,500 points are answered, and 1,501 are refused", () => {
  const from = Math.floor(NOW / MINUTE_MS) * MINUTE_MS;
  const asked = (points: number) => ({ from, to: from + points * MINUTE_MS, bucketMs: MINUTE_MS });
  assert.equal(windowOf(asked(1_500), LIMITS).kind, "window");
  assert.deepEqual(windowOf(asked(1_501), LIMITS), {
    kind: "fault",
    message: "is 60000, which makes 1501 points; at most 1500 are answered. Take wider points",
  });
});

test("the widest rows that make up a point are read", () => {
  const widths = [MINUTE_MS, 90 * MINUTE_MS, HOUR_MS, 36 * HOUR_MS, DAY_MS, 7 * DAY_MS];
  assert.deepEqual(widths.map(resolutionOf), ["minute", "minute", "hour", "hour", "day", "day"]);
});
