/** Resending settled events. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoreFactory } from "./store_factory.ts";
import {
  ACTOR,
  addWebhook,
  assertCountersEqualRows,
  claimOne,
  failed,
  newTenant,
  publishOne,
  readEvent,
  resend,
  settle,
  setup,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function resendingContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a resend makes a settled event PENDING and due now with a fresh schedule; numbers go on"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await settle(world, failed(await claimOne(world, webhook)));
    world.clock.advance(5_000);
    await settle(world, failed(await claimOne(world, webhook)));
    assert.equal((await readEvent(world, eventId)).retriesUsed, 1);
    world.clock.advance(1_000);
    assert.equal(await resend(world, { webhookId: webhook.id, eventId }), "resent");
    const event = await readEvent(world, eventId);
    assert.deepEqual(
      [event.status, event.nextAttemptAt, event.retriesUsed, event.attemptCount],
      ["PENDING", world.clock.nowMs, 0, 2],
    );
    const leased = await claimOne(world, webhook);
    assert.deepEqual(
      [leased.attempt, leased.trigger, leased.triggeredBy, leased.retriesUsed],
      [3, "RESEND", "tester", 0],
    );
    await settle(world, failed(leased));
    world.clock.advance(5_000);
    const retry = await claimOne(world, webhook);
    assert.deepEqual([retry.trigger, retry.triggeredBy, retry.retriesUsed], ["AUTO", null, 1]);
    await settle(world, success(retry));
    const found = await world.store.getEvent({ tenant: world.tenant, webhookId: null, eventId });
    assert.deepEqual(
      found?.attempts.map(({ number, trigger, triggeredBy }) => [number, trigger, triggeredBy]),
      [
        [1, "AUTO", null],
        [2, "AUTO", null],
        [3, "RESEND", "tester"],
        [4, "AUTO", null],
      ],
    );
    await assertCountersEqualRows(world);
  });

  test(name("a resend is refused while the event is PENDING or an attempt of it runs"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const event = { webhookId: webhook.id, eventId };
    assert.equal(await resend(world, event), "alreadyPending");
    const leased = await claimOne(world, webhook);
    assert.equal(await resend(world, event), "alreadyPending");
    await settle(world, failed(leased));
    world.clock.advance(5_000);
    await claimOne(world, webhook);
    assert.equal((await readEvent(world, eventId)).status, "FAILED");
    assert.equal(await resend(world, event), "alreadyPending");
  });

  test(name("of two resends at the same time one is made"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await settle(world, success(await claimOne(world, webhook)));
    const event = { webhookId: webhook.id, eventId };
    const results = await Promise.all([resend(world, event), resend(world, event)]);
    assert.deepEqual(results.toSorted(), ["alreadyPending", "resent"]);
    await assertCountersEqualRows(world);
  });

  test(name("a resend is refused on a disabled webhook, of erased content, and of what is not there"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [webhook, other] = [await addWebhook(world), await addWebhook(world)];
    await publishOne(world);
    const leased = await claimOne(world, webhook);
    await settle(world, success(leased));
    const event = { webhookId: webhook.id, eventId: leased.id };
    assert.equal(await resend(world, { ...event, webhookId: other.id }), "notFound");
    const foreign = await newTenant(store, "TEST");
    assert.equal(await resend({ ...world, tenant: foreign }, event), "notFound");
    const update = (isDisabled: boolean) =>
      store.updateWebhook({ tenant, webhookId: webhook.id, change: { isDisabled }, actor: ACTOR });
    await update(true);
    assert.equal(await resend(world, event), "webhookDisabled");
    await update(false);
    const { messageId } = await readEvent(world, event.eventId);
    await store.eraseContent({ tenant, messageId, actor: ACTOR });
    assert.equal(await resend(world, event), "contentErased");
    await store.deleteWebhook({ tenant, webhookId: webhook.id, actor: ACTOR });
    assert.equal(await resend(world, event), "notFound");
  });

  test(name("a resend is audited"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await settle(world, success(await claimOne(world, webhook)));
    await resend(world, { webhookId: webhook.id, eventId });
    const page = { tenant: world.tenant, limit: 1, page: 1, cursor: null };
    const [entry] = (await world.store.listAudit(page)).items;
    assert.deepEqual(
      [entry?.action, entry?.target, entry?.actor],
      ["event.resend", { kind: "event", id: eventId }, ACTOR],
    );
  });
}
