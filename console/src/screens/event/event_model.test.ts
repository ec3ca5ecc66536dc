import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attempt } from "./event_model.ts";
import {
  attemptBefore,
  attemptOf,
  attemptsMax,
  phasesOf,
  pollMs,
  readEvent,
  stateOf,
  tokenState,
} from "./event_model.ts";

const AT = "2026-05-03T12:00:00.000Z";
const NOW = Date.parse(AT);
const LATER = "2026-05-03T13:00:00.000Z";

function attempt(number: number, change: Partial<Attempt> = {}): Attempt {
  return {
    number,
    trigger: "AUTO",
    startedAt: AT,
    durationMs: 12,
    timings: { queuedMs: 3, firstByteMs: 8, bodyMs: 1 },
    request: { url: "https://example.com/", httpVersion: "1.1", headers: [["host", "example.com"]], body: "{}" },
    ...change,
  };
}

test("content and error are read as they were published, an erased content as none", () => {
  const read = readEvent(
    '{"_id":"evt_1","content":{"n": 12345678901234567890,"a":1,"a":2},"error":{"e":1.0},"attempts":[]}',
  );
  assert.equal(read.contentText, '{"n": 12345678901234567890,"a":1,"a":2}');
  assert.equal(read.errorText, '{"e":1.0}');
  const erased = readEvent('{"_id":"evt_1","content":null,"contentBytes":12,"attempts":[]}');
  assert.deepEqual([erased.contentText, erased.errorText], [null, null]);
});

test("the state of an event follows from its status, what is due, and whether its webhook takes anything", () => {
  const waiting = { status: "FAILED", nextAttemptAt: LATER, attemptCount: 2, lastCode: "503" } as const;
  const over = { ...waiting, nextAttemptAt: null } as const;
  const of = (event: Parameters<typeof stateOf>[0], isHeld = false, lastNumber: number | null = 2): string =>
    stateOf(event, { isHeld, lastNumber, lastFailure: null }).kind;
  assert.equal(of(waiting), "retrying");
  assert.equal(of({ ...waiting, status: "PENDING" }), "queued");
  assert.equal(of(waiting, true), "held");
  assert.equal(of(waiting, true, 1), "sending");
  assert.equal(of(waiting, false, null), "retrying");
  assert.equal(of(over), "exhausted");
  assert.equal(of({ ...over, lastCode: "410" }), "final");
  assert.equal(of({ ...over, lastCode: "CONTENT_ERASED" }), "final");
  const aborted = { isHeld: false, lastNumber: 2, lastFailure: "ABORTED_BY_RECEIVER" };
  assert.equal(stateOf(over, aborted).kind, "final");
  assert.equal(of({ ...over, status: "SUCCESS" }), "passed");
});

test("the attempts that there can be are those made and those that the schedule still has", () => {
  const event = { status: "PENDING", nextAttemptAt: AT, attemptCount: 0, retriesUsed: 0 } as const;
  assert.equal(attemptsMax(event, 9), 10);
  const failedOnce = { ...event, status: "FAILED", attemptCount: 1 } as const;
  assert.equal(attemptsMax(failedOnce, 9), 10);
  assert.equal(attemptsMax({ ...failedOnce, attemptCount: 2, retriesUsed: 1 }, 9), 10);
  assert.equal(attemptsMax({ ...event, attemptCount: 10 }, 9), 20, "a resend begins the schedule anew");
  assert.equal(attemptsMax({ ...failedOnce, nextAttemptAt: null }, 9), null);
  assert.equal(attemptsMax(failedOnce, 0), 2, "the attempt that is due is made, though the schedule was shortened");
});

test("the newest attempt is shown unless another one is asked for that exists", () => {
  const [first, second] = [attempt(1), attempt(2)];
  assert.equal(attemptOf([first, second], null), second);
  assert.equal(attemptOf([first, second], 1), first);
  assert.equal(attemptOf([first, second], 7), second);
  assert.equal(attemptOf([], 1), null);
  assert.equal(attemptBefore([first, second], second), first);
  assert.equal(attemptBefore([first, second], first), null);
});

test("an event is read again while something is about to happen, and left alone when nothing is", () => {
  const soon = new Date(NOW + 5_000).toISOString();
  assert.equal(pollMs({ status: "PENDING", nextAttemptAt: LATER }, NOW), 2_000);
  assert.equal(pollMs({ status: "FAILED", nextAttemptAt: soon }, NOW), 2_000);
  assert.equal(pollMs({ status: "FAILED", nextAttemptAt: LATER }, NOW), 15_000);
  assert.equal(pollMs({ status: "FAILED", nextAttemptAt: null }, NOW), false);
});

test("a token is consumed, open, expired, or was never given away", () => {
  const hour = { ttlMs: 3_600_000, now: NOW + 3_600_000 };
  assert.deepEqual(tokenState(attempt(1, { tokenConsumedAt: LATER }), hour), { kind: "consumed", at: LATER });
  assert.deepEqual(tokenState(attempt(1), hour), { kind: "expired", at: LATER });
  assert.deepEqual(tokenState(attempt(1), { ...hour, now: NOW }), { kind: "open", at: LATER });
  assert.deepEqual(tokenState(attempt(1), { ttlMs: null, now: NOW }), { kind: "unused" });
  const unsent = attempt(1, { request: { url: "https://example.com/", httpVersion: "1.1", headers: [], body: null } });
  assert.deepEqual(tokenState(unsent, hour), { kind: "unsent" });
});

test("phases follow each other, those that did not happen are left out", () => {
  assert.deepEqual(phasesOf(attempt(1)), {
    phases: [
      { name: "queuedMs", ms: 3, startMs: 0 },
      { name: "firstByteMs", ms: 8, startMs: 3 },
      { name: "bodyMs", ms: 1, startMs: 11 },
    ],
    totalMs: 12,
  });
});
