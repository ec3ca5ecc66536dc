import { test } from "node:test";
import assert from "node:assert/strict";
import type { BreakerSignal } from "./breaker.ts";
import { BREAKER_TIMEOUTS, SLOW_START_PLACES, afterAttempt, isOpen, newBreaker, placesOf } from "./breaker.ts";

const CAP = 10;

function after(...signals: BreakerSignal[]): ReturnType<typeof newBreaker> {
  return signals.reduce((breaker, signal) => afterAttempt(breaker, signal, CAP), newBreaker());
}

function times(count: number, signal: BreakerSignal): BreakerSignal[] {
  return Array.from({ length: count }, () => signal);
}

test("a new webhook starts slowly and gains a place with each success, up to its cap", () => {
  assert.equal(placesOf(newBreaker(), CAP), SLOW_START_PLACES);
  assert.equal(placesOf(after("success"), CAP), SLOW_START_PLACES + 1);
  assert.equal(placesOf(after(...times(50, "success")), CAP), CAP);
  assert.equal(placesOf(newBreaker(), 1), 1);
});

test("five timeouts in a row leave one probe at a time, until a success begins slow start again", () => {
  assert.equal(isOpen(after(...times(BREAKER_TIMEOUTS - 1, "timeout"))), false);
  const open = after(...times(20, "success"), ...times(BREAKER_TIMEOUTS, "timeout"));
  assert.equal(isOpen(open), true);
  assert.equal(placesOf(open, CAP), 1);
  const closed = afterAttempt(open, "success", CAP);
  assert.equal(isOpen(closed), false);
  assert.equal(placesOf(closed, CAP), SLOW_START_PLACES);
});

test("a failure that is no timeout ends the row of timeouts", () => {
  assert.equal(isOpen(after(...times(4, "timeout"), "failure", ...times(4, "timeout"))), false);
});

test("a throttling answer halves the places, never below one", () => {
  assert.equal(placesOf(after(...times(20, "success"), "throttled"), CAP), CAP / 2);
  assert.equal(placesOf(after(...times(9, "throttled")), CAP), 1);
});
