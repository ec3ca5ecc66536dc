/** What becomes of the events of deleted webhooks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoreFactory } from "./store_factory.ts";
import {
  ACTOR,
  FIRST_PAGE,
  NO_FILTER,
  addWebhook,
  assertCountersEqualRows,
  claim,
  claimOne,
  failed,
  message,
  publish,
  publishOne,
  readEvent,
  settle,
  setup,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function deletedWebhooksContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(
    name("waiting events of a deleted webhook fail as WEBHOOK_DELETED, in steps; others are left alone"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, tenant } = world;
      const [doomed, kept] = [await addWebhook(world), await addWebhook(world)];
      await publish(world, { messages: Array.from({ length: 5 }, () => message()) });
      const [retried] = await claim(world, doomed, { room: 1 });
      assert.ok(retried);
      await settle(world, failed(retried));
      await store.deleteWebhook({ tenant, webhookId: doomed.id, actor: ACTOR });
      assert.deepEqual(await claim(world, doomed), []);
      assert.deepEqual(await store.failEventsOfDeletedWebhooks({ limit: 3 }), { failed: 3, more: true });
      assert.deepEqual(await store.failEventsOfDeletedWebhooks({ limit: 3 }), { failed: 2, more: false });
      assert.deepEqual(await store.failEventsOfDeletedWebhooks({ limit: 3 }), { failed: 0, more: false });
      const { events, total } = await store.listEvents({
        tenant,
        webhookId: null,
        filter: { ...NO_FILTER, code: "WEBHOOK_DELETED" },
        ...FIRST_PAGE,
      });
      assert.equal(total, 5);
      for (const event of events) {
        assert.deepEqual([event.webhookId, event.status, event.nextAttemptAt], [doomed.id, "FAILED", null]);
      }
      assert.equal((await claim(world, kept)).length, 5);
      await assertCountersEqualRows(world);
    },
  );

  test(name("an attempt under way when its webhook is deleted ends as it ends, without a retry"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    await publish(world, { messages: [message(), message()] });
    const [first, second] = await claim(world, webhook);
    assert.ok(first && second);
    await store.deleteWebhook({ tenant, webhookId: webhook.id, actor: ACTOR });
    await settle(world, success(first), failed(second));
    assert.equal((await readEvent(world, first.id)).status, "SUCCESS");
    const event = await readEvent(world, second.id);
    assert.deepEqual([event.status, event.nextAttemptAt, event.lastCode], ["FAILED", null, "TIMEOUT_RESPONSE"]);
    assert.deepEqual(await store.failEventsOfDeletedWebhooks({ limit: 9 }), { failed: 0, more: false });
    await assertCountersEqualRows(world);
  });

  test(name("a lease given back after its webhook was deleted fails as WEBHOOK_DELETED"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, workerId } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    await store.deleteWebhook({ tenant, webhookId: webhook.id, actor: ACTOR });
    await store.releaseLeases({ workerId, leases: [{ tenant, eventId, attempt: 1 }] });
    const event = await readEvent(world, eventId);
    assert.deepEqual([event.status, event.nextAttemptAt, event.lastCode], ["FAILED", null, "WEBHOOK_DELETED"]);
    assert.equal(event.attemptCount, 0);
    await assertCountersEqualRows(world);
  });

  test(name("the history of a deleted webhook stays readable through its messages and events"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const [published] = await publish(world);
    assert.ok(published);
    const leased = await claimOne(world, webhook);
    await settle(world, success(leased));
    await store.deleteWebhook({ tenant, webhookId: webhook.id, actor: ACTOR });
    const [stored] = await store.getMessages({ tenant, messageIds: [published.id] });
    assert.deepEqual(stored?.events, [{ id: leased.id, webhookId: webhook.id, status: "SUCCESS" }]);
    const found = await store.getEvent({ tenant, webhookId: null, eventId: leased.id });
    assert.equal(found?.attempts.length, 1);
  });
}
