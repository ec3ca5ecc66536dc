/** What application environments set for themselves, where it applies, and erasing contents before their messages go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnvironmentSettings } from "../../src/domain/environment_settings.ts";
import { DEFAULT_ENVIRONMENT_SETTINGS } from "../../src/domain/environment_settings.ts";
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
  readEvent,
  settle,
  setup,
  success,
} from "./world.ts";

const RETENTION_MS = 30 * DAY_MS;
const SETTINGS: EnvironmentSettings = {
  retrySchedule: [1_000, 60_000],
  timeoutMs: 5_000,
  isAutoDisabling: false,
  retentionMs: 7 * DAY_MS,
  contentRetentionMs: DAY_MS,
};

/** Registers the tests of this topic for one implementation. */
export function settingsContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(
    name("an environment that has set nothing has the defaults, and an update changes the given settings"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, tenant } = world;
      assert.deepEqual(await store.environmentSettings({ tenant }), DEFAULT_ENVIRONMENT_SETTINGS);
      assert.deepEqual(await update(world, SETTINGS), { kind: "updated", settings: SETTINGS });
      const change = { retrySchedule: [], timeoutMs: null };
      assert.deepEqual(await update(world, change), { kind: "updated", settings: { ...SETTINGS, ...change } });
      assert.deepEqual(await store.environmentSettings({ tenant }), { ...SETTINGS, ...change });
      assert.deepEqual(await (await world.reopen()).environmentSettings({ tenant }), { ...SETTINGS, ...change });
      const stranger = await newTenant(world.store, "TEST");
      assert.deepEqual(await world.store.environmentSettings({ tenant: stranger }), DEFAULT_ENVIRONMENT_SETTINGS);
    },
  );

  test(
    name("contents cannot be kept longer than their messages, by the environment's retention or the server's"),
    async (t) => {
      const world = await setup(t, factory);
      const outlives = (contentRetentionMs: number, retentionMs: number) => ({
        kind: "contentOutlivesMessage",
        contentRetentionMs,
        retentionMs,
      });
      const beyond = RETENTION_MS + 1;
      assert.deepEqual(await update(world, { contentRetentionMs: beyond }), outlives(beyond, RETENTION_MS));
      assert.equal((await update(world, { contentRetentionMs: RETENTION_MS })).kind, "updated");
      const shorter = RETENTION_MS - 1;
      assert.deepEqual(await update(world, { retentionMs: shorter }), outlives(RETENTION_MS, shorter));
      const { tenant } = world;
      assert.equal((await world.store.environmentSettings({ tenant })).retentionMs, null, "a refusal stores nothing");
      assert.equal((await update(world, { retentionMs: shorter, contentRetentionMs: shorter })).kind, "updated");
    },
  );

  test(name("a change of settings is audited with what was before and after, and announced"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const { seq } = await store.changesSince({ seq: null });
    await update(world, { timeoutMs: 6_000 });
    const [entry] = (await store.listAudit({ ...FIRST_PAGE, tenant })).items;
    assert.deepEqual([entry?.action, entry?.target.kind, entry?.actor], ["settings.update", "settings", ACTOR]);
    assert.match(entry?.target.id ?? "", /^appId_[0-9a-f-]{36}\/DEVELOPMENT$/);
    assert.deepEqual(JSON.parse(entry?.before ?? ""), DEFAULT_ENVIRONMENT_SETTINGS);
    assert.equal(JSON.parse(entry?.after ?? "").timeoutMs, 6_000);
    const { changes } = await store.changesSince({ seq });
    assert.deepEqual(
      changes.map(({ seq: _seq, ...change }) => change),
      [{ kind: "settings", tenant }],
    );
  });

  test(name("delivery settings are the webhook's, else its environment's, else left to the server"), async (t) => {
    const world = await setup(t, factory);
    const [own, open] = [await addWebhook(world, { retrySchedule: [], timeoutMs: 7_000 }), await addWebhook(world)];
    const read = async (webhook: typeof own): Promise<unknown> => {
      const [settings] = await world.store.deliverySettings({ webhookIds: [webhook.id] });
      return [settings?.retrySchedule, settings?.timeoutMs];
    };
    assert.deepEqual(await read(open), [null, null]);
    await update(world, SETTINGS);
    assert.deepEqual(await read(open), [SETTINGS.retrySchedule, SETTINGS.timeoutMs]);
    assert.deepEqual(await read(own), [[], 7_000]);
    const { store, tenant } = world;
    assert.equal((await store.findWebhook({ tenant, webhookId: open.id }))?.timeoutMs, null, "the webhook's own stays");
  });

  test(
    name("without the 5-day rule a webhook goes on failing; with it again, its next failure disables it"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world);
      await update(world, { isAutoDisabling: false });
      await publishOne(world);
      const fail = async (): Promise<boolean> => {
        await settle(world, failed(await claimOne(world, webhook), { retryInMs: DAY_MS }));
        world.clock.advance(DAY_MS);
        const { tenant } = world;
        return (await world.store.findWebhook({ tenant, webhookId: webhook.id }))?.isDisabled ?? true;
      };
      for (let day = 0; day < 12; day++) assert.equal(await fail(), false);
      await update(world, { isAutoDisabling: true });
      assert.equal(await fail(), true);
    },
  );

  test(name("without the 5-day rule a 410 disables its webhook all the same"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await update(world, { isAutoDisabling: false });
    await publishOne(world);
    await settle(world, failed(await claimOne(world, webhook), { disableAs: "GONE", retryInMs: null }));
    const { tenant } = world;
    assert.equal((await world.store.findWebhook({ tenant, webhookId: webhook.id }))?.disabledReason, "GONE");
  });

  test(name("retentions are listed in ascending steps, of every environment"), async (t) => {
    const world = await setup(t, factory);
    await update(world, { retentionMs: 7 * DAY_MS, contentRetentionMs: DAY_MS });
    const first = await world.store.listRetentions({ after: 0, limit: 3 });
    const second = await world.store.listRetentions({ after: first[2]?.tenant ?? 0, limit: 3 });
    assert.deepEqual([first.length, second.length], [3, 1]);
    const all = [...first, ...second];
    assert.deepEqual(
      all,
      all.toSorted((a, b) => a.tenant - b.tenant),
    );
    const { tenant } = world;
    assert.deepEqual(
      all.find((one) => one.tenant === tenant),
      { tenant, retentionMs: 7 * DAY_MS, contentRetentionMs: DAY_MS },
    );
    assert.equal(all.filter(({ retentionMs }) => retentionMs === null).length, 3);
  });

  test(
    name("old contents are erased from what has settled, step by step; what waits or is young keeps its own"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, tenant, clock } = world;
      const webhook = await addWebhook(world);
      const old = await publish(world, { messages: Array.from({ length: 5 }, () => message({ searchValues: ["v"] })) });
      const [done, lost, retried, running] = await claim(world, webhook, { room: 4 });
      assert.ok(done && lost && retried && running);
      const waits = failed(retried, { retryInMs: DAY_MS });
      await settle(world, success(done), failed(lost, { retryInMs: null }), waits);
      clock.advance(HOUR_MS);
      const before = clock.nowMs;
      const stranger = { ...world, tenant: await newTenant(store, "TEST") };
      await publish(world, { messages: [message({ searchValues: ["v"] })] });
      const erased: number[] = [];
      for (let cursor: string | null = null, more = true; more;) {
        const asked = { tenant, before, limit: 2, cursor };
        const step: Awaited<ReturnType<typeof store.eraseOldContents>> = await store.eraseOldContents(asked);
        erased.push(step.erased);
        cursor = step.nextCursor;
        more = cursor !== null;
      }
      assert.deepEqual(erased, [2, 0, 0]);
      const stored = await store.getMessages({ tenant, messageIds: old.map(({ id }) => id) });
      assert.deepEqual(
        stored.map(({ content, contentBytes }) => [content === null, contentBytes > 0]),
        [[true, false], [true, false], ...Array.from({ length: 3 }, () => [false, true])],
      );
      const found = await store.listEvents({
        ...FIRST_PAGE,
        tenant,
        webhookId: null,
        filter: { ...NO_FILTER, search: "v" },
      });
      assert.equal(found.total, 4, "erased contents are not found any more");
      assert.equal((await readEvent(world, done.id)).status, "SUCCESS");
      assert.deepEqual(
        await store.eraseOldContents({ tenant: stranger.tenant, before, limit: 9, cursor: null }),
        NOTHING,
      );
      await assertCountersEqualRows(world);
    },
  );

  test(name("a content that had to stay is erased once its event has settled"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    await publishOne(world);
    clock.advance(HOUR_MS);
    const step = { tenant, before: clock.nowMs, limit: 10, cursor: null };
    assert.deepEqual(await store.eraseOldContents(step), NOTHING);
    await settle(world, success(await claimOne(world, webhook)));
    assert.deepEqual(await store.eraseOldContents(step), { erased: 1, nextCursor: null });
    assert.deepEqual(await store.eraseOldContents(step), NOTHING);
  });

  test(name("an erased content is not at rest any more"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    await publish(world, { messages: [message({ content: '{"signerId":"private-text"}' })] });
    clock.advance(HOUR_MS);
    await store.eraseOldContents({ tenant, before: clock.nowMs, limit: 10, cursor: null });
    const dump = await world.dump();
    assert.ok(dump.includes("SIGNER"), "the dump has the message");
    assert.ok(!dump.includes("private-text"));
  });
}

const NOTHING = { erased: 0, nextCursor: null };

function update(world: World, change: Partial<EnvironmentSettings>) {
  const { store, tenant } = world;
  return store.updateEnvironmentSettings({ tenant, change, serverRetentionMs: RETENTION_MS, actor: ACTOR });
}
