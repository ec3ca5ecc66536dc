import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { IdMinter } from "../ids.ts";
import { systemRandom } from "../random.ts";
import { Heartbeat } from "./heartbeat.ts";

const LIMITS = { deadAfterMs: 30_000, beginWithinMs: 15_000 };

function setup(limits: typeof LIMITS | null) {
  const clock = new VirtualClock();
  const world = { isDown: false, isDead: false, revivals: 0, deaths: 0, registered: [] as unknown[] };
  const heartbeat = new Heartbeat({
    store: {
      registerWorker: (params) => Promise.resolve(void world.registered.push(params)),
      heartbeat: () => (world.isDown ? Promise.reject(new Error("down")) : Promise.resolve(!world.isDead)),
    },
    clock,
    workerId: new IdMinter(systemRandom).mint("wrk", 1),
    place: { role: "worker", host: "h", pid: 1 },
    limits,
    onRevived: () => (world.revivals += 1),
    onDead: () => (world.deaths += 1),
  });
  return { clock, heartbeat, world };
}

test("attempts may begin for the margin after a heartbeat, and again after one that comes late", async () => {
  const { clock, heartbeat, world } = setup(LIMITS);
  assert.equal(heartbeat.mayBegin, false, "not before it is registered");
  await heartbeat.begin();
  assert.partialDeepStrictEqual(world.registered, [{ role: "worker", deadAfterMs: 30_000 }]);
  await clock.advance(LIMITS.beginWithinMs - 1);
  assert.equal(heartbeat.mayBegin, true);
  await heartbeat.runOnce();
  assert.equal(world.revivals, 0, "there was no time in which nothing might begin");
  world.isDown = true;
  await clock.advance(LIMITS.beginWithinMs);
  await assert.rejects(heartbeat.runOnce(), /down/);
  assert.equal(heartbeat.mayBegin, false);
  world.isDown = false;
  await heartbeat.runOnce();
  assert.deepEqual([heartbeat.mayBegin, world.revivals], [true, 1]);
});

test("a worker that was declared dead is told so", async () => {
  const { heartbeat, world } = setup(LIMITS);
  await heartbeat.begin();
  world.isDead = true;
  await heartbeat.runOnce();
  assert.deepEqual([world.deaths, world.revivals], [1, 0]);
});

test("where the store has one process, time takes nothing from it", async () => {
  const { clock, heartbeat, world } = setup(null);
  await heartbeat.begin();
  assert.deepEqual(
    world.registered.map((worker) => Object.keys(worker as object).includes("deadAfterMs")),
    [false],
  );
  await clock.advance(3_600_000);
  assert.equal(heartbeat.mayBegin, true);
});
