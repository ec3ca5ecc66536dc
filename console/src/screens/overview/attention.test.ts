import assert from "node:assert/strict";
import { test } from "node:test";
import { attentionOf, certificateEnd, finalRate } from "./attention.ts";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const DAY_MS = 86_400_000;
type Facts = Parameters<typeof attentionOf>[0];
type Webhook = Facts["webhooks"][number];

function webhook(id: string, own: Partial<Webhook> = {}): Webhook {
  return {
    _id: id,
    appId: "appId_1",
    appEnv: "TEST",
    url: `https://${id}.example/hook`,
    description: "",
    isDisabled: false,
    disabledTopics: [],
    disabledActions: [],
    successStatus: "200",
    retrySchedule: null,
    timeoutMs: null,
    maxConcurrency: 10,
    rateLimit: null,
    signatureVersions: ["v1"],
    headers: [],
    _createdAt: "2026-03-01T00:00:00.000Z",
    _updatedAt: "2026-03-09T00:00:00.000Z",
    stats: { pending: 0, success: 0, failed: 0 },
    ...own,
  };
}

function stats(webhookId: string, p95: number): Facts["stats"][number] {
  const totals = {
    created: 1,
    success: 1,
    failed: 0,
    firstAttempts: 1,
    firstAttemptSuccess: 1,
    codes: {},
    queued: null,
  };
  const latency = { p50: p95, p95, p99: p95 };
  return {
    webhookId,
    totals: { ...totals, latency },
    points: [],
    pending: { count: 0, oldestAt: null },
    lastEvent: null,
  };
}

function kindsOf(facts: Partial<Facts>): string[] {
  const found = attentionOf({ webhooks: [], stats: [], health: [], timeoutMs: 10_000, now: NOW, ...facts });
  return found.map(({ kind, webhookId }) => `${kind} ${webhookId}`);
}

test("a webhook that was disabled by hand needs nobody, one that was disabled by a rule does", () => {
  const webhooks = [
    webhook("manual", { isDisabled: true, disabledReason: "MANUAL" }),
    webhook("gone", { isDisabled: true, disabledReason: "GONE" }),
    webhook("leaving", { isDisabled: true, disabledReason: "RECEIVER" }),
    webhook("broken", { isDisabled: true, disabledReason: "FAILING", failingSince: "2026-03-01T00:00:00.000Z" }),
  ];
  assert.deepEqual(kindsOf({ webhooks }), ["disabled gone", "disabled leaving", "disabled broken"]);
});

test("the gravest fault comes first, and each webhook is told of once", () => {
  const webhooks = [
    webhook("slow"),
    webhook("failing", { failingSince: "2026-03-10T10:00:00.000Z" }),
    webhook("gone", { isDisabled: true, disabledReason: "GONE" }),
  ];
  const found = kindsOf({ webhooks, stats: [stats("slow", 9_000), stats("failing", 9_000)] });
  assert.deepEqual(found, ["disabled gone", "failing failing", "slow slow"]);
});

test("p95 is slow above four fifths of the webhook's own time limit, or of the environment's where it has none", () => {
  const webhooks = [webhook("own", { timeoutMs: 5_000 }), webhook("environment")];
  assert.deepEqual(kindsOf({ webhooks, stats: [stats("own", 4_001), stats("environment", 8_000)] }), ["slow own"]);
  assert.deepEqual(kindsOf({ webhooks, stats: [stats("own", 4_000), stats("environment", 8_001)] }), [
    "slow environment",
  ]);
});

test("a certificate is told of from less than 14 days before its end on", () => {
  const webhooks = [webhook("soon"), webhook("later")];
  const until = (webhookId: string, ms: number) => ({
    webhookId,
    certificateValidTo: new Date(NOW + ms).toISOString(),
    passed: 1,
    verified: 1,
  });
  const health = [until("soon", 14 * DAY_MS - 1), until("later", 14 * DAY_MS)];
  assert.deepEqual(kindsOf({ webhooks, health }), ["certificate soon"]);
});

test("tokens count as never verified after three deliveries without a used token", () => {
  const webhooks = [webhook("two"), webhook("three"), webhook("verified")];
  const health = [
    { webhookId: "two", certificateValidTo: null, passed: 2, verified: 0 },
    { webhookId: "three", certificateValidTo: null, passed: 3, verified: 0 },
    { webhookId: "verified", certificateValidTo: null, passed: 3, verified: 1 },
  ];
  assert.deepEqual(kindsOf({ webhooks, health }), ["unverified three"]);
});

test("the end of a certificate is read as TLS writes it, and whatever else is there is no end", () => {
  const tls = { protocol: "TLSv1.3", certificate: { validTo: "May  3 09:08:07 2026 GMT" } };
  assert.equal(certificateEnd({ tls }), "2026-05-03T09:08:07.000Z");
  for (const other of [undefined, null, {}, { certificate: null }, { certificate: { validTo: "soon" } }]) {
    assert.equal(certificateEnd({ tls: other }), null);
  }
});

test("the final rate leaves out what waits, and is unknown when everything waits", () => {
  assert.deepEqual(finalRate({ created: 10, pending: 2, failed: 2, failedIsAtLeast: false }), {
    rate: 0.75,
    isAtMost: false,
  });
  assert.equal(finalRate({ created: 3, pending: 3, failed: 0, failedIsAtLeast: false }), null);
  assert.deepEqual(finalRate({ created: 3, pending: 0, failed: 9, failedIsAtLeast: true }), {
    rate: 0,
    isAtMost: true,
  });
});
