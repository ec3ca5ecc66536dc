/** Erasing payloads, deleting old messages, and what has its own expiry. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { messageIdOf } from "../../src/ids.ts";
import type { PublishedMessage } from "../../src/store/delivery.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import {
  ACTOR,
  DAY_MS,
  FIRST_PAGE,
  HOUR_MS,
  NO_FILTER,
  addWebhook,
  assertCountersEqualRows,
  claim,
  claimOne,
  failed,
  message,
  newTenant,
  publish,
  publishOne,
  publishRaw,
  readEvent,
  settle,
  setup,
  sha256,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function retentionContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;
  oldDaysContract(factory);

  test(name("erasing removes content, error and search values, keeps the history, and fails what waits"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [done, waiting] = [await addWebhook(world), await addWebhook(world)];
    const [published] = await publish(world, {
      messages: [
        message({ content: '{"a":"private-text"}', error: '{"m":"private-text"}', searchValues: ["private-id"] }),
      ],
      idempotency: { key: "key-1", route: "message", bodyHash: sha256("b") },
    });
    assert.ok(published);
    await settle(world, success(await claimOne(world, done)));
    const { seq } = await store.changesSince({ seq: null });
    assert.equal(await store.eraseContent({ tenant, messageId: published.id, actor: ACTOR }), true);
    assert.partialDeepStrictEqual((await store.changesSince({ seq })).changes, [
      { kind: "content", tenant, messageId: published.id },
    ]);
    const [stored] = await store.getMessages({ tenant, messageIds: [published.id] });
    assert.deepEqual([stored?.content, stored?.contentBytes, stored?.error], [null, 0, null]);
    const states = new Map<string, unknown>();
    for (const { id, webhookId } of published.events) {
      const { status, nextAttemptAt, lastCode } = await readEvent(world, id);
      states.set(webhookId, [status, nextAttemptAt, lastCode]);
    }
    assert.deepEqual(states.get(done.id), ["SUCCESS", null, "200"]);
    assert.deepEqual(states.get(waiting.id), ["FAILED", null, "CONTENT_ERASED"]);
    assert.equal((await find(world, "private-id")).total, 0);
    assert.equal((await find(world, "key-1")).total, 2);
    await assertCountersEqualRows(world);
    assert.equal(await store.eraseContent({ tenant, messageId: published.id, actor: ACTOR }), true);
    const { items } = await store.listAudit({ tenant, limit: 9, page: 1, cursor: null });
    assert.equal(items.filter(({ action }) => action === "message.erase").length, 1);
  });

  test(name("erasing lets an attempt under way end, and its retry comes without content"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const leased = await claimOne(world, webhook);
    await store.eraseContent({ tenant, messageId: messageIdOf(eventId), actor: ACTOR });
    await settle(world, failed(leased));
    world.clock.advance(5_000);
    assert.equal((await claimOne(world, webhook)).content, null);
  });

  test(name("erasing what is not there, or another tenant's, is told so"), async (t) => {
    const world = await setup(t, factory);
    const [published] = await publish(world);
    assert.ok(published);
    const stranger = await newTenant(world.store, "TEST");
    const target = { messageId: published.id, actor: ACTOR };
    assert.equal(await world.store.eraseContent({ tenant: stranger, ...target }), false);
  });

  test(name("old messages go with all that hangs on them, and the counters equal the rows"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const old = await publish(world, { messages: Array.from({ length: 5 }, () => message({ searchValues: ["v"] })) });
    await settle(world, ...(await claim(world, webhook)).map((event, at) => (at < 2 ? success(event) : lost(event))));
    const [first] = old;
    const eventId = first?.events[0]?.id;
    assert.ok(first && eventId);
    await store.consumeToken({ tenant, eventId, attempt: 1 });
    world.clock.advance(HOUR_MS);
    const before = world.clock.nowMs;
    const [kept] = await publish(world, { messages: [message({ searchValues: ["v"] })] });
    assert.ok(kept);
    assert.deepEqual(await store.pruneMessages({ tenant, before, limit: 100, cursor: null }), {
      deleted: 5,
      nextCursor: null,
    });
    assert.equal(await store.getEvent({ tenant, webhookId: null, eventId }), null);
    const all = await store.getMessages({ tenant, messageIds: [...old.map(({ id }) => id), kept.id] });
    assert.deepEqual(
      all.map(({ id }) => id),
      [kept.id],
    );
    assert.equal((await find(world, "v")).total, 1);
    assert.deepEqual(await store.consumeToken({ tenant, eventId, attempt: 1 }), { kind: "notFound" });
    assert.deepEqual((await store.findWebhook({ tenant, webhookId: webhook.id }))?.stats, {
      pending: 1,
      success: 0,
      failed: 0,
    });
    await assertCountersEqualRows(world);
  });

  test(name("a message of which an event waits or is under way stays, whatever its age"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    await publish(world, { messages: Array.from({ length: 4 }, () => message()) });
    const [done, retried] = await claim(world, webhook, { room: 3 });
    assert.ok(done && retried);
    await settle(world, success(done), failed(retried, { retryInMs: 90 * DAY_MS }));
    clock.advance(60 * DAY_MS);
    const { deleted } = await store.pruneMessages({ tenant, before: clock.nowMs, limit: 100, cursor: null });
    assert.equal(deleted, 1);
    const { messages } = await store.listMessages({ tenant, filter: noMessageFilter(), ...FIRST_PAGE });
    assert.equal(messages.length, 3);
    await assertCountersEqualRows(world);
  });

  test(name("pruning goes on behind what it had to leave, step by step, in its own tenant"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const stranger = { ...world, tenant: await newTenant(store, "TEST") };
    await publish(stranger);
    const webhook = await addWebhook(world);
    await publish(world, { messages: Array.from({ length: 3 }, () => message()) });
    await store.updateWebhook({ tenant, webhookId: webhook.id, change: { isDisabled: true }, actor: ACTOR });
    await publish(world, { messages: Array.from({ length: 4 }, () => message()) });
    clock.advance(DAY_MS);
    const steps: number[] = [];
    let cursor: string | null = null;
    do {
      const step = { tenant, before: clock.nowMs, limit: 2, cursor };
      const pruned: { deleted: number; nextCursor: string | null } = await store.pruneMessages(step);
      steps.push(pruned.deleted);
      cursor = pruned.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(steps, [0, 1, 2, 1]);
    const left = await store.listMessages({ tenant: stranger.tenant, filter: noMessageFilter(), ...FIRST_PAGE });
    assert.equal(left.total, 1);
  });

  test(name("expired keys, tokens, statistics, changes and secrets go in steps, and nothing younger"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    await publishRaw(world, { idempotency: { key: "k", route: "message", bodyHash: sha256("b") } });
    const leased = await claimOne(world, webhook);
    await store.consumeToken({ tenant, eventId: leased.id, attempt: 1 });
    await settle(world, success(leased));
    const rotation = { tenant, webhookId: webhook.id, secret: "whsec_x", overlapMs: HOUR_MS, actor: ACTOR };
    await store.rotateSecret(rotation);
    const expire = (limit: number) => store.pruneExpired({ limit, statsBefore: clock.nowMs - DAY_MS });
    clock.advance(HOUR_MS - 1);
    assert.deepEqual(await expire(100), { deleted: 0, more: false });
    clock.advance(10 * DAY_MS);
    const { more } = await expire(2);
    assert.equal(more, true);
    let last = await expire(100);
    assert.deepEqual([last.deleted > 0, last.more], [true, false]);
    last = await expire(100);
    assert.deepEqual(last, { deleted: 0, more: false });
    const live = await store.revealSecrets({ tenant, webhookId: webhook.id, actor: ACTOR });
    assert.equal(live?.length, 1);
  });
}

/** What days that are over come to. */
function oldDaysContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("an old day goes in one piece, with all that hangs on it and its share of the counters"), async (t) => {
    const world = await setup(t, factory);
    if (!world.store.capabilities.isCutByDay) return; // there, messages go one by one
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const old = await publishSettled(world, webhook, { count: 4, value: "old" });
    world.clock.advance(3 * DAY_MS);
    const [young] = await publishSettled(world, webhook, { count: 1, value: "young" });
    assert.deepEqual(await dropOldDays(world, 2 * DAY_MS), "none");
    const { messages } = await store.listMessages({ tenant, filter: noMessageFilter(), ...FIRST_PAGE });
    assert.deepEqual(
      messages.map(({ id }) => id),
      [young?.id],
    );
    const eventId = old[0]?.events[0]?.id;
    assert.ok(eventId);
    assert.equal(await store.getEvent({ tenant, webhookId: null, eventId }), null);
    assert.equal((await find(world, "old")).total, 0);
    assert.equal((await find(world, "young")).total, 1);
    assert.equal((await store.findWebhook({ tenant, webhookId: webhook.id }))?.stats.success, 1);
    await assertCountersEqualRows(world);
  });

  test(name("what waits, and what an environment keeps longer, stays when the rest of its day goes"), async (t) => {
    const world = await setup(t, factory);
    const { store } = world;
    if (!store.capabilities.isCutByDay) return; // there, messages go one by one
    const keeping = { ...world, tenant: await newTenant(store, "TEST") };
    const change = { retentionMs: 365 * DAY_MS };
    const target = { tenant: keeping.tenant, actor: ACTOR };
    await store.updateEnvironmentSettings({ ...target, change, serverRetentionMs: DAY_MS });
    const [webhook, kept] = [await addWebhook(world), await addWebhook(keeping)];
    await publishSettled(keeping, kept, { count: 1, value: "kept" });
    await publishSettled(world, webhook, { count: 20, value: "gone" });
    const waiting = await publishOne(world, { searchValues: ["waiting"] });
    world.clock.advance(3 * DAY_MS);
    assert.equal(await dropOldDays(world, 2 * DAY_MS), "none");
    assert.equal((await find(world, "gone")).total, 0);
    assert.equal((await find(world, "waiting")).total, 1);
    const { events } = await find(keeping, "kept");
    const [event] = events;
    assert.ok(event);
    const found = await store.getEvent({ tenant: keeping.tenant, webhookId: kept.id, eventId: event.id });
    assert.equal(found?.attempts.length, 1);
    await assertCountersEqualRows(world);
    const leased = await claimOne(world, webhook);
    assert.equal(leased.id, waiting);
    await settle(world, success(leased));
    await assertCountersEqualRows(world);
  });

  test(name("a day of which much has to stay is left whole, and so is one that is within retention"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    if (!store.capabilities.isCutByDay) return; // there, messages go one by one
    const webhook = await addWebhook(world);
    await publishSettled(world, webhook, { count: 20, value: "v" });
    assert.equal(await store.dropOldDay({ retentionMs: DAY_MS }), "none");
    await publish(world, { messages: Array.from({ length: 3 }, () => message()) });
    world.clock.advance(3 * DAY_MS);
    assert.equal(await dropOldDays(world, 2 * DAY_MS), "none");
    const { total } = await store.listMessages({ tenant, filter: noMessageFilter(), ...FIRST_PAGE });
    assert.equal(total, 23);
    await assertCountersEqualRows(world);
  });
}

/** Publishes and delivers messages that are found by a value. */
async function publishSettled(
  world: World,
  webhook: Parameters<typeof claim>[1],
  { count, value }: { count: number; value: string },
): Promise<PublishedMessage[]> {
  const messages = Array.from({ length: count }, () => message({ searchValues: [value] }));
  const published = await publish(world, { messages });
  await settle(world, ...(await claim(world, webhook)).map((event) => success(event)));
  return published;
}

/** Until nothing more goes. */
async function dropOldDays(world: World, retentionMs: number): Promise<string> {
  for (;;) {
    const what = await world.store.dropOldDay({ retentionMs });
    if (what !== "dropped") return what;
  }
}

function lost(event: Parameters<typeof failed>[0]): ReturnType<typeof failed> {
  return failed(event, { retryInMs: null });
}

function noMessageFilter() {
  return { topic: null, action: null, msgNature: null, from: null, to: null, isTest: null, search: null };
}

function find(world: World, search: string) {
  const { tenant } = world;
  return world.store.listEvents({ tenant, webhookId: null, filter: { ...NO_FILTER, search }, ...FIRST_PAGE });
}
