import { test } from "node:test";
import assert from "node:assert/strict";
import { IdMinter } from "../ids.ts";
import { systemRandom } from "../random.ts";
import { Lane } from "./lane.ts";
import { LaneSharing } from "./lane_sharing.ts";
import { Memory } from "./memory.ts";

const minter = new IdMinter(systemRandom);
const memory = new Memory({ eventsMax: 1_000, bytesMax: 1_000_000 });

/** Lanes of which the n-th has n attempts under way. */
function lanesOf(count: number): Lane[] {
  return Array.from({ length: count }, (_, running) => {
    const lane = new Lane({ tenant: 1, webhookId: minter.mint("whk", 1), nowMs: 0, memory });
    lane.running = running;
    return lane;
  });
}

/** One round of a worker that knows these lanes. */
async function round(shares: { own: number; all: number; workers: number }, lanes: readonly Lane[]) {
  const gone: Lane[] = [];
  const sharing = new LaneSharing({
    store: { laneShares: () => Promise.resolve(shares) },
    workerId: minter.mint("wrk", 1),
    lanes: () => lanes,
    letGo: (some) => Promise.resolve(void gone.push(...some)),
  });
  assert.equal(sharing.takesLanes, true, "a new worker takes what there is");
  await sharing.runOnce();
  return { gone, takesLanes: sharing.takesLanes };
}

test("a worker above its share takes no more lanes, and lets the least busy go", async () => {
  const lanes = lanesOf(30);
  const { gone, takesLanes } = await round({ own: 30, all: 40, workers: 2 }, lanes.toReversed());
  assert.equal(takesLanes, false);
  assert.deepEqual(gone, lanes.slice(0, 5), "30 of 40 are 5 more than a quarter above its half");
});

test("a lane on its way to others is not let go once more", async () => {
  const lanes = lanesOf(30);
  for (const lane of lanes.slice(0, 3)) lane.isLeaving = true;
  const { gone } = await round({ own: 30, all: 40, workers: 2 }, lanes);
  assert.deepEqual(gone, lanes.slice(3, 8));
});

test("a worker within its share, the only worker, and one of many for few lanes let nothing go", async () => {
  for (const { shares, isTaking } of [
    { shares: { own: 24, all: 40, workers: 2 }, isTaking: true },
    { shares: { own: 25, all: 40, workers: 2 }, isTaking: false },
    { shares: { own: 40, all: 40, workers: 1 }, isTaking: true },
    { shares: { own: 1, all: 1, workers: 5 }, isTaking: true },
  ]) {
    const { gone, takesLanes } = await round(shares, lanesOf(shares.own));
    assert.deepEqual({ gone, takesLanes }, { gone: [], takesLanes: isTaking }, JSON.stringify(shares));
  }
});
