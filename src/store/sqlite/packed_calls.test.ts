import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventId, WebhookId } from "../../ids.ts";
import type { Settlement } from "../delivery.ts";
import type { Call, WriteMethod } from "./methods.ts";
import { packCall, unpackCall } from "./packed_calls.ts";

/** Each value is another one, so that none can be taken for another. */
const SETTLEMENT: Settlement = {
  tenant: 1,
  eventId: "evt_1" as EventId,
  webhookId: "whk_1" as WebhookId,
  attempt: 2,
  trigger: "RESEND",
  triggeredBy: "key_1",
  isTest: true,
  status: "FAILED",
  retryInMs: 3,
  code: "503",
  countsAsFailing: false,
  disableAs: "GONE",
  record: {
    startedAt: 4,
    durationMs: 5.5,
    timings: { queuedMs: 6, dnsMs: 7, connectMs: 8, tlsMs: 9, firstByteMs: 10, bodyMs: 11 },
    address: "192.0.2.1",
    tls: `{"protocol":"TLSv1.3"}`,
    url: "https://example.com/",
    requestHeaders: `[["host","example.com"]]`,
    response: {
      status: 503,
      statusText: "Busy",
      headers: `[["retry-after","1"]]`,
      body: "\xff\0",
      isTruncated: true,
      bodyError: "It broke off.",
    },
    failure: { code: "UNEXPECTED_STATUS", message: "status 503" },
  },
};

test("outcomes come out of the thread's messages as they went in, with and without a response", () => {
  const bare = { ...SETTLEMENT, record: { ...SETTLEMENT.record, response: null, failure: null } };
  const params = { workerId: "wrk_1", settlements: [SETTLEMENT, bare], statesOf: ["evt_1"] };
  const call: Call<WriteMethod> = { method: "settleAttempts", params };
  assert.deepEqual(unpackCall(structuredClone(packCall(call))), call);
});

test("small views into large memory get memory of their own before they cross to a thread", () => {
  const view = new Uint8Array(65_536).fill(7).subarray(100, 120);
  const call: Call<WriteMethod> = { method: "publish", params: { idempotency: { key: "k", bodyHash: view } } };
  const sent = structuredClone(packCall(call));
  assert.deepEqual(sent, structuredClone(call));
  const { bodyHash } = (sent.params as { idempotency: { bodyHash: Uint8Array } }).idempotency;
  assert.equal(bodyHash.buffer.byteLength, 20);
});
