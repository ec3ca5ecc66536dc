import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../test/sim/virtual_clock.ts";
import { createLogger } from "./log.ts";
import { Loop } from "./loop.ts";

const log = createLogger("silent");

function setup(run: (count: number) => Promise<number | void>): {
  clock: VirtualClock;
  loop: Loop;
  runs: () => number;
} {
  const clock = new VirtualClock();
  let count = 0;
  const loop = new Loop({ name: "test", everyMs: 1_000, clock, log, run: () => run(++count) });
  return { clock, loop, runs: () => count };
}

test("a loop runs at once and then after each pause, errors or not", async () => {
  const { clock, loop, runs } = setup(() => Promise.reject(new Error("no luck")));
  loop.start();
  loop.start();
  await clock.advance(3_500);
  assert.equal(runs(), 4);
  await loop.stop();
  await clock.advance(10_000);
  assert.equal(runs(), 4);
});

test("a kick ends the pause, and one during a run is not forgotten", async () => {
  let release = (): void => {};
  const { clock, loop, runs } = setup((count) =>
    count === 2 ? new Promise((resolve) => (release = resolve)) : Promise.resolve(),
  );
  loop.start();
  await clock.advance(1);
  loop.kick();
  await clock.advance(1);
  assert.equal(runs(), 2);
  loop.kick();
  release();
  await clock.advance(1);
  assert.equal(runs(), 3);
  await loop.stop();
});

test("a run may ask for another pause", async () => {
  const { clock, loop, runs } = setup(() => Promise.resolve(10));
  loop.start();
  await clock.advance(95);
  assert.equal(runs(), 10);
  await loop.stop();
});

test("stop before start is legal, and such a loop never runs", async () => {
  const { clock, loop, runs } = setup(() => Promise.resolve());
  await loop.stop();
  loop.start();
  await clock.advance(5_000);
  assert.equal(runs(), 0);
});
