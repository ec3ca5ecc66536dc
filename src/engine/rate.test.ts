import { test } from "node:test";
import assert from "node:assert/strict";
import { Rate } from "./rate.ts";

test("no more requests are let through than the rate and its tolerance allow", () => {
  for (const perSecond of [1, 7, 50]) {
    const rate = new Rate();
    let sent = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs++) {
      while (rate.waitMs(perSecond, nowMs) === 0) {
        rate.count(perSecond, nowMs);
        sent += 1;
      }
    }
    assert(sent >= perSecond * 10 && sent <= perSecond * 10.1 + 1, `${sent} at ${perSecond} a second`);
  }
});

test("without a rate nothing waits", () => {
  const rate = new Rate();
  for (let count = 0; count < 1_000; count++) rate.count(null, 0);
  assert.equal(rate.waitMs(null, 0), 0);
});
