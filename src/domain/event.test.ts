import { test } from "node:test";
import assert from "node:assert/strict";
import type { DeliveryControl } from "./delivery_control.ts";
import { parseDeliveryControl } from "./delivery_control.ts";
import type { Answer } from "./event.ts";
import { judge } from "./event.ts";
import { failure } from "./failure.ts";

const POLICY = { successStatus: "200" as const, retrySchedule: [1_000], retriesUsed: 0, roll: 0.5 };

function answered(status: number, control: DeliveryControl | null = null): Answer {
  return { kind: "response", status, retryAfterMs: null, control };
}

test("only 200 is a success by default, any 2xx where the webhook opted in", () => {
  assert.deepEqual(judge(answered(200), POLICY), { status: "SUCCESS", code: "200" });
  for (const status of [201, 204, 299]) {
    assert.equal(judge(answered(status), POLICY).status, "FAILED");
    assert.equal(judge(answered(status), { ...POLICY, successStatus: "2xx" }).status, "SUCCESS");
  }
  for (const status of [199, 300, 304])
    assert.equal(judge(answered(status), { ...POLICY, successStatus: "2xx" }).status, "FAILED");
});

test("a failure is retried after the schedule's step, and not once the schedule is exhausted", () => {
  const first = judge(answered(500), POLICY);
  assert(first.status === "FAILED");
  assert.equal(first.retryInMs, 1_000);
  assert.equal(first.failure.code, "UNEXPECTED_STATUS");
  const last = judge(answered(500), { ...POLICY, retriesUsed: 1 });
  assert(last.status === "FAILED");
  assert.equal(last.retryInMs, null);
});

test("410 ends the event and asks for the webhook to be disabled", () => {
  const verdict = judge(answered(410), POLICY);
  assert(verdict.status === "FAILED");
  assert.equal(verdict.disableAs, "GONE");
  assert.equal(verdict.retryInMs, null);
  assert.equal(verdict.failure.code, "GONE");
});

for (const [control, code, disableAs] of [
  ["disable", "DISABLED_BY_RECEIVER", "RECEIVER"],
  ["abort-message", "ABORTED_BY_RECEIVER", null],
] as const) {
  test(`a failure with ${control} ends the event, and disables the webhook where that was asked for`, () => {
    for (const status of [204, 302, 400, 503]) {
      const verdict = judge(answered(status, control), POLICY);
      assert(verdict.status === "FAILED");
      const { retryInMs, failure: reason } = verdict;
      assert.deepEqual([verdict.code, retryInMs, verdict.disableAs], [String(status), null, disableAs]);
      assert.equal(reason.code, code);
      assert.ok(reason.message.endsWith(`(status ${status})`), reason.message);
    }
  });

  test(`${control} changes nothing for a success, nor for a 410`, () => {
    assert.deepEqual(judge(answered(200, control), POLICY), { status: "SUCCESS", code: "200" });
    assert.equal(judge(answered(204, control), { ...POLICY, successStatus: "2xx" }).status, "SUCCESS");
    assert.deepEqual(judge(answered(410, control), POLICY), judge(answered(410), POLICY));
  });
}

test("what a receiver asks for is read in any case and without the spaces around it; anything else is nothing", () => {
  for (const header of ["disable", "DISABLE", " Disable\t"]) assert.equal(parseDeliveryControl(header), "disable");
  assert.equal(parseDeliveryControl(" Abort-Message "), "abort-message");
  for (const header of ["", "enable", "abort", "abort message", "disable, abort-message", "disabled", "true"])
    assert.equal(parseDeliveryControl(header), null, header);
});

test("a redirect is a failure that says so, and 304 is none", () => {
  const codeOf = (status: number): string | null => {
    const verdict = judge(answered(status), POLICY);
    return verdict.status === "FAILED" ? verdict.failure.code : null;
  };
  for (const status of [300, 301, 302, 303, 307, 308]) assert.equal(codeOf(status), "REDIRECT_NOT_FOLLOWED");
  for (const status of [304, 306, 399]) assert.equal(codeOf(status), "UNEXPECTED_STATUS");
});

test("an attempt without an answer is retried, but not when its content is gone", () => {
  const timeout = judge({ kind: "failed", failure: failure("TIMEOUT_RESPONSE") }, POLICY);
  assert(timeout.status === "FAILED");
  assert.equal(timeout.code, "TIMEOUT_RESPONSE");
  assert.equal(timeout.retryInMs, 1_000);
  const erased = judge({ kind: "failed", failure: failure("CONTENT_ERASED") }, POLICY);
  assert(erased.status === "FAILED");
  assert.equal(erased.retryInMs, null);
});
