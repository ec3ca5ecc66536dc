import { test } from "node:test";
import assert from "node:assert/strict";
import { formatDuration, parseDurationMs } from "./duration.ts";

test("a whole number with a unit is a duration", () => {
  const durations = {
    "500ms": 500,
    "5s": 5_000,
    "10m": 600_000,
    "2h": 7_200_000,
    "30d": 2_592_000_000,
    "0s": 0,
    " 1s ": 1_000,
  };
  for (const [text, durationMs] of Object.entries(durations)) assert.equal(parseDurationMs(text), durationMs, text);
});

test("anything else is none", () => {
  for (const text of ["", "5", "5x", "s", "-5s", "1.5s", "5 s", "5S", "1h30m", "9999999999999s"]) {
    assert.equal(parseDurationMs(text), null, text);
  }
});

test("a duration is spelled in its largest whole unit", () => {
  assert.deepEqual([0, 500, 5_000, 90_000, 600_000, 86_400_000].map(formatDuration), [
    "0ms",
    "500ms",
    "5s",
    "90s",
    "10m",
    "1d",
  ]);
});
