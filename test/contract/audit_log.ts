/** Reading the audit log: filters, pages and the chain of its rows. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditFilter } from "../../src/store/audit_log.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import { ACTOR, addWebhook, HOUR_MS, newTenant, setup } from "./world.ts";

const PAGE = { limit: 50, page: 1, cursor: null };
const NO_FILTER: AuditFilter = { actor: null, action: null, target: null, from: null, to: null };
const OTHER = { ...ACTOR, name: "other", keyId: "key_other" as typeof ACTOR.keyId };

/** Registers the tests of this topic for one implementation. */
export function auditLogContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("the audit log is filtered by actor, action, target and time, and counted"), async (t) => {
    const world = await setup(t, factory);
    const { first, second, startMs } = await history(world);
    const find = async (filter: Partial<AuditFilter>) => {
      const { items, total } = await world.store.listAudit({
        ...PAGE,
        tenant: world.tenant,
        filter: { ...NO_FILTER, ...filter },
      });
      assert.equal(total, items.length);
      return items.map((entry) => [entry.action, entry.target.id]);
    };
    const created = (id: string) => ["webhook.create", id];
    const updated = (id: string) => ["webhook.update", id];
    const all = [updated(first.id), updated(second.id), created(second.id), created(first.id)];
    assert.deepEqual(await find({}), all);
    assert.deepEqual(await find({ actor: "other" }), [updated(second.id)]);
    assert.deepEqual(await find({ actor: "key_other" }), [updated(second.id)]);
    assert.deepEqual(await find({ actor: "oth" }), []);
    assert.deepEqual(await find({ action: "webhook.update" }), [updated(first.id), updated(second.id)]);
    assert.deepEqual(await find({ action: "webhook." }), all);
    assert.deepEqual(await find({ action: "webhook" }), []);
    assert.deepEqual(await find({ target: first.id }), [updated(first.id), created(first.id)]);
    assert.deepEqual(await find({ target: first.id, action: "webhook.create" }), [created(first.id)]);
    assert.deepEqual(await find({ from: startMs + HOUR_MS }), [updated(first.id), updated(second.id)]);
    assert.deepEqual(await find({ to: startMs + HOUR_MS }), [created(second.id), created(first.id)]);
    assert.deepEqual(await find({ from: startMs + HOUR_MS, to: startMs + 2 * HOUR_MS }), [updated(second.id)]);
  });

  test(
    name("pages of the audit log follow each other by cursor and by number, with and without a filter"),
    async (t) => {
      const world = await setup(t, factory);
      await history(world);
      for (const filter of [NO_FILTER, { ...NO_FILTER, action: "webhook." }]) {
        const params = { limit: 3, page: 1, cursor: null, tenant: world.tenant, filter };
        const first = await world.store.listAudit(params);
        assert.deepEqual([first.items.length, first.total, first.totalIsAtLeast], [3, 4, false]);
        const second = await world.store.listAudit({ ...params, cursor: first.nextCursor });
        assert.deepEqual([second.items.length, second.nextCursor], [1, null]);
        assert.deepEqual(await world.store.listAudit({ ...params, page: 2 }), second);
        assert.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 4);
      }
    },
  );

  test(name("what a clock that was set back wrote is found by its time"), async (t) => {
    const world = await setup(t, factory);
    const startMs = world.clock.nowMs;
    const first = await addWebhook(world);
    world.clock.advance(-HOUR_MS);
    const second = await addWebhook(world);
    const list = (filter: Partial<AuditFilter>) =>
      world.store.listAudit({ ...PAGE, tenant: world.tenant, filter: { ...NO_FILTER, ...filter } });
    const targets = async (filter: Partial<AuditFilter>) => (await list(filter)).items.map(({ target }) => target.id);
    assert.deepEqual(await targets({}), [first.id, second.id]);
    assert.deepEqual(await targets({ to: startMs }), [second.id]);
    assert.deepEqual(await targets({ from: startMs }), [first.id]);
    const chain = await world.store.checkAuditChain({ tenant: world.tenant, after: null, limit: 10 });
    assert.deepEqual(chain, { intact: 2, brokenAt: null, next: null });
  });

  test(name("the chain of a tenant is checked in slices, and each tenant's for itself"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    await history(world);
    const stranger = await newTenant(store, "TEST");
    const [newest] = (await store.listAudit({ ...PAGE, limit: 1, tenant })).items;
    const first = await store.checkAuditChain({ tenant, after: null, limit: 3 });
    assert.deepEqual([first.intact, first.brokenAt], [3, null]);
    const second = await store.checkAuditChain({ tenant, after: first.next, limit: 1 });
    assert.deepEqual([second.intact, second.next?.hash], [1, newest?.hash]);
    const third = await store.checkAuditChain({ tenant, after: second.next, limit: 1 });
    assert.deepEqual(third, { intact: 0, brokenAt: null, next: null });
    const none = await store.checkAuditChain({ tenant: stranger, after: null, limit: 10 });
    assert.deepEqual(none, { intact: 0, brokenAt: null, next: null });
    const ofNoTenant = await store.checkAuditChain({ tenant: null, after: null, limit: 10 });
    assert.deepEqual(ofNoTenant, { intact: 2, brokenAt: null, next: null });
  });

  test(name("a row that does not follow the one before is where the chain is broken"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    await history(world);
    const { next } = await store.checkAuditChain({ tenant, after: null, limit: 2 });
    assert.ok(next);
    const rows = (await store.listAudit({ ...PAGE, tenant })).items.toReversed();
    const forged = { ...next, hash: "00".repeat(32) };
    const broken = await store.checkAuditChain({ tenant, after: forged, limit: 10 });
    assert.deepEqual(broken, { intact: 0, brokenAt: rows[2]?.id, next: null });
  });

  test(name("a test event is in the audit log, a message of the platform is not"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const message = {
      topic: "SIGNER",
      action: "CREATED",
      msgNature: "SUCCESS",
      content: '{"signerId":"canary-content"}',
      error: null,
      searchValues: ["canary-content"],
      traceParent: null,
    } as const;
    const publish = { tenant, messages: [message], idempotency: null, lease: null };
    await store.publish({ ...publish, test: null });
    const tested = await store.publish({ ...publish, test: { webhookId: webhook.id, actor: ACTOR } });
    assert.equal(tested.kind, "created");
    const { items } = await store.listAudit({ ...PAGE, tenant });
    assert.deepEqual(
      items.map(({ action, target }) => [action, target.id]),
      [
        ["webhook.test", webhook.id],
        ["webhook.create", webhook.id],
      ],
    );
    assert.deepEqual(JSON.parse(items[0]?.after ?? ""), { events: [tested.messages[0]?.events[0]?.id] });
    assert.ok(!JSON.stringify(items).includes("canary"));
  });
}

/** Two webhooks, made at once and changed by different actors, an hour apart each. */
async function history(world: World) {
  const startMs = world.clock.nowMs;
  const [first, second] = [await addWebhook(world), await addWebhook(world)];
  world.clock.advance(HOUR_MS);
  const change = { description: "changed" };
  await world.store.updateWebhook({ tenant: world.tenant, webhookId: second.id, change, actor: OTHER });
  world.clock.advance(HOUR_MS);
  await world.store.updateWebhook({ tenant: world.tenant, webhookId: first.id, change, actor: ACTOR });
  return { first, second, startMs };
}
