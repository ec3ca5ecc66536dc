import assert from "node:assert/strict";
import { test } from "node:test";
import { jobEventsWaitingMax } from "./job.ts";

test("two rounds of a webhook's attempts may wait for it, or two seconds of its rate", () => {
  for (const [maxConcurrency, rateLimit, expected] of [
    [10, null, 20],
    [1, null, 2],
    [100, 1_000, 200],
    [10, 9, 18],
    [10, 1, 2],
    [10, 0.1, 1],
  ] as const) {
    assert.equal(jobEventsWaitingMax({ maxConcurrency, rateLimit }), expected, `${maxConcurrency} at ${rateLimit}`);
  }
});
