import assert from "node:assert/strict";
import { test } from "node:test";
import { neighboursIn } from "./feed_neighbours.ts";

const rows = ["evt_3", "evt_2", "evt_3", "evt_1", "evt_2"].map((eventId) => ({ eventId }));

test("the neighbours of an event are other events, each at the place of its newest line", () => {
  assert.deepEqual(neighboursIn(rows, "evt_3"), { newerId: null, olderId: "evt_2" });
  assert.deepEqual(neighboursIn(rows, "evt_2"), { newerId: "evt_3", olderId: "evt_1" });
  assert.deepEqual(neighboursIn(rows, "evt_1"), { newerId: "evt_2", olderId: null });
});

test("an event that is not in the feed has no neighbours in it", () => {
  assert.deepEqual(neighboursIn(rows, "evt_9"), { newerId: null, olderId: null });
  assert.deepEqual(neighboursIn(rows, undefined), { newerId: null, olderId: null });
});
