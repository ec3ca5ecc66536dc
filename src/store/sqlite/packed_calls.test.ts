import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventId, MessageId, WebhookId, WorkerId } from "../../ids.ts";
import type { NewMessage, PublishParams, PublishResult, Settlement } from "../delivery.ts";
import type { Call, WriteMethod } from "./methods.ts";
import { packCall, packOutcomes, unpackCall, unpackOutcomes } from "./packed_calls.ts";

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

const MESSAGE: NewMessage = {
  topic: "SIGNER",
  action: "CREATED",
  msgNature: "INFO",
  content: "{}",
  error: "1",
  searchValues: ["a", "b"],
  traceParent: "00-1-2-01",
};
const PUBLISH: PublishParams = {
  tenant: 1,
  messages: [MESSAGE, { ...MESSAGE, error: null, searchValues: [], traceParent: null }],
  idempotency: { key: "k", route: "batch", bodyHash: new Uint8Array(32).fill(7) },
  lease: { workerId: "wrk_1" as WorkerId, exceptWebhookIds: ["whk_1" as WebhookId], takesLanes: false },
  test: null,
};

test("publishes come out of the thread's messages as they went in", () => {
  const bare = { ...PUBLISH, idempotency: null, lease: null };
  for (const params of [PUBLISH, bare]) {
    const call: Call<WriteMethod> = { method: "publish", params };
    assert.deepEqual(unpackCall(structuredClone(packCall(call))), call);
  }
});

test("results of publishes come out of the thread's messages as they went in, and so do failures and other outcomes", () => {
  const event = {
    id: "evt_1" as EventId,
    webhookId: "whk_1" as WebhookId,
    status: "PENDING",
    isElsewhere: false,
  } as const;
  const events = [
    { ...event, isLeased: true },
    { ...event, id: "evt_2" as EventId, isLeased: false, isElsewhere: true },
  ];
  const created: PublishResult = { kind: "created", messages: [{ id: "msg_1" as MessageId, createdAt: 1, events }] };
  const repeated: PublishResult = { kind: "repeated", messageIds: ["msg_1" as MessageId] };
  const failed = { ok: false, failure: { kind: "bug", message: "It broke.", stack: null } } as const;
  const outcomes = [...[created, repeated].map((value) => ({ ok: true, value }) as const), failed];
  const publish: Call<WriteMethod> = { method: "publish", params: PUBLISH };
  const ping: Call<WriteMethod> = { method: "ping", params: undefined };
  const calls = [publish, publish, publish, ping];
  const all = [...outcomes, { ok: true, value: { kind: "created", messages: [] } } as const];
  assert.deepEqual(unpackOutcomes(calls, structuredClone(packOutcomes(calls, all))), all);
});

test("small views into large memory get memory of their own before they cross to a thread", () => {
  const bodyHash = new Uint8Array(65_536).fill(7).subarray(100, 132);
  const params = { ...PUBLISH, idempotency: { key: "k", route: "message", bodyHash } };
  const sent = structuredClone(packCall({ method: "publish", params }));
  const received = unpackCall(sent).params as PublishParams;
  assert.equal(received.idempotency?.bodyHash.buffer.byteLength, 32);
  assert.deepEqual(received.idempotency?.bodyHash, new Uint8Array(32).fill(7));
});
