import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Settings } from "./settings_form.ts";
import { bodyOf, formOf, isSameForm, scheduleOf } from "./settings_form.ts";

const SERVER = {
  retrySchedule: [5_000, 300_000],
  timeoutMs: 15_000,
  retentionMs: 2_592_000_000,
  tokenTtlMs: 3_600_000,
  egressAllow: [],
  isDevelopment: true,
};
const INHERITED: Settings = {
  retrySchedule: null,
  timeoutMs: null,
  isAutoDisabling: true,
  retentionMs: null,
  contentRetentionMs: null,
  server: SERVER,
};

test("settings that are shown and saved unchanged are the same, whatever they are", () => {
  const days = fc.option(fc.integer({ min: 1, max: 3_650 }).map((count) => count * 86_400_000));
  const settings = fc.record({
    retrySchedule: fc.option(fc.array(fc.integer({ min: 1, max: 604_800_000 }), { maxLength: 20 })),
    timeoutMs: fc.option(fc.integer({ min: 5_000, max: 30_000 })),
    isAutoDisabling: fc.boolean(),
    retentionMs: days,
    contentRetentionMs: days,
  });
  fc.assert(
    fc.property(settings, (given) => {
      assert.deepEqual(bodyOf(formOf({ ...given, server: SERVER })), { ...given });
    }),
  );
});

test("a schedule of the server's is shown, but not sent as the environment's own", () => {
  const form = formOf(INHERITED);
  assert.equal(form.schedule, "5s, 5m");
  assert.equal(bodyOf(form)?.retrySchedule, null);
  assert.deepEqual(scheduleOf(form, INHERITED), [5_000, 300_000]);
});

test("an own schedule that cannot be read is not sent; an empty one means no automatic retry", () => {
  const form = { ...formOf(INHERITED), hasOwnSchedule: true };
  assert.equal(bodyOf({ ...form, schedule: "5s, soon" }), null);
  assert.equal(scheduleOf({ ...form, schedule: "5s, soon" }, INHERITED), null);
  assert.deepEqual(bodyOf({ ...form, schedule: "" })?.retrySchedule, []);
});

test("a form that was changed back is the same as before", () => {
  const stored = formOf(INHERITED);
  for (const change of [{ timeoutSeconds: "17" }, { isAutoDisabling: false }, { retentionDays: "3" }]) {
    const edited = { ...stored, ...change };
    assert.equal(isSameForm(edited, stored), false);
    assert.equal(isSameForm({ ...stored }, stored), true);
  }
});
