import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import type { WorkerId } from "../ids.ts";
import { IdMinter } from "../ids.ts";
import { systemRandom } from "../random.ts";
import { DeathWatch } from "./death_watch.ts";

const minter = new IdMinter(systemRandom);

function setup({ deadAfterMs = 30_000 } = {}) {
  const clock = new VirtualClock();
  /** The database's time, which may jump. */
  const database = { now: 1_000_000, isDown: false, isFull: false };
  const heartbeats = new Map<WorkerId, number>();
  const watcher = minter.mint("wrk", 1);
  const watch = new DeathWatch({
    clock,
    workerId: watcher,
    store: {
      heartbeats: () => {
        if (database.isDown) return Promise.reject(new Error("down"));
        const rows = [...heartbeats].map(([workerId, heartbeatAt]) => ({
          workerId,
          heartbeatAt,
          deadAfterMs,
          isOverdue: heartbeatAt + deadAfterMs <= database.now,
        }));
        return Promise.resolve(rows);
      },
    },
  });
  const beat = (workerId: WorkerId): void => void heartbeats.set(workerId, database.now);
  const newWorker = (): WorkerId => {
    const workerId = minter.mint("wrk", 1);
    beat(workerId);
    return workerId;
  };
  /** Time passes in looks every 5 seconds, with the heartbeats of who is alive; who was found dead. */
  const pass = async (ms: number, alive: readonly WorkerId[]): Promise<WorkerId[]> => {
    const found = new Set<WorkerId>();
    for (let passed = 0; passed < ms; passed += 5_000) {
      await clock.advance(5_000);
      database.now += 5_000;
      const canWrite = !database.isDown && !database.isFull;
      for (const workerId of canWrite ? [watcher, ...alive] : []) beat(workerId);
      for (const { workerId } of await watch.look().catch(() => [])) found.add(workerId);
    }
    return [...found];
  };
  /** One look after so long, in which the database's time passed, and the own heartbeat came. */
  const lookAfter = async (ms: number): Promise<WorkerId[]> => {
    await clock.advance(ms);
    database.now += ms;
    beat(watcher);
    return (await watch.look()).map(({ workerId }) => workerId);
  };
  return { database, newWorker, beat, pass, lookAfter };
}

test("a worker that is silent for as long as it said is dead, and no other", async () => {
  const { newWorker, pass } = setup();
  const [alive, silent] = [newWorker(), newWorker()];
  assert.deepEqual(await pass(25_000, [alive]), []);
  assert.deepEqual(await pass(5_000, [alive]), [silent]);
});

test("who has just begun to watch believes the database, after a while", async () => {
  const { database, newWorker, pass } = setup();
  const silent = newWorker();
  database.now += 3_600_000;
  assert.deepEqual(await pass(15_000, []), []);
  assert.deepEqual(await pass(5_000, []), [silent]);
});

test("a clock that jumps, forward or back, kills nobody who lives, and keeps nobody alive who died", async () => {
  for (const jumpMs of [3_600_000, -3_600_000]) {
    const { database, newWorker, pass } = setup();
    const [alive, silent] = [newWorker(), newWorker()];
    await pass(5_000, [alive, silent]);
    database.now += jumpMs;
    const found = await pass(60_000, [alive]);
    assert.deepEqual(found, [silent]);
  }
});

test("after an outage in which nobody could write, nobody is dead who writes again", async () => {
  const { database, newWorker, pass } = setup();
  const workers = [newWorker(), newWorker()];
  await pass(20_000, workers);
  database.isDown = true;
  await pass(600_000, workers);
  database.isDown = false;
  assert.deepEqual(await pass(5_000, []), [], "they have not had the time");
  assert.deepEqual(await pass(60_000, workers), []);
});

test("where the heartbeat of the one who judges does not come through either, nobody is dead", async () => {
  const { database, newWorker, pass } = setup({ deadAfterMs: 10_000 });
  const workers = [newWorker(), newWorker()];
  await pass(20_000, workers);
  database.isFull = true;
  assert.deepEqual(await pass(600_000, workers), []);
  database.isFull = false;
  assert.deepEqual(await pass(10_000, []), [], "they have not had the time");
  assert.deepEqual(await pass(60_000, workers), []);
});

test("whose heartbeat has been seen to move is dead after as long as that worker said, and no sooner", async () => {
  const { newWorker, pass } = setup({ deadAfterMs: 10_000 });
  const worker = newWorker();
  await pass(20_000, [worker]);
  assert.deepEqual(await pass(5_000, []), []);
  assert.deepEqual(await pass(5_000, []), [worker]);
});

test("who could not look for a while does not know what was in between", async () => {
  const { newWorker, beat, lookAfter } = setup({ deadAfterMs: 10_000 });
  const [worker, silent] = [newWorker(), newWorker()];
  await lookAfter(5_000);
  assert.deepEqual(await lookAfter(30_000), []);
  assert.deepEqual(await lookAfter(5_000), []);
  beat(worker);
  assert.deepEqual(await lookAfter(5_000), []);
  assert.deepEqual(await lookAfter(5_000), [silent]);
});
