import { test } from "node:test";
import assert from "node:assert/strict";
import type { FailingRun } from "./webhook.ts";
import { FAILING_ATTEMPTS_MIN, FAILING_MS_MAX, extendFailingRun, isFailingTooLong, takes } from "./webhook.ts";

const DAY_MS = 86_400_000;
const START = 20_000 * DAY_MS;

function failAt(times: readonly number[]): FailingRun {
  const [first, ...rest] = times;
  assert(first !== undefined);
  return rest.reduce((run, at) => extendFailingRun(run, at), extendFailingRun(null, first));
}

test("a webhook takes every message but those of a disabled topic or action, and none while disabled", () => {
  const webhook = { isDisabled: false, disabledTopics: ["APP"], disabledActions: ["SIGNER.CREATED"] };
  assert.equal(takes(webhook, { topic: "SIGNER", action: "CLAIM_UPDATED" }), true);
  assert.equal(takes(webhook, { topic: "SIGNER", action: "CREATED" }), false);
  assert.equal(takes(webhook, { topic: "APP", action: "ARCHIVED" }), false);
  assert.equal(takes({ ...webhook, isDisabled: true }, { topic: "SIGNER", action: "CLAIM_UPDATED" }), false);
});

test("ten failures over three days and five days after the first disable a webhook", () => {
  const times = Array.from({ length: FAILING_ATTEMPTS_MIN - 1 }, (_, at) => START + at * (DAY_MS / 4));
  const last = START + FAILING_MS_MAX;
  assert.equal(isFailingTooLong(failAt([...times, last]), last), true);
});

test("a failing run is not too long with fewer attempts, fewer days or less time", () => {
  const last = START + FAILING_MS_MAX;
  const few = Array.from({ length: FAILING_ATTEMPTS_MIN - 2 }, (_, at) => START + at * (DAY_MS / 4));
  assert.equal(isFailingTooLong(failAt([...few, last]), last), false);
  const twoDays = [...Array.from({ length: 20 }, (_, at) => START + at), last];
  assert.equal(isFailingTooLong(failAt(twoDays), last), false);
  const early = Array.from({ length: 20 }, (_, at) => START + at * (DAY_MS / 5));
  assert.equal(isFailingTooLong(failAt(early), last - 1), false);
});
