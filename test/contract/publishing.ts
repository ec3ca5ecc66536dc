/** Publishing: what becomes of a message, and for which webhooks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { idTime, messageIdOf } from "../../src/ids.ts";
import type { StoreFactory } from "./store_factory.ts";
import {
  ACTOR,
  addWebhook,
  assertCountersEqualRows,
  claim,
  message,
  newTenant,
  publish,
  publishRaw,
  readEvent,
  setup,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function publishingContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a message becomes one PENDING event, due now, for each webhook of its tenant"), async (t) => {
    const world = await setup(t, factory);
    const [first, second] = [await addWebhook(world), await addWebhook(world)];
    const stranger = await newTenant(world.store, "PRODUCTION");
    await addWebhook({ ...world, tenant: stranger });
    const [published] = await publish(world);
    assert.ok(published);
    assert.equal(published.createdAt, world.clock.nowMs);
    assert.equal(idTime(published.id), world.clock.nowMs);
    assert.deepEqual(
      published.events.map(({ webhookId, status, isLeased, isElsewhere }) => ({
        webhookId,
        status,
        isLeased,
        isElsewhere,
      })),
      [first, second].map(({ id }) => ({ webhookId: id, status: "PENDING", isLeased: false, isElsewhere: false })),
    );
    for (const { id } of published.events) {
      assert.equal(messageIdOf(id), published.id);
      const event = await readEvent(world, id);
      assert.equal(event.nextAttemptAt, world.clock.nowMs);
      assert.equal(event.attemptCount, 0);
    }
    await assertCountersEqualRows(world);
  });

  test(name("a disabled webhook, a disabled topic and a disabled action get no event"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world, { isDisabled: true });
    await addWebhook(world, { disabledTopics: ["SIGNER"] });
    await addWebhook(world, { disabledActions: ["SIGNER.CREATED"] });
    const other = await addWebhook(world, {
      disabledTopics: ["DOCUMENT_REQUEST"],
      disabledActions: ["SIGNER.UPDATED"],
    });
    const [published] = await publish(world);
    assert.deepEqual(
      published?.events.map((event) => event.webhookId),
      [other.id],
    );
  });

  test(name("a message that no webhook takes is stored without events"), async (t) => {
    const world = await setup(t, factory);
    const [published] = await publish(world);
    assert.ok(published);
    assert.deepEqual(published.events, []);
    const [stored] = await world.store.getMessages({ tenant: world.tenant, messageIds: [published.id] });
    assert.equal(stored?.content, message().content);
  });

  test(
    name("a webhook made, changed or deleted just before is seen by the next publish of the same turn"),
    async (t) => {
      const world = await setup(t, factory);
      const { id: webhookId } = await addWebhook(world);
      const { store, tenant } = world;
      const [before, , none, , again, , gone] = await Promise.all([
        publish(world),
        store.updateWebhook({ tenant, webhookId, change: { isDisabled: true }, actor: ACTOR }),
        publish(world),
        store.updateWebhook({ tenant, webhookId, change: { isDisabled: false }, actor: ACTOR }),
        publish(world),
        store.deleteWebhook({ tenant, webhookId, actor: ACTOR }),
        publish(world),
      ]);
      assert.deepEqual(
        [before, none, again, gone].map(([published]) => published?.events.length),
        [1, 0, 1, 0],
      );
    },
  );

  test(name("content and error are kept byte for byte"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const content = '{"b":12345678901234567890,"a":1, "a":2,"z":"\\u0000\\ud800 ü🔑","n":1.0E+2}';
    const error = '{"message": "x","errorCode":"E"}';
    const [published] = await publish(world, { messages: [message({ content, error })] });
    assert.ok(published);
    const [stored] = await world.store.getMessages({ tenant: world.tenant, messageIds: [published.id] });
    assert.deepEqual([stored?.content, stored?.error], [content, error]);
    assert.equal(stored?.contentBytes, Buffer.byteLength(content));
    const [leased] = await claim(world, webhook);
    assert.deepEqual([leased?.content, leased?.error], [content, error]);
  });

  test(
    name("events handed over are born leased as attempt 1, but not those of the webhooks that are excepted"),
    async (t) => {
      const world = await setup(t, factory);
      const [free, full] = [await addWebhook(world), await addWebhook(world)];
      const lease = { workerId: world.workerId, exceptWebhookIds: [full.id] };
      const [published] = await publish(world, { lease });
      const [leased, waiting] = published?.events ?? [];
      assert.ok(leased && waiting);
      assert.deepEqual([leased.webhookId, leased.isLeased, leased.status], [free.id, true, "PENDING"]);
      assert.deepEqual([waiting.webhookId, waiting.isLeased], [full.id, false]);
      assert.equal((await readEvent(world, leased.id)).attemptCount, 1);
      assert.deepEqual(await claim(world, free), []);
      assert.deepEqual(
        (await claim(world, full)).map((event) => event.id),
        [waiting.id],
      );
    },
  );

  test(name("a batch keeps its order and is stored whole"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    const messages = Array.from({ length: 30 }, (_, at) => message({ content: `{"at":${at}}` }));
    const published = await publish(world, { messages });
    const ids = published.map(({ id }) => id);
    assert.deepEqual([...ids].sort(), ids);
    const stored = await world.store.getMessages({ tenant: world.tenant, messageIds: ids });
    assert.deepEqual(
      stored.map(({ content }) => content),
      messages.map(({ content }) => content),
    );
  });

  test(name("a batch may result in 10,000 events and not in one more"), async (t) => {
    const world = await setup(t, factory);
    for (let made = 0; made < 100; made++) await addWebhook(world);
    const messages = Array.from({ length: 101 }, () => message());
    assert.deepEqual(await publishRaw(world, { messages }), { kind: "tooManyEvents", count: 10_100 });
    const nothing = await world.store.listMessages({ tenant: world.tenant, filter: { ...NO_MESSAGE_FILTER }, ...PAGE });
    assert.equal(nothing.total, 0);
    const published = await publish(world, { messages: messages.slice(1) });
    assert.equal(published.flatMap(({ events }) => events).length, 10_000);
    await assertCountersEqualRows(world);
  });

  test(name("ids follow the order of commits even when the clock goes back"), async (t) => {
    const world = await setup(t, factory);
    const [first] = await publish(world);
    world.clock.advance(-60_000);
    const [second] = await publish(world);
    assert.ok(first && second);
    assert.ok(second.id > first.id);
    assert.equal(second.createdAt, idTime(second.id));
  });

  test(name("a test goes to its webhook alone, whatever topics it has disabled, and says who asked"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    const webhook = await addWebhook(world, { disabledTopics: ["SIGNER"] });
    const [published] = await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
    assert.deepEqual(
      published?.events.map((event) => event.webhookId),
      [webhook.id],
    );
    const [leased] = await claim(world, webhook);
    assert.deepEqual([leased?.isTest, leased?.trigger, leased?.triggeredBy], [true, "TEST", "tester"]);
    assert.deepEqual((await world.store.findWebhook({ tenant: null, webhookId: webhook.id }))?.stats, {
      pending: 0,
      success: 0,
      failed: 0,
    });
    await assertCountersEqualRows(world);
  });

  test(name("a test of a disabled, deleted or foreign webhook stores nothing"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const disabled = await addWebhook(world, { isDisabled: true });
    const deleted = await addWebhook(world);
    await store.deleteWebhook({ tenant, webhookId: deleted.id, actor: ACTOR });
    const foreign = await addWebhook({ ...world, tenant: await newTenant(store, "TEST") });
    const kinds: string[] = [];
    for (const { id } of [disabled, deleted, foreign]) {
      kinds.push((await publishRaw(world, { test: { webhookId: id, actor: ACTOR } })).kind);
    }
    assert.deepEqual(kinds, ["webhookDisabled", "webhookGone", "webhookGone"]);
    assert.equal((await store.listMessages({ tenant, filter: NO_MESSAGE_FILTER, ...PAGE })).total, 0);
  });
}

const PAGE = { limit: 10, page: 1, cursor: null };
const NO_MESSAGE_FILTER = {
  topic: null,
  action: null,
  msgNature: null,
  from: null,
  to: null,
  isTest: null,
  search: null,
};
