/** What becomes of the leases of workers that died. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoreFactory } from "./store_factory.ts";
import {
  ACTOR,
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
  resend,
  settle,
  setup,
  success,
} from "./world.ts";
import type { LeasedEvent } from "../../src/store/delivery.ts";
import type { World } from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function takeOverContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a dead worker's attempt is ABANDONED and its event due at once under the next number"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    const leasedAt = world.clock.nowMs;
    const { workerId: dead } = world;
    world.clock.advance(9_000);
    await die(world);
    assert.deepEqual(await world.store.takeOverLeases({ limit: 10 }), { takenOver: 1, more: false });
    const found = await world.store.getEvent({ tenant: world.tenant, webhookId: null, eventId });
    assert.ok(found);
    const { event, attempts } = found;
    assert.deepEqual([event.status, event.lastCode, event.lastDurationMs], ["PENDING", "ABANDONED", null]);
    assert.ok(event.nextAttemptAt !== null && event.nextAttemptAt <= world.clock.nowMs, "it is due at once");
    const [attempt] = attempts;
    assert.deepEqual(
      [attempt?.number, attempt?.startedAt, attempt?.durationMs, attempt?.failure?.code, attempt?.response],
      [1, leasedAt, 0, "ABANDONED", null],
    );
    assert.equal(attempt?.workerId, dead, "not that of the worker that found it");
    const leased = await claimOne(world, webhook);
    assert.deepEqual([leased.attempt, leased.retriesUsed], [2, 0]);
    await assertCountersEqualRows(world);
  });

  test(name("an abandoned event keeps its place before what was published later"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const first = await publishOne(world);
    await claimOne(world, webhook);
    world.clock.advance(1_000);
    const second = await publishOne(world);
    await die(world);
    await world.store.takeOverLeases({ limit: 10 });
    const claimed = await claim(world, webhook);
    assert.deepEqual(
      claimed.map(({ id }) => id),
      [first, second],
    );
  });

  test(name("leases of living workers are left alone, and a dead worker's late outcome changes nothing"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publish(world, { messages: [message(), message()] });
    const living = world.newWorkerId();
    await world.store.registerWorker({ workerId: living, role: "worker", host: "b", pid: 2 });
    const [kept] = await claim(world, webhook, { room: 1, workerId: living });
    await releaseLane(world, webhook, living);
    const [lost] = await claim(world, webhook, { room: 1 });
    assert.ok(kept && lost);
    const dead = world.workerId;
    await die(world);
    assert.equal((await world.store.takeOverLeases({ limit: 10 })).takenOver, 1);
    const late = await world.store.settleAttempts({ workerId: dead, settlements: [success(lost)] });
    assert.deepEqual(late.late, [lost.id]);
    assert.deepEqual((await world.store.settleAttempts({ workerId: living, settlements: [success(kept)] })).late, []);
    assert.equal((await readEvent(world, lost.id)).status, "PENDING");
  });

  test(name("a heartbeat says whether the worker is still alive to the store"), async (t) => {
    const world = await setup(t, factory);
    assert.equal(await world.store.heartbeat({ workerId: world.workerId }), true);
    await world.store.removeWorker({ workerId: world.workerId });
    assert.equal(await world.store.heartbeat({ workerId: world.workerId }), false);
  });

  test(name("an abandoned automatic retry stays FAILED and counts as one retry when it is repeated"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await settle(world, failed(await claimOne(world, webhook)));
    world.clock.advance(5_000);
    await claimOne(world, webhook);
    await die(world);
    await world.store.takeOverLeases({ limit: 10 });
    assert.equal((await readEvent(world, eventId)).status, "FAILED");
    const repeated = await claimOne(world, webhook);
    assert.deepEqual([repeated.attempt, repeated.retriesUsed], [3, 1]);
    await settle(world, success(repeated));
    assert.equal((await readEvent(world, eventId)).retriesUsed, 1);
    await assertCountersEqualRows(world);
  });

  test(
    name("the third abandonment in a row is FAILED for good; an outcome between starts the count anew"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world);
      const eventId = await publishOne(world);
      const abandonOnce = async (): Promise<void> => {
        await begin(world, await claimOne(world, webhook));
        await die(world);
        await world.store.takeOverLeases({ limit: 10 });
      };
      await abandonOnce();
      await abandonOnce();
      await settle(world, failed(await claimOne(world, webhook), { retryInMs: 0 }));
      await abandonOnce();
      await abandonOnce();
      assert.notEqual((await readEvent(world, eventId)).nextAttemptAt, null);
      await abandonOnce();
      const event = await readEvent(world, eventId);
      assert.deepEqual([event.status, event.nextAttemptAt, event.attemptCount], ["FAILED", null, 6]);
      await assertCountersEqualRows(world);
      assert.equal(await resend(world, { webhookId: webhook.id, eventId }), "resent");
      await abandonOnce();
      assert.equal((await readEvent(world, eventId)).status, "PENDING");
      await assertCountersEqualRows(world);
    },
  );

  test(name("what only waited in the memory of dying workers is never out of chances"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    for (let death = 0; death < 5; death++) {
      await claimOne(world, webhook);
      await die(world);
      await world.store.takeOverLeases({ limit: 10 });
    }
    const event = await readEvent(world, eventId);
    assert.deepEqual(
      [event.status, event.attemptCount],
      ["PENDING", 1],
      "only the first death is recorded as ABANDONED",
    );
    await settle(world, success(await claimOne(world, webhook)));
    assert.equal((await readEvent(world, eventId)).status, "SUCCESS");
    await assertCountersEqualRows(world);
  });

  test(name("the begin of a repeated attempt whose lease is lost is refused"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishOne(world);
    const { workerId } = world;
    const leased = await claimOne(world, webhook);
    assert.equal(leased.isRepeat, false);
    await die(world);
    await world.store.takeOverLeases({ limit: 10 });
    const leases = [{ tenant: leased.tenant, eventId: leased.id, attempt: leased.attempt }];
    assert.deepEqual(await world.store.markBegun({ workerId, leases }), { lost: [leased.id] });
    const repeated = await claimOne(world, webhook);
    assert.equal(repeated.isRepeat, true);
    await begin(world, repeated);
  });

  test(name("an abandoned resend is repeated as the resend it was"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await settle(world, success(await claimOne(world, webhook)));
    await resend(world, { webhookId: webhook.id, eventId });
    await claimOne(world, webhook);
    await die(world);
    await world.store.takeOverLeases({ limit: 10 });
    const repeated = await claimOne(world, webhook);
    assert.deepEqual([repeated.trigger, repeated.triggeredBy], ["RESEND", "tester"]);
  });

  test(name("many leases are taken over in steps"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publish(world, { messages: Array.from({ length: 5 }, () => message()) });
    await claim(world, webhook, { room: 3 });
    await die(world);
    await claim(world, webhook, { room: 2 });
    await die(world);
    assert.deepEqual(await world.store.takeOverLeases({ limit: 2 }), { takenOver: 2, more: true });
    assert.deepEqual(await world.store.takeOverLeases({ limit: 2 }), { takenOver: 2, more: true });
    assert.deepEqual(await world.store.takeOverLeases({ limit: 2 }), { takenOver: 1, more: false });
    assert.deepEqual(await world.store.takeOverLeases({ limit: 2 }), { takenOver: 0, more: false });
    assert.equal((await claim(world, webhook)).length, 5);
  });

  test(name("an abandoned event of a deleted webhook is FAILED as WEBHOOK_DELETED"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    await world.store.deleteWebhook({ tenant: world.tenant, webhookId: webhook.id, actor: ACTOR });
    await die(world);
    await world.store.takeOverLeases({ limit: 10 });
    const event = await readEvent(world, eventId);
    assert.deepEqual([event.status, event.nextAttemptAt, event.lastCode], ["FAILED", null, "WEBHOOK_DELETED"]);
    await assertCountersEqualRows(world);
  });
}

/** The worker goes without settling; another one takes its place. */
async function die(world: World): Promise<void> {
  await world.store.removeWorker({ workerId: world.workerId });
  world.workerId = world.newWorkerId();
  await world.store.registerWorker({ workerId: world.workerId, role: "all", host: "test", pid: 1 });
}

/** Notes that sending begins, as the engine does for whatever was abandoned before. */
async function begin(world: World, { tenant, id, attempt }: LeasedEvent): Promise<void> {
  const leases = [{ tenant, eventId: id, attempt }];
  assert.deepEqual(await world.store.markBegun({ workerId: world.workerId, leases }), { lost: [] });
}
