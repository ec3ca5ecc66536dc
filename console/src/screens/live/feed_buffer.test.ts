import assert from "node:assert/strict";
import { test } from "node:test";
import { FeedBuffer, RATE_SECONDS, ROWS_MAX } from "./feed_buffer.ts";
import type { FeedRow } from "./feed_row.ts";
import { listedRow } from "./feed_row.ts";

function rows(count: number, change: Partial<FeedRow> = {}): FeedRow[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "attempt",
    at: index,
    eventId: `evt_${index}`,
    webhookId: "webhook_a",
    topic: "SIGNATURE",
    action: "FAILED",
    status: "SUCCESS",
    code: "200",
    durationMs: 3,
    attempt: 1,
    isTest: false,
    ...change,
  }));
}

test("lines come back newest first", () => {
  const buffer = new FeedBuffer({});
  buffer.add(rows(3), 1_000);
  assert.deepEqual(
    buffer.toArray().map(({ eventId }) => eventId),
    ["evt_2", "evt_1", "evt_0"],
  );
  assert.equal(buffer.at(0)?.eventId, "evt_2");
  assert.equal(buffer.at(3), undefined);
});

test("the buffer never holds more than 2,000 lines, and forgets the oldest", () => {
  const buffer = new FeedBuffer({});
  for (let second = 0; second < 100; second++) buffer.add(rows(30, { eventId: `evt_${second}` }), second * 1_000);
  assert.equal(buffer.size, ROWS_MAX);
  assert.equal(buffer.at(0)?.eventId, "evt_99");
  assert.equal(buffer.at(ROWS_MAX - 1)?.number, 1_001);
});

test("above 50 lines a second one in so many is kept, and every one is counted", () => {
  const buffer = new FeedBuffer({});
  for (let second = 1; second <= 20; second++) buffer.add(rows(1_000), second * 1_000);
  assert.equal(buffer.stride, 20);
  assert.equal(buffer.counts.passed, 20_000);
  const keptBefore = buffer.at(0)?.number ?? 0;
  buffer.add(rows(1_000), 21_000);
  assert.equal((buffer.at(0)?.number ?? 0) - keptBefore, 50);
});

test("a burst in its very first second is sampled, too", () => {
  const buffer = new FeedBuffer({});
  buffer.add(rows(1_000), 1_000);
  assert.ok(buffer.size < 300, `${buffer.size} lines`);
  assert.equal(buffer.counts.passed, 1_000);
});

test("a quiet second ends the sampling", () => {
  const buffer = new FeedBuffer({});
  buffer.add(rows(500), 1_000);
  buffer.add(rows(1), 4_000);
  assert.equal(buffer.stride, 1);
});

test("the rate is that of the last whole seconds, and a minute of them is remembered", () => {
  const buffer = new FeedBuffer({});
  for (let second = 1; second <= 90; second++) buffer.add(rows(12), second * 1_000 + 500);
  assert.equal(buffer.rate(91_000), 12);
  assert.deepEqual(
    buffer.history(91_000),
    Array.from({ length: RATE_SECONDS }, () => 12),
  );
  assert.equal(buffer.rate(95_500), 0);
});

test("what does not match the filter is neither kept nor counted", () => {
  const buffer = new FeedBuffer({ status: "failed", topic: "SIGNATURE", webhook: "webhook_a" });
  const matching = rows(1, { status: "FAILED" });
  assert.deepEqual(buffer.add([...rows(1), ...matching], 1_000), matching);
  buffer.add(rows(1, { status: "FAILED", topic: "SIGNER" }), 1_000);
  buffer.add(rows(1, { status: "FAILED", webhookId: "webhook_b" }), 1_000);
  assert.equal(buffer.size, 1);
  assert.deepEqual(buffer.counts, { pending: 0, passed: 0, failed: 1, lost: 0 });
});

test("a narrower filter keeps the lines that match, in their order, and counts anew", () => {
  const buffer = new FeedBuffer({});
  buffer.add([...rows(2), ...rows(2, { status: "FAILED" })], 1_000);
  buffer.setFilter({ status: "failed" });
  assert.deepEqual(
    buffer.toArray().map(({ eventId, status }) => [eventId, status]),
    [
      ["evt_1", "FAILED"],
      ["evt_0", "FAILED"],
    ],
  );
  assert.equal(buffer.counts.failed, 0);
});

test("a gap is filled with what is missing, once", () => {
  const buffer = new FeedBuffer({});
  buffer.add(rows(2), 1_000);
  const listed = listedRow({
    _id: "evt_9",
    webhookId: "webhook_a",
    topic: "SIGNATURE",
    action: "FAILED",
    status: "FAILED",
    isTest: false,
    attemptCount: 2,
    lastCode: "503",
    _createdAt: "2026-01-01T00:00:00.000Z",
    _updatedAt: "2026-01-01T00:00:01.000Z",
  });
  assert.equal(buffer.addMissing([...rows(2, { kind: "listed" }), listed], { isCounted: true }), 1);
  assert.equal(buffer.addMissing([listed], { isCounted: true }), 0);
  assert.equal(buffer.at(0)?.code, "503");
  assert.deepEqual(buffer.counts, { pending: 0, passed: 2, failed: 1, lost: 0 });
  assert.equal(buffer.rate(2_000), 2 / 3);
});
