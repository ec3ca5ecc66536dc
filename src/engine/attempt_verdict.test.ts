import { test } from "node:test";
import assert from "node:assert/strict";
import { LEASED_EVENT } from "../../test/engine/leased_event.ts";
import { systemClock } from "../clock.ts";
import type { FailureCode } from "../domain/failure.ts";
import { failure } from "../domain/failure.ts";
import { RETRY_AFTER_MS_MAX } from "../domain/retry.ts";
import { DEFAULT_SETTINGS } from "../domain/webhook.ts";
import type { SendReport, Sender } from "../egress/sender.ts";
import type { WebhookId } from "../ids.ts";
import { systemRandom } from "../random.ts";
import type { LeasedEvent } from "../store/delivery.ts";
import type { AttemptResult } from "./attempt.ts";
import { makeAttempt } from "./attempt.ts";

const NOW = Date.UTC(2026, 0, 5, 12);
const STEP_MS = 10_000;

const webhookId = "wh_1" as WebhookId;
const settings = {
  ...DEFAULT_SETTINGS,
  webhookId,
  webhookNo: 1,
  tenant: 1,
  secrets: [],
  isUnreadable: false,
  isDeleted: false,
  url: "https://receiver.test/",
};
const event: LeasedEvent = { ...LEASED_EVENT, webhookId, dueAt: NOW };

/** What comes of an attempt whose sender reports this outcome. */
function attempt(outcome: SendReport["outcome"], changes: Partial<LeasedEvent> = {}): Promise<AttemptResult> {
  const report: SendReport = {
    startedAt: NOW,
    durationMs: 0,
    timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
    address: null,
    tls: null,
    requestHeaders: "[]",
    outcome,
  };
  const sender: Sender = { start: async () => {}, send: async () => report, stop: async () => {} };
  const defaults = { timeoutMs: 15_000, retrySchedule: [STEP_MS] };
  return makeAttempt(
    { sender, clock: systemClock, random: systemRandom, defaults },
    { event: { ...event, ...changes }, settings },
  );
}

function answered(
  status: number,
  { retryAfter = null, deliveryControl = null }: { retryAfter?: string | null; deliveryControl?: string | null } = {},
): SendReport["outcome"] {
  return {
    kind: "response",
    status,
    statusText: "",
    headers: "[]",
    body: "",
    isTruncated: false,
    bodyError: null,
    retryAfter,
    deliveryControl,
  };
}

function failed(code: FailureCode, isOurs = false): SendReport["outcome"] {
  return { kind: "failed", failure: failure(code), isOurs };
}

for (const [what, outcome, signal] of [
  ["200", answered(200), "success"],
  ["429", answered(429), "throttled"],
  ["502", answered(502), "throttled"],
  ["503", answered(503), "throttled"],
  ["504", answered(504), "throttled"],
  ["500", answered(500), "failure"],
  ["204", answered(204), "failure"],
  ["a time limit of DNS", failed("TIMEOUT_DNS", true), "timeout"],
  ["a time limit of connecting", failed("TIMEOUT_CONNECT"), "timeout"],
  ["a time limit of the response", failed("TIMEOUT_RESPONSE"), "timeout"],
  ["a refused connection", failed("CONNECTION_REFUSED"), "failure"],
] as const) {
  test(`${what} is ${signal} to the lane`, async () => {
    assert.equal((await attempt(outcome)).signal, signal);
  });
}

for (const [header, retryInMs] of [
  ["120", 120_000],
  ["1", null],
  ["junk", null],
  ["-5", null],
  ["1e99", null],
  ["Mon, 05 Jan 2026 11:00:00 GMT", null],
  ["Mon, 05 Jan 2026 12:05:00 GMT", 300_000],
  ["Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_MS_MAX],
  ["999999999", RETRY_AFTER_MS_MAX],
  ["9".repeat(400), null],
] as const) {
  test(`Retry-After ${header.slice(0, 40)} ${retryInMs === null ? "leaves the schedule alone" : `delays by ${retryInMs} ms`}`, async () => {
    const { settlement } = await attempt(answered(503, { retryAfter: header }));

    if (retryInMs !== null) assert.equal(settlement.retryInMs, retryInMs);
    else assert.ok(settlement.retryInMs !== null && Math.abs(settlement.retryInMs - STEP_MS) <= STEP_MS / 5);
  });
}

test("a failure counts towards disabling the webhook, but not one of ours, of a test or of a resend", async () => {
  assert.equal((await attempt(failed("CONNECTION_REFUSED"))).settlement.countsAsFailing, true);
  assert.equal((await attempt(answered(500))).settlement.countsAsFailing, true);
  for (const code of ["DNS_FAILED", "PROXY_FAILED", "PROXY_REFUSED"] as const) {
    assert.equal((await attempt(failed(code, true))).settlement.countsAsFailing, false, code);
  }
  assert.equal((await attempt(answered(500), { isTest: true })).settlement.countsAsFailing, false);
  assert.equal((await attempt(answered(500), { trigger: "RESEND" })).settlement.countsAsFailing, false);
});

test("webhook-delivery: disable disables the webhook unless it was a test, and ends the event in either case", async () => {
  const asked = answered(503, { retryAfter: "120", deliveryControl: "Disable " });
  const { settlement, signal } = await attempt(asked);
  assert.deepEqual([settlement.disableAs, settlement.retryInMs, settlement.code], ["RECEIVER", null, "503"]);
  assert.equal(settlement.record.failure?.code, "DISABLED_BY_RECEIVER");
  assert.equal(signal, "throttled");
  const { settlement: ofTest } = await attempt(asked, { isTest: true });
  assert.deepEqual([ofTest.disableAs, ofTest.retryInMs], [null, null]);
});

test("webhook-delivery: abort-message ends the event alone, and what nobody knows changes nothing", async () => {
  const { settlement } = await attempt(answered(500, { deliveryControl: "abort-message" }));
  assert.deepEqual([settlement.disableAs, settlement.retryInMs, settlement.code], [null, null, "500"]);
  const unknown = await attempt(answered(500, { deliveryControl: "pause" }));
  assert.notEqual(unknown.settlement.retryInMs, null);
  assert.equal(unknown.settlement.record.failure?.code, "UNEXPECTED_STATUS");
  assert.equal((await attempt(answered(200, { deliveryControl: "disable" }))).settlement.status, "SUCCESS");
});
