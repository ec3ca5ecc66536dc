/** Applications, API keys, the audit log and the feed of changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyId } from "../../src/ids.ts";
import type { NewApiKey } from "../../src/store/tenancy.ts";
import type { StoreFactory } from "./store_factory.ts";
import { ACTOR, DAY_MS, addWebhook, newTenant, setup, sha256 } from "./world.ts";

const PAGE = { limit: 2, page: 1, cursor: null };

/** Registers the tests of this topic for one implementation. */
export function tenancyContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("an application has its four environments, and its id is taken once"), async (t) => {
    const { store, clock } = await setup(t, factory);
    const application = { appId: "appId_1", appName: "One", orgId: "org_1" };
    const created = await store.createApplication({ ...application, actor: ACTOR });
    assert.deepEqual(created, { kind: "created", application: { ...application, createdAt: clock.nowMs } });
    const again = { ...application, appName: "Other", actor: ACTOR };
    assert.deepEqual(await store.createApplication(again), { kind: "exists" });
    assert.deepEqual(await store.findApplication({ appId: "appId_1" }), { ...application, createdAt: clock.nowMs });
    assert.equal(await store.findApplication({ appId: "appId_2" }), null);
    const tenants = await Promise.all(
      (["DEVELOPMENT", "TEST", "STAGING", "PRODUCTION"] as const).map((appEnv) =>
        store.findTenant({ appId: "appId_1", appEnv }),
      ),
    );
    assert.equal(new Set(tenants.map((tenant) => tenant?.tenant)).size, 4);
    assert.deepEqual(tenants[1], { ...application, appEnv: "TEST", tenant: tenants[1]?.tenant });
    assert.equal(await store.findTenant({ appId: "appId_2", appEnv: "TEST" }), null);
  });

  test(name("applications are listed newest first, by cursor and by page alike"), async (t) => {
    const { store } = await setup(t, factory);
    for (const appId of ["a", "b", "c"])
      await store.createApplication({ appId, appName: appId, orgId: null, actor: ACTOR });
    const first = await store.listApplications(PAGE);
    assert.deepEqual([first.items.map(({ appId }) => appId), first.total], [["c", "b"], 4]);
    const byCursor = await store.listApplications({ ...PAGE, cursor: first.nextCursor });
    assert.equal(byCursor.items[0]?.appId, "a");
    assert.equal(byCursor.nextCursor, null);
    assert.deepEqual(await store.listApplications({ ...PAGE, page: 2 }), byCursor);
  });

  test(name("a key is found by its hash and by its id, with its tenant, until it is revoked for good"), async (t) => {
    const { store, tenant, clock } = await setup(t, factory);
    const expiresAt = clock.nowMs + 1;
    const created = await store.createApiKey({ key: newKey("one", { tenant, expiresAt }), actor: ACTOR });
    assert.equal(created.kind, "created");
    const { key } = created;
    assert.deepEqual([key.tenant?.tenant, key.scopes, key.expiresAt], [tenant, ["webhooks", "tokens"], expiresAt]);
    assert.equal(key.createdBy, ACTOR.name);
    clock.advance(DAY_MS);
    assert.deepEqual(await store.findApiKey({ hash: sha256("one") }), key);
    assert.deepEqual(await store.findApiKey({ id: key.id }), key);
    const stranger = await newTenant(store, "TEST");
    assert.equal(await store.revokeApiKey({ keyId: key.id, tenant: stranger, actor: ACTOR }), null);
    assert.equal(await store.revokeApiKey({ keyId: key.id, tenant: null, actor: ACTOR }), null);
    assert.equal((await store.revokeApiKey({ keyId: key.id, tenant, actor: ACTOR }))?.id, key.id);
    assert.equal(await store.revokeApiKey({ keyId: key.id, tenant, actor: ACTOR }), null);
    assert.equal(await store.findApiKey({ hash: sha256("one") }), null);
    assert.equal(await store.findApiKey({ id: key.id }), null);
    const again = await store.createApiKey({ key: newKey("one", { tenant }), actor: ACTOR });
    assert.deepEqual(again, { kind: "exists" });
  });

  test(
    name("keys are listed newest first: a tenant's own, or those of no tenant; revoked ones are left out"),
    async (t) => {
      const { store, tenant } = await setup(t, factory);
      for (const text of ["a", "b", "c", "d"])
        await store.createApiKey({ key: newKey(text, { tenant }), actor: ACTOR });
      await store.createApiKey({ key: newKey("p", { kind: "platform" }), actor: ACTOR });
      const revoked = await store.findApiKey({ hash: sha256("c") });
      assert.ok(revoked);
      await store.revokeApiKey({ keyId: revoked.id, tenant, actor: ACTOR });
      const first = await store.listApiKeys({ ...PAGE, tenant });
      assert.deepEqual([first.items.map((key) => key.name), first.total], [["d", "b"], 3]);
      const second = await store.listApiKeys({ ...PAGE, tenant, cursor: first.nextCursor });
      assert.deepEqual([second.items.map((key) => key.name), second.nextCursor], [["a"], null]);
      assert.deepEqual(await store.listApiKeys({ ...PAGE, tenant, page: 2 }), second);
      const platform = await store.listApiKeys({ ...PAGE, tenant: null });
      assert.deepEqual(
        platform.items.map(({ kind, tenant: owner }) => [kind, owner]),
        [["platform", null]],
      );
    },
  );

  test(name("the last use of a key is noted"), async (t) => {
    const { store, tenant, clock } = await setup(t, factory);
    const created = await store.createApiKey({ key: newKey("one", { tenant }), actor: ACTOR });
    assert.equal(created.kind, "created");
    const { id: keyId, lastUsedAt } = created.key;
    assert.equal(lastUsedAt, null);
    await store.touchApiKeys({ uses: [{ keyId, at: clock.nowMs, ip: "192.0.2.9", network: null }] });
    const used = await store.findApiKey({ id: keyId });
    assert.deepEqual([used?.lastUsedAt, used?.lastUsedIp], [clock.nowMs, "192.0.2.9"]);
    assert.deepEqual([used?.networks, used?.newNetworkAt], [[], null]);
  });

  test(name("a key is used from a new network when that is neither of the two that are known"), async (t) => {
    const { store, tenant, clock } = await setup(t, factory);
    const created = await store.createApiKey({ key: newKey("one", { tenant }), actor: ACTOR });
    assert.equal(created.kind, "created");
    const { id: keyId, networks, newNetworkAt } = created.key;
    assert.deepEqual([networks, newNetworkAt], [[], null]);
    const start = clock.nowMs;
    for (const [network, known, changedAt] of [
      ["a/24", ["a/24"], null],
      ["a/24", ["a/24"], null],
      ["b/24", ["b/24", "a/24"], start + 3],
      ["a/24", ["a/24", "b/24"], start + 3],
      [null, ["a/24", "b/24"], start + 3],
      ["b/24", ["b/24", "a/24"], start + 3],
      ["c/24", ["c/24", "b/24"], start + 7],
    ] as const) {
      clock.advance(1);
      await store.touchApiKeys({ uses: [{ keyId, at: clock.nowMs, ip: null, network }] });
      const used = await store.findApiKey({ id: keyId });
      assert.deepEqual([used?.networks, used?.newNetworkAt], [known, changedAt], `${clock.nowMs - start}`);
    }
  });

  test(name("the operator has one key: another one revokes it, and the former one can come back"), async (t) => {
    const { store } = await setup(t, factory);
    const key = (text: string) => ({ hash: sha256(text), prefix: text });
    const isLive = async (text: string): Promise<boolean> => (await store.findApiKey({ hash: sha256(text) })) !== null;
    const first = { ...key("one"), onlyIfNone: true };
    assert.deepEqual(await store.setOperatorKey(first), { isSet: true });
    assert.deepEqual(await store.setOperatorKey({ ...key("another"), onlyIfNone: true }), { isSet: false });
    assert.equal((await store.findApiKey({ hash: sha256("one") }))?.kind, "operator");
    const platform = await store.createApiKey({ key: newKey("p", { kind: "platform" }), actor: ACTOR });
    await store.setOperatorKey(key("one"));
    await store.setOperatorKey(key("two"));
    assert.deepEqual([await isLive("one"), await isLive("two"), await isLive("p")], [false, true, true]);
    await store.setOperatorKey(key("one"));
    assert.deepEqual([await isLive("one"), await isLive("two")], [true, false]);
    assert.equal(platform.kind, "created");
    await assert.rejects(store.setOperatorKey(key("p")), { code: "API_KEY_ALREADY_EXISTS" });
  });

  test(name("the demo is claimed once"), async (t) => {
    const { store } = await setup(t, factory);
    const claims = await Promise.all([store.claimDemo(), store.claimDemo(), store.claimDemo()]);
    assert.deepEqual(claims.filter(Boolean), [true]);
    assert.equal(await store.claimDemo(), false);
  });

  test(
    name("the operator's key is not among the platform's: it is neither listed nor revoked with them"),
    async (t) => {
      const { store } = await setup(t, factory);
      await store.setOperatorKey({ hash: sha256("one"), prefix: "one" });
      const operator = await store.findApiKey({ hash: sha256("one") });
      assert.ok(operator);
      assert.deepEqual((await store.listApiKeys({ ...PAGE, tenant: null })).items, []);
      assert.equal(await store.revokeApiKey({ keyId: operator.id, tenant: null, actor: ACTOR }), null);
      assert.notEqual(await store.findApiKey({ hash: sha256("one") }), null);
    },
  );

  test(name("the audit log tells who did what, newest first, each tenant's own, in pages"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world, { headers: [["X-Key", "hidden-value"]] });
    world.clock.advance(1_000);
    const target = { tenant, webhookId: webhook.id, actor: ACTOR };
    await store.updateWebhook({ ...target, change: { description: "new" } });
    await store.deleteWebhook(target);
    const first = await store.listAudit({ ...PAGE, tenant });
    assert.deepEqual(
      first.items.map(({ action }) => action),
      ["webhook.delete", "webhook.update"],
    );
    const second = await store.listAudit({ ...PAGE, tenant, cursor: first.nextCursor });
    assert.deepEqual(
      second.items.map(({ action }) => action),
      ["webhook.create"],
    );
    assert.equal(second.nextCursor, null);
    const [, update] = first.items;
    assert.deepEqual([update?.actor, update?.at, update?.tenant], [ACTOR, world.clock.nowMs, tenant]);
    assert.equal(JSON.parse(update?.before ?? "")?.description, "");
    assert.equal(JSON.parse(update?.after ?? "")?.description, "new");
    assert.ok(!JSON.stringify([...first.items, ...second.items]).includes("hidden-value"));
    const ofNone = await store.listAudit({ ...PAGE, tenant: null });
    assert.deepEqual(
      ofNone.items.map(({ action }) => action),
      ["application.create"],
    );
  });

  test(name("a malformed cursor is refused by name"), async (t) => {
    const { store, tenant } = await setup(t, factory);
    await assert.rejects(store.listAudit({ ...PAGE, tenant, cursor: "!!" }), { code: "CURSOR_INVALID" });
    await assert.rejects(store.listApplications({ ...PAGE, cursor: "eA" }), { code: "CURSOR_INVALID" });
  });

  test(name("changes of webhooks and keys are announced in the order of their commits"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const { changes: none, seq } = await store.changesSince({ seq: null });
    assert.deepEqual(none, []);
    const { id: webhookId } = await addWebhook(world);
    const created = await store.createApiKey({ key: newKey("one", { tenant }), actor: ACTOR });
    const keyId: KeyId | null = created.kind === "created" ? created.key.id : null;
    assert.ok(keyId);
    await store.updateWebhook({ tenant, webhookId, change: { description: "x" }, actor: ACTOR });
    await store.revokeApiKey({ keyId, tenant, actor: ACTOR });
    const { changes, seq: last } = await store.changesSince({ seq });
    assert.deepEqual(
      changes.map(({ seq: _seq, ...change }) => change),
      [
        { kind: "webhook", webhookId },
        { kind: "apiKey", keyId },
        { kind: "webhook", webhookId },
        { kind: "apiKey", keyId },
      ],
    );
    assert.equal(changes.at(-1)?.seq, last);
    assert.deepEqual(await store.changesSince({ seq: last }), { changes: [], seq: last });
    assert.equal((await store.changesSince({ seq: null })).seq, last);
  });
}

function newKey(text: string, change: Partial<NewApiKey>): NewApiKey {
  const key = { kind: "tenant", tenant: null, name: text, scopes: ["webhooks", "tokens"], prefix: text } as const;
  return { ...key, hash: sha256(text), expiresAt: null, ...change };
}
