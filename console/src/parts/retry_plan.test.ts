import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatSchedule, parseSchedule, RETRY_STEP_MS_MAX, RETRY_STEPS_MAX, retryPlan } from "./retry_plan.ts";

test("a schedule is read from steps with units, however they are separated", () => {
  assert.deepEqual(parseSchedule("5s, 5m,30m; 2H 1d"), { steps: [5_000, 300_000, 1_800_000, 7_200_000, 86_400_000] });
  assert.deepEqual(parseSchedule("1.5h\n250ms"), { steps: [5_400_000, 250] });
  assert.deepEqual(parseSchedule("  "), { steps: [] });
});

test("a schedule that cannot be read says which step is wrong", () => {
  assert.deepEqual(parseSchedule("5s, soon"), { fault: { kind: "unreadable", step: "soon" } });
  assert.deepEqual(parseSchedule("5"), { fault: { kind: "unreadable", step: "5" } });
  assert.deepEqual(parseSchedule("8d"), { fault: { kind: "tooLong", step: "8d" } });
});

test("a schedule has at most 20 steps of at most 7 days", () => {
  const steps = Array.from({ length: RETRY_STEPS_MAX }, () => RETRY_STEP_MS_MAX);
  assert.deepEqual(parseSchedule(formatSchedule(steps)), { steps });
  assert.deepEqual(parseSchedule(formatSchedule([...steps, 1])), { fault: { kind: "tooMany" } });
  assert.deepEqual(parseSchedule(`${RETRY_STEP_MS_MAX + 1}ms`), {
    fault: { kind: "tooLong", step: `${RETRY_STEP_MS_MAX + 1}ms` },
  });
});

test("every schedule survives being written and read again", () => {
  const schedules = fc.array(fc.integer({ min: 0, max: RETRY_STEP_MS_MAX }), { maxLength: RETRY_STEPS_MAX });
  fc.assert(fc.property(schedules, (steps) => assert.deepEqual(parseSchedule(formatSchedule(steps)), { steps })));
});

test("a plan adds up the steps and their jitter", () => {
  const [first, second] = retryPlan([10_000, 20_000], 1_000_000);
  assert.deepEqual(first, { number: 1, stepMs: 10_000, at: 1_010_000, earliestAt: 1_008_000, latestAt: 1_012_000 });
  assert.deepEqual(second, { number: 2, stepMs: 20_000, at: 1_030_000, earliestAt: 1_024_000, latestAt: 1_036_000 });
});
