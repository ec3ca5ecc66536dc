import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { DEFAULT_SETTINGS } from "../domain/webhook.ts";
import { IdMinter } from "../ids.ts";
import { systemRandom } from "../random.ts";
import type { DeliverySettings } from "../store/webhooks.ts";
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
    lane.isOwn = true;
    return lane;
  });
}

/** One round of a worker that knows these lanes. */
async function round(shares: { own: number; all: number; workers: number }, lanes: readonly Lane[]) {
  const gone: Lane[] = [];
  const sharing = new LaneSharing({
    store: { laneShares: () => Promise.resolve(shares) },
    workerId: minter.mint("wrk", 1),
    clock: new VirtualClock(),
    lanes: () => lanes,
    letGo: (lane) => void gone.push(lane),
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

test("a lane on its way to others counts as gone, and is not let go once more", async () => {
  const lanes = lanesOf(30);
  for (const lane of lanes.slice(0, 3)) lane.isLeaving = true;
  const { gone } = await round({ own: 30, all: 40, workers: 2 }, lanes);
  assert.deepEqual(gone, lanes.slice(3, 5));
});

test("lanes of others, and those whose breaker is open or that wait for their rate, stay", async () => {
  const lanes = lanesOf(30);
  const [others, hanging, slow] = lanes;
  assert.ok(others && hanging && slow);
  others.isOwn = false;
  for (let timeouts = 0; timeouts < 5; timeouts++) {
    hanging.begin(0);
    hanging.end("timeout", 0);
  }
  slow.settings = { ...DEFAULT_SETTINGS, rateLimit: 0.01 } as unknown as DeliverySettings; // of which the rate counts
  slow.begin(0);
  const { gone } = await round({ own: 30, all: 40, workers: 2 }, lanes);
  assert.deepEqual(gone, lanes.slice(3, 8));
});

test("a worker that takes lanes lets none go: it would take the same ones again, and begin anew with each", async () => {
  for (const own of [1, 2, 3, 4]) {
    for (const all of [own, own + 1, own + 5]) {
      for (const workers of [2, 3, 4, 5]) {
        const { gone, takesLanes } = await round({ own, all, workers }, lanesOf(own));
        assert.ok(gone.length === 0 || !takesLanes, JSON.stringify({ own, all, workers }));
      }
    }
  }
});

test("a worker within its share, the only worker, and one of many for few lanes let nothing go", async () => {
  for (const { shares, isTaking } of [
    { shares: { own: 24, all: 40, workers: 2 }, isTaking: true },
    { shares: { own: 25, all: 40, workers: 2 }, isTaking: false },
    { shares: { own: 40, all: 40, workers: 1 }, isTaking: true },
    { shares: { own: 1, all: 1, workers: 5 }, isTaking: false },
    { shares: { own: 0, all: 1, workers: 5 }, isTaking: true },
  ]) {
    const { gone, takesLanes } = await round(shares, lanesOf(shares.own));
    assert.deepEqual({ gone, takesLanes }, { gone: [], takesLanes: isTaking }, JSON.stringify(shares));
  }
});
