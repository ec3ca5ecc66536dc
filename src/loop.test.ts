import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../test/sim/virtual_clock.ts";
import type { Logger } from "./log.ts";
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

test("of errors in a row the first is told, one a minute, and their end", async () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const note = (fields: { failures: number }, text: string): void => void told.push(`${fields.failures} ${text}`);
  let isDown = true;
  const loop = new Loop({
    name: "test",
    everyMs: 1_000,
    clock,
    log: { error: note, info: note } as unknown as Logger, // a loop uses nothing else
    run: () => (isDown ? Promise.reject(new Error("no luck")) : Promise.resolve()),
  });
  loop.start();
  await clock.advance(61_500);
  isDown = false;
  await clock.advance(5_000);
  isDown = true;
  await clock.advance(1_000);
  await loop.stop();
  const failed = "a background run failed; it is repeated";
  assert.deepEqual(told, [
    `1 ${failed}`,
    `61 ${failed}`,
    "62 the background run that failed has succeeded again",
    `1 ${failed}`,
  ]);
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
