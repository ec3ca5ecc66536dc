/** Opening, closing, and what survives it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreUnavailable } from "../../src/store/store.ts";
import type { StoreFactory } from "./store_factory.ts";
import {
  addWebhook,
  assertCountersEqualRows,
  claimOne,
  publish,
  publishOne,
  publishRaw,
  readEvent,
  settle,
  setup,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function durabilityContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("everything is there after a restart, and the secrets still open"), async (t) => {
    const world = await setup(t, factory);
    const { tenant } = world;
    const webhook = await addWebhook(world, { headers: [["X-Key", "value"]] });
    const [published] = await publish(world);
    assert.ok(published);
    const before = {
      webhooks: await world.store.listWebhooks({ tenant }),
      settings: await world.store.deliverySettings({ webhookIds: [webhook.id] }),
      messages: await world.store.getMessages({ tenant, messageIds: [published.id] }),
    };
    const store = await world.reopen();
    assert.deepEqual(
      {
        webhooks: await store.listWebhooks({ tenant }),
        settings: await store.deliverySettings({ webhookIds: [webhook.id] }),
        messages: await store.getMessages({ tenant, messageIds: [published.id] }),
      },
      before,
    );
  });

  test(name("what was asked for before the closing is committed"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    const publishes = Array.from({ length: 50 }, () => publish(world));
    const store = await world.reopen();
    const ids = (await Promise.all(publishes)).flatMap((published) => published.map(({ id }) => id));
    assert.equal((await store.getMessages({ tenant: world.tenant, messageIds: ids })).length, 50);
    await assertCountersEqualRows(world);
  });

  test(name("a process that starts alone takes over every lease of the one before"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    const store = await world.reopen();
    if (store.capabilities.isShared) return; // there, the old worker is dead only when its heartbeat is overdue
    assert.equal(await store.heartbeat({ workerId: world.workerId }), false);
    world.workerId = world.newWorkerId();
    await store.registerWorker({ workerId: world.workerId, role: "all", host: "test", pid: 2 });
    assert.deepEqual(await store.takeOverLeases({ limit: 9 }), { takenOver: 1, more: false });
    const leased = await claimOne(world, webhook);
    assert.deepEqual([leased.id, leased.attempt], [eventId, 2]);
    await settle(world, success(leased));
    assert.equal((await readEvent(world, eventId)).status, "SUCCESS");
  });

  test(name("a closed store refuses calls as unavailable, and closing twice is fine"), async (t) => {
    const world = await setup(t, factory);
    await world.store.ping();
    await Promise.all([world.store.close(), world.store.close()]);
    await assert.rejects(publishRaw(world), StoreUnavailable);
    await assert.rejects(world.store.ping(), StoreUnavailable);
    await assert.rejects(world.store.listWebhooks({ tenant: world.tenant }), StoreUnavailable);
  });
}
