import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace } from "./pace.ts";

/** How many events go within `ms`, looked at every `everyMs`. */
function gone(perSecond: number, { ms, everyMs }: { ms: number; everyMs: number }): number {
  const pace = new Pace({ perSecond, nowMs: 0 });
  let events = 0;
  for (let nowMs = 0; nowMs < ms; nowMs += everyMs) {
    const allowed = pace.allowed(nowMs);
    pace.count(allowed);
    events += allowed;
  }
  return events;
}

test("a pace lets its rate through and no more, however often it is asked", () => {
  for (const perSecond of [1, 3, 10, 999, 1_000]) {
    for (const everyMs of [1, 7, 25, 90]) {
      const events = gone(perSecond, { ms: 10_000, everyMs });
      assert.ok(events <= perSecond * 10 + 1, `${events} at ${perSecond}/s`);
      assert.ok(events >= perSecond * 9.8 - 1, `${events} at ${perSecond}/s, asked every ${everyMs} ms`);
    }
  }
});

test("after a pause no more than a tenth of a second is caught up", () => {
  const pace = new Pace({ perSecond: 1_000, nowMs: 0 });
  assert.equal(pace.allowed(0), 1);
  pace.count(1);
  assert.equal(pace.allowed(60_000), 101);
  pace.count(101);
  assert.deepEqual([pace.allowed(60_000), pace.waitMs(60_000)], [0, 1]);
});

test("a slow pace says how long to wait for the next event", () => {
  const pace = new Pace({ perSecond: 2, nowMs: 0 });
  assert.equal(pace.waitMs(0), 0);
  pace.count(1);
  assert.deepEqual([pace.allowed(499), pace.waitMs(100), pace.allowed(500)], [0, 400, 1]);
});
