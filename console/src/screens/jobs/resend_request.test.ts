import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResendCall, ResendContext, ResendForm } from "./resend_request.ts";
import { canSkipPassed, idempotencyKeyOf, openingKey, resendCall, scopeFault } from "./resend_request.ts";

const tenant = { appId: "appId_a", appEnv: "TEST" } as const;
const SINCE = "2026-05-03T00:00:00.000Z";

function context(change: Partial<ResendContext> = {}): ResendContext {
  return { tenant, webhookId: "whk_a", filter: {}, eventIds: [], ...change };
}

function form(change: Partial<ResendForm> = {}): ResendForm {
  return { scope: "filter", since: SINCE, isSkippingPassed: true, rate: 10, ...change };
}

function statusAsked(call: ResendCall | null): string | undefined {
  return call === null || call.id === "replayWebhook" ? undefined : call.body.filter;
}

test("the selection is sent by its ids, to one webhook or to all", () => {
  const selected = form({ scope: "selected" });
  assert.deepEqual(resendCall(selected, context({ eventIds: ["evt_1", "evt_2"] })), {
    id: "resendWebhookEvents",
    path: { webhookId: "whk_a" },
    body: { eventIds: ["evt_1", "evt_2"], rate: 10 },
  });
  assert.deepEqual(resendCall(selected, context({ eventIds: ["evt_1"], webhookId: null })), {
    id: "resendEvents",
    path: tenant,
    body: { eventIds: ["evt_1"], rate: 10 },
  });
  assert.equal(resendCall(selected, context()), null);
});

test("1,000 events can be selected, and no more", () => {
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `evt_${at}`);
  assert.equal(scopeFault("selected", context({ eventIds: ids(1_000) })), null);
  assert.equal(scopeFault("selected", context({ eventIds: ids(1_001) })), "tooMany");
});

test("the list's filter goes into the request, and what passed is skipped unless it is wanted", () => {
  const filter = { topic: "SIGNER", action: "", code: "5xx", from: SINCE } as const;
  assert.deepEqual(resendCall(form(), context({ filter }))?.body, {
    filter: "FAILED",
    topic: "SIGNER",
    code: "5xx",
    from: SINCE,
    rate: 10,
  });
  assert.equal(statusAsked(resendCall(form({ isSkippingPassed: false }), context({ filter }))), "ALL");
});

test("without a list there is no filter to send", () => {
  assert.equal(resendCall(form(), context({ filter: null })), null);
  assert.equal(resendCall(form({ scope: "failedSince" }), context({ filter: null }))?.id, "resendWebhookEvents");
});

test("skipping what passed is offered where it makes a difference", () => {
  assert.equal(canSkipPassed("filter", context()), true);
  assert.equal(canSkipPassed("filter", context({ filter: { filter: "FAILED" } })), false);
  assert.equal(canSkipPassed("failedSince", context()), false);
});

test("a list of what passed, with what passed skipped, leaves nothing to send", () => {
  assert.equal(resendCall(form(), context({ filter: { filter: "PASSED" } })), null);
  const wanted = resendCall(form({ isSkippingPassed: false }), context({ filter: { filter: "PASSED" } }));
  assert.equal(statusAsked(wanted), "PASSED");
});

for (const [fault, filter] of [
  ["pending", { filter: "PENDING" }],
  ["search", { search: "sr-1" }],
  ["search", { attempts: 3 }],
  ["search", { msgNature: "ERROR" }],
  ["tests", { test: "true" }],
] as const) {
  test(`a list that shows ${JSON.stringify(filter)} cannot be repeated by a job, and is never widened silently`, () => {
    assert.equal(scopeFault("filter", context({ filter })), fault);
    assert.equal(resendCall(form({ isSkippingPassed: false }), context({ filter })), null);
    assert.equal(scopeFault("failedSince", context({ filter })), null);
  });
}

test("what failed since a time, and what a webhook missed since then", () => {
  assert.deepEqual(resendCall(form({ scope: "failedSince" }), context())?.body, {
    filter: "FAILED",
    from: SINCE,
    rate: 10,
  });
  assert.deepEqual(resendCall(form({ scope: "missedSince" }), context()), {
    id: "replayWebhook",
    path: { webhookId: "whk_a" },
    body: { from: SINCE, rate: 10 },
  });
  assert.equal(resendCall(form({ scope: "missedSince" }), context({ webhookId: null })), null);
  assert.equal(resendCall(form({ scope: "failedSince", since: null }), context()), null);
});

test("the rate is from 1 to 1,000 a second", () => {
  for (const rate of [0, 1_001, 1.5, Number.NaN]) assert.equal(resendCall(form({ rate }), context()), null);
  for (const rate of [1, 1_000]) assert.notEqual(resendCall(form({ rate }), context()), null);
});

test("the same request of one opening has one key; another request, or another opening, has another", () => {
  const opening = openingKey();
  const keyOf = (change: Partial<ResendForm>, of = opening): string => {
    const call = resendCall(form(change), context());
    assert.ok(call !== null);
    return idempotencyKeyOf(of, call);
  };
  assert.equal(keyOf({}), keyOf({}));
  assert.notEqual(keyOf({}), keyOf({ rate: 11 }));
  assert.notEqual(keyOf({}), keyOf({}, openingKey()));
  assert.match(keyOf({}), /^[\x21-\x7e]{1,255}$/);
});
