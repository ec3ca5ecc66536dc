/** Lanes that belong to one worker at a time, and workers that are dead by their silence: where a store is shared. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WorkerId } from "../../src/ids.ts";
import type { Silent } from "../../src/store/delivery.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import {
  addWebhook,
  assertCountersEqualRows,
  claim,
  claimOne,
  failed,
  message,
  publish,
  publishOne,
  readEvent,
  releaseLane,
  settle,
  setup,
  success,
} from "./world.ts";

const DEAD_AFTER_MS = 20_000;

/** Registers the tests of this topic for one implementation. */
export function laneOwnershipContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(
    name("another worker gets nothing of a lane that is owned, and does not find it, until it is given back"),
    async (t) => {
      const world = await setup(t, factory);
      if (!world.store.capabilities.isShared) return; // one process has every lane
      const webhook = await addWebhook(world);
      await publish(world, { messages: [message(), message(), message()] });
      const other = await newWorker(world);
      assert.equal((await claim(world, webhook, { room: 1 })).length, 1);
      assert.deepEqual(await claim(world, webhook, { workerId: other }), []);
      assert.deepEqual(await dueFor(world, other), []);
      assert.deepEqual(await dueFor(world, world.workerId), [webhook.id]);
      await releaseLane(world, webhook, other);
      assert.deepEqual(await claim(world, webhook, { workerId: other }), [], "nobody gives back what is another's");
      await releaseLane(world, webhook);
      assert.deepEqual(await dueFor(world, other), [webhook.id]);
      assert.equal((await claim(world, webhook, { workerId: other })).length, 2);
      assert.deepEqual(await claim(world, webhook), []);
    },
  );

  test(name("events are handed over to the worker that owns the lane alone, and a free lane is taken"), async (t) => {
    const world = await setup(t, factory);
    if (!world.store.capabilities.isShared) return; // one process has every lane
    const webhook = await addWebhook(world);
    const other = await newWorker(world);
    assert.deepEqual(await handedOver(world, world.workerId), [true]);
    assert.deepEqual(await handedOver(world, other), [false]);
    assert.equal((await claimOne(world, webhook)).attempt, 1);
    await releaseLane(world, webhook);
    assert.deepEqual(await handedOver(world, other), [true]);
    assert.deepEqual(await handedOver(world, world.workerId), [false]);
    await assertCountersEqualRows(world);
  });

  test(name("nothing is handed over past what waits in the store"), async (t) => {
    const world = await setup(t, factory);
    if (!world.store.capabilities.isShared) return; // the engine knows what waits
    const webhook = await addWebhook(world);
    const first = await publishOne(world);
    assert.deepEqual(await handedOver(world, world.workerId), [false]);
    const claimed = await claim(world, webhook);
    assert.deepEqual([claimed.length, claimed[0]?.id], [2, first]);
    assert.deepEqual(await handedOver(world, world.workerId), [true]);
  });

  test(name("an unregistered worker owns no lane"), async (t) => {
    const world = await setup(t, factory);
    if (!world.store.capabilities.isShared) return; // one process has every lane
    await addWebhook(world);
    assert.deepEqual(await handedOver(world, world.newWorkerId()), [false]);
  });

  test(
    name("a worker that was silent for too long is dead for good, and its lanes and leases are others'"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, clock } = world;
      if (!store.capabilities.isShared) return; // a worker is as alive as its process
      const webhook = await addWebhook(world);
      const eventId = await publishOne(world);
      const silent = await newWorker(world);
      const [leased] = await claim(world, webhook, { workerId: silent });
      assert.ok(leased);
      clock.advance(DEAD_AFTER_MS - 1);
      assert.equal(await store.heartbeat({ workerId: silent }), true);
      clock.advance(DEAD_AFTER_MS - 1);
      assert.deepEqual(await overdue(world), []);
      assert.deepEqual(await claim(world, webhook), []);
      clock.advance(1);
      assert.deepEqual(await overdue(world), [silent]);
      assert.deepEqual(await store.takeOverLeases({ limit: 10 }), { takenOver: 0, more: false }, "nobody says so");
      const dead = await heartbeatsOf(world, silent);
      assert.deepEqual(await store.takeOverLeases({ limit: 10, silent: dead }), { takenOver: 1, more: false });
      const late = await store.settleAttempts({ workerId: silent, settlements: [success(leased)] });
      assert.deepEqual(late.late, [eventId]);
      const again = await claimOne(world, webhook);
      assert.deepEqual([again.id, again.attempt], [eventId, 2]);
      assert.equal(await store.heartbeat({ workerId: silent }), false);
      const { workers } = await store.systemFigures({ tenantsMax: 1 });
      assert.deepEqual(
        workers.map(({ id }) => id),
        [world.workerId],
      );
      await settle(world, failed(again, { retryInMs: null }));
      assert.equal((await readEvent(world, eventId)).status, "FAILED");
      await assertCountersEqualRows(world);
    },
  );

  test(name("a lane of a worker that went is anybody's at once"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publish(world, { messages: [message(), message()] });
    const gone = await newWorker(world);
    const [leased] = await claim(world, webhook, { workerId: gone, room: 1 });
    assert.ok(leased);
    await world.store.settleAttempts({ workerId: gone, settlements: [success(leased)] });
    await world.store.removeWorker({ workerId: gone });
    assert.equal((await claim(world, webhook)).length, 1);
  });

  test(
    name("a heartbeat that comes late, after an outage for all, keeps what its worker holds unless it was taken over"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, clock } = world;
      if (!store.capabilities.isShared) return; // a worker is as alive as its process
      const webhook = await addWebhook(world);
      await publishOne(world);
      const late = await newWorker(world);
      const [leased] = await claim(world, webhook, { workerId: late });
      assert.ok(leased);
      clock.advance(3 * DEAD_AFTER_MS);
      assert.deepEqual(await claim(world, webhook), [], "nobody has declared it dead");
      const silent = await heartbeatsOf(world, late);
      assert.equal(await store.heartbeat({ workerId: late }), true);
      assert.deepEqual(await store.takeOverLeases({ limit: 10, silent }), { takenOver: 0, more: false });
      assert.deepEqual((await store.settleAttempts({ workerId: late, settlements: [success(leased)] })).late, []);
    },
  );

  test(name("a worker that takes no lanes finds, claims and is handed over what it owns alone"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock, workerId } = world;
    if (!store.capabilities.isShared) return; // one process has every lane
    const webhook = await addWebhook(world);
    await publishOne(world);
    const terms = { workerId, takesLanes: false };
    const lanes = [{ tenant: world.tenant, webhookId: webhook.id, room: 9 }];
    const due = await store.findDueLanes({ limit: 9, cursor: null, ...terms });
    assert.deepEqual([due.lanes, due.nextDueAt], [[], null]);
    assert.deepEqual(await store.claimDue({ ...terms, lanes, bytesMax: 1_000_000 }), []);
    assert.deepEqual(await store.laneShares({ workerId }), { own: 0, all: 0, workers: 1 });
    clock.advance(2_000);
    const leftAlone = await store.findDueLanes({ limit: 9, cursor: null, ...terms });
    assert.deepEqual(leftAlone.lanes, [{ tenant: world.tenant, webhookId: webhook.id }], "nobody else has taken it");
    assert.equal((await store.claimDue({ ...terms, lanes, bytesMax: 1_000_000 })).length, 1);
    const other = await newWorker(world);
    assert.deepEqual(await store.laneShares({ workerId }), { own: 1, all: 1, workers: 2 });
    assert.deepEqual(await store.laneShares({ workerId: other }), { own: 0, all: 1, workers: 2 });
    const place = { role: "api", host: "b", pid: 3 };
    await store.registerWorker({ workerId: world.newWorkerId(), ...place });
    assert.equal((await store.laneShares({ workerId })).workers, 2, "who does not deliver has no share");
    clock.advance(10_000);
    await store.heartbeat({ workerId });
    assert.equal((await store.laneShares({ workerId })).workers, 1, "who is silent takes nothing at present");
    const lease = { ...terms, exceptWebhookIds: [] };
    const [own] = (await publish(world, { lease })).flatMap(({ events }) => events);
    assert.deepEqual([own?.isLeased, own?.isElsewhere], [true, false]);
    await releaseLane(world, webhook);
    const [free] = (await publish(world, { lease })).flatMap(({ events }) => events);
    assert.deepEqual([free?.isLeased, free?.isElsewhere], [false, false]);
    assert.equal((await claim(world, webhook, { workerId: other })).length, 1);
    const [others] = (await publish(world, { lease })).flatMap(({ events }) => events);
    assert.deepEqual([others?.isLeased, others?.isElsewhere], [false, true]);
    const [unoffered] = (await publish(world, { lease: null })).flatMap(({ events }) => events);
    assert.deepEqual([unoffered?.isLeased, unoffered?.isElsewhere], [false, false], "nobody asked whose it is");
  });
}

async function newWorker(world: World): Promise<WorkerId> {
  const workerId = world.newWorkerId();
  const place = { role: "worker", host: "b", pid: 2, deadAfterMs: DEAD_AFTER_MS };
  await world.store.registerWorker({ workerId, ...place });
  return workerId;
}

/** Who was silent for too long by the clock of the store. */
async function overdue({ store }: World): Promise<WorkerId[]> {
  return (await store.heartbeats()).filter(({ isOverdue }) => isOverdue).map(({ workerId }) => workerId);
}

async function heartbeatsOf({ store }: World, workerId: WorkerId): Promise<Silent[]> {
  return (await store.heartbeats()).filter((worker) => worker.workerId === workerId);
}

async function dueFor({ store }: World, workerId: WorkerId): Promise<string[]> {
  const { lanes } = await store.findDueLanes({ limit: 10, cursor: null, workerId });
  return lanes.map(({ webhookId }) => webhookId);
}

/** Publishes one message and tells which of its events were leased to the worker. */
async function handedOver(world: World, workerId: WorkerId): Promise<boolean[]> {
  const published = await publish(world, { lease: { workerId, exceptWebhookIds: [] } });
  return published.flatMap(({ events }) => events.map(({ isLeased }) => isLeased));
}
