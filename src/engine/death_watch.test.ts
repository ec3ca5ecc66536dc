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
  const database = { now: 1_000_000, isDown: false, answersAfterMs: 0 };
  const heartbeats = new Map<WorkerId, number>();
  const watch = new DeathWatch({
    clock,
    store: {
      heartbeats: async () => {
        if (database.isDown) throw new Error("down");
        if (database.answersAfterMs > 0) await clock.advance(database.answersAfterMs);
        return [...heartbeats].map(([workerId, heartbeatAt]) => ({
          workerId,
          heartbeatAt,
          deadAfterMs,
          isOverdue: heartbeatAt + deadAfterMs <= database.now,
        }));
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
      if (!database.isDown) for (const workerId of alive) beat(workerId);
      for (const { workerId } of await watch.look().catch(() => [])) found.add(workerId);
    }
    return [...found];
  };
  /** One look after so long, in which the database's time passed, too. */
  const lookAfter = async (ms: number): Promise<WorkerId[]> => {
    await clock.advance(ms);
    database.now += ms;
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

test("a database that answers late has kept the heartbeats from coming, too: nobody is dead who then comes", async () => {
  const { database, newWorker, pass } = setup({ deadAfterMs: 10_000 });
  const workers = [newWorker(), newWorker()];
  await pass(20_000, workers);
  database.answersAfterMs = 11_000;
  assert.deepEqual(await pass(5_000, []), []);
  database.answersAfterMs = 0;
  assert.deepEqual(await pass(10_000, []), [], "they have not had the time");
  assert.deepEqual(await pass(60_000, workers), []);
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
