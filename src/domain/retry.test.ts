import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_RETRY_SCHEDULE_MS, RETRY_AFTER_MS_MAX, parseRetryAfterMs, retryDelayMs } from "./retry.ts";

const NOW = Date.UTC(2026, 0, 5, 12, 0, 0);

test("each step of the schedule is moved by at most a fifth, and the step after the last is none", () => {
  for (const [retriesUsed, step] of DEFAULT_RETRY_SCHEDULE_MS.entries()) {
    const policy = { retriesUsed, retryAfterMs: null };
    assert.equal(retryDelayMs(DEFAULT_RETRY_SCHEDULE_MS, policy, 0), Math.round(step * 0.8));
    assert.equal(retryDelayMs(DEFAULT_RETRY_SCHEDULE_MS, policy, 0.5), step);
  }
  const spent = { retriesUsed: DEFAULT_RETRY_SCHEDULE_MS.length, retryAfterMs: null };
  assert.equal(retryDelayMs(DEFAULT_RETRY_SCHEDULE_MS, spent, 0.5), null);
});

test("an empty schedule never retries, whatever the receiver asks for", () => {
  assert.equal(retryDelayMs([], { retriesUsed: 0, retryAfterMs: 1_000 }, 0.5), null);
});

test("Retry-After only ever delays, and by no more than a day", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (retryAfterMs, roll) => {
      const plain = retryDelayMs([5_000], { retriesUsed: 0, retryAfterMs: null }, roll) ?? 0;
      const asked = retryDelayMs([5_000], { retriesUsed: 0, retryAfterMs }, roll) ?? 0;
      assert(asked >= plain);
      assert(asked <= Math.max(plain, RETRY_AFTER_MS_MAX));
    }),
  );
});

for (const [header, expected] of [
  ["120", 120_000],
  [" 7 ", 7_000],
  ["0", 0],
  ["Mon, 05 Jan 2026 12:00:30 GMT", 30_000],
  ["Mon, 05 Jan 2026 11:00:00 GMT", null],
  ["-5", null],
  ["1e3", null],
  ["0x10", null],
  ["1.5", null],
  ["999999999", RETRY_AFTER_MS_MAX],
  ["1000000000", null],
  ["9".repeat(400), null],
  ["Monday, 05-Jan-26 12:00:30 GMT", 30_000],
  ["Mon Jan  5 12:00:30 2026", 30_000],
  ["Mon Jan  5 12:00:30 2026 GMT", null],
  ["", null],
  ["soon", null],
  ["2026-01-05T12:00:30Z", null],
  ["Mon, 99 Jan 2026 12:00:30 GMT", null],
] as const) {
  test(`Retry-After "${header}" means ${expected === null ? "nothing" : `${expected} ms`}`, () => {
    assert.equal(parseRetryAfterMs(header, NOW), expected);
  });
}
