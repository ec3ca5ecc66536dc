/** Leasing due events, fencing, and giving leases back. */
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
  newTenant,
  publish,
  publishOne,
  readEvent,
  releaseLane,
  settle,
  setup,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function leasingContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(
    name("a claim leases due events with the next number, and leaves status and due time as they are"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world);
      const eventId = await publishOne(world);
      world.clock.advance(1_000);
      const leased = await claimOne(world, webhook);
      assert.deepEqual(
        [leased.id, leased.attempt, leased.status, leased.retriesUsed, leased.trigger, leased.dueAt],
        [eventId, 1, "PENDING", 0, "AUTO", world.clock.nowMs - 1_000],
      );
      const stored = await readEvent(world, eventId);
      assert.deepEqual([stored.status, stored.attemptCount, stored.nextAttemptAt], ["PENDING", 1, leased.dueAt]);
    },
  );

  test(name("two claims at the same time never get the same event"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const published = await publish(world, { messages: Array.from({ length: 40 }, () => message()) });
    const other = world.newWorkerId();
    await world.store.registerWorker({ workerId: other, role: "worker", host: "b", pid: 2 });
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        claim(world, webhook, { room: 7, workerId: at % 2 === 0 ? world.workerId : other }),
      ),
    );
    for (const workerId of [world.workerId, other]) await releaseLane(world, webhook, workerId);
    const rest = await claim(world, webhook, { workerId: other });
    const got = [...claims.flat(), ...rest].map(({ id }) => id);
    assert.equal(new Set(got).size, got.length);
    assert.deepEqual(got.toSorted(), published.flatMap(({ events }) => events.map(({ id }) => id)).toSorted());
  });

  test(
    name("a claim takes the oldest due first, no more than there is room for, and nothing that is not due"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world);
      const ids = [await publishOne(world), await publishOne(world), await publishOne(world)];
      const [first] = await claim(world, webhook, { room: 1 });
      assert.ok(first);
      await settle(world, failed(first, { retryInMs: 5_000 }));
      assert.deepEqual(
        (await claim(world, webhook, { room: 1 })).map(({ id }) => id),
        [ids[1]],
      );
      assert.deepEqual(
        (await claim(world, webhook, { room: 9 })).map(({ id }) => id),
        [ids[2]],
      );
      world.clock.advance(4_999);
      assert.deepEqual(await claim(world, webhook), []);
      world.clock.advance(1);
      const retried = await claimOne(world, webhook);
      assert.deepEqual([retried.id, retried.attempt, retried.status, retried.retriesUsed], [ids[0], 2, "FAILED", 1]);
    },
  );

  test(name("a claim ends at its bytes of content, with at least one event"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const content = `{"text":"${"x".repeat(990)}"}`;
    await publish(world, { messages: Array.from({ length: 5 }, () => message({ content })) });
    assert.equal((await claim(world, webhook, { bytesMax: 1 })).length, 1);
    assert.equal((await claim(world, webhook, { bytesMax: 1_002 })).length, 2);
    assert.equal((await claim(world, webhook, { bytesMax: 1_000_000 })).length, 2);
  });

  test(
    name("webhooks with something due are found, the longest due first, in pages, and the next due time"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, clock } = world;
      assert.deepEqual(await store.findDueLanes({ limit: 10, cursor: null }), {
        lanes: [],
        nextCursor: null,
        nextDueAt: null,
      });
      const webhooks = [];
      for (let made = 0; made < 3; made++) {
        const tenant = await newTenant(store, "TEST");
        webhooks.push(await addWebhook({ ...world, tenant }));
        await publish({ ...world, tenant });
        clock.advance(10);
      }
      const lanes = webhooks.map(({ tenant, id }) => ({ tenant, webhookId: id }));
      const first = await store.findDueLanes({ limit: 2, cursor: null });
      assert.deepEqual(first.lanes, lanes.slice(0, 2));
      const second = await store.findDueLanes({ limit: 2, cursor: first.nextCursor });
      assert.deepEqual([second.lanes, second.nextCursor], [lanes.slice(2), null]);
      const [one] = webhooks;
      assert.ok(one);
      const leased = await claimOne({ ...world, tenant: one.tenant }, one);
      await settle(world, failed(leased, { retryInMs: 7_000 }));
      const after = await store.findDueLanes({ limit: 10, cursor: null });
      assert.deepEqual([after.lanes, after.nextDueAt], [lanes.slice(1), clock.nowMs + 7_000]);
    },
  );

  test(name("a disabled webhook is not found and not claimed from until it is enabled"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const before = await readEvent(world, eventId);
    await store.updateWebhook({ tenant, webhookId: webhook.id, change: { isDisabled: true }, actor: ACTOR });
    assert.deepEqual((await store.findDueLanes({ limit: 10, cursor: null })).lanes, []);
    assert.deepEqual(await claim(world, webhook), []);
    assert.deepEqual(await readEvent(world, eventId), before);
    await store.updateWebhook({ tenant, webhookId: webhook.id, change: { isDisabled: false }, actor: ACTOR });
    assert.equal((await store.findDueLanes({ limit: 10, cursor: null })).lanes.length, 1);
    assert.equal((await claimOne(world, webhook)).id, eventId);
  });

  test(name("a claim names the right tenant, or gets nothing"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishOne(world);
    assert.deepEqual(await claim({ ...world, tenant: await newTenant(world.store, "TEST") }, webhook), []);
  });

  test(name("a lease given back returns its number, and the event is due as before"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const before = await readEvent(world, eventId);
    const leased = await claimOne(world, webhook);
    world.clock.advance(1_000);
    await world.store.releaseLeases({
      workerId: world.workerId,
      leases: [{ tenant: world.tenant, eventId, attempt: leased.attempt }],
    });
    assert.deepEqual(await readEvent(world, eventId), before);
    assert.equal((await world.store.findDueLanes({ limit: 10, cursor: null })).lanes.length, 1);
    assert.equal((await claimOne(world, webhook)).attempt, 1);
    await assertCountersEqualRows(world);
  });

  test(name("a worker that lost its lease changes nothing, neither by settling nor by releasing"), async (t) => {
    const world = await setup(t, factory);
    const { store, workerId } = world;
    const webhook = await addWebhook(world);
    await publishOne(world);
    const leased = await claimOne(world, webhook);
    const stranger = world.newWorkerId();
    const lost = [
      { workerId: stranger, settlement: success(leased) },
      { workerId, settlement: success(leased, { attempt: 2 }) },
    ];
    for (const { workerId: by, settlement } of lost) {
      const { late } = await store.settleAttempts({ workerId: by, settlements: [settlement] });
      assert.deepEqual(late, [leased.id]);
    }
    await store.releaseLeases({
      workerId: stranger,
      leases: [{ tenant: world.tenant, eventId: leased.id, attempt: 1 }],
    });
    assert.equal((await readEvent(world, leased.id)).attemptCount, 1);
    await settle(world, success(leased));
    const again = await store.settleAttempts({ workerId, settlements: [failed(leased)] });
    assert.deepEqual(again.late, [leased.id]);
    const found = await store.getEvent({ tenant: world.tenant, webhookId: null, eventId: leased.id });
    assert.deepEqual([found?.event.status, found?.attempts.length], ["SUCCESS", 1]);
    await assertCountersEqualRows(world);
  });
}
