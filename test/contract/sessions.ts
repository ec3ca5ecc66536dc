/** Sessions of the console: each stands for a live key, and ends with it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyId } from "../../src/ids.ts";
import { SESSION_IDLE_MS, SESSION_USE_NOTED_MS, SESSIONS_PER_KEY_MAX } from "../../src/store/sessions.ts";
import type { NewApiKey } from "../../src/store/tenancy.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import { ACTOR, HOUR_MS, newTenant, setup, sha256 } from "./world.ts";

const TTL_MS = 12 * HOUR_MS;
const USE_EVERY_MS = 29 * 60_000;
const PRUNE = { limit: 100, statsBefore: 0 };

/** Registers the tests of this topic for one implementation. */
export function sessionsContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a session is found by its hash with its key, until it ends"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock } = world;
    const keyId = await newKey(world);
    const session = await begin(world, keyId, "one");
    assert.deepEqual(
      [session.createdAt, session.expiresAt, session.ip, session.userAgent],
      [clock.nowMs, clock.nowMs + TTL_MS, ACTOR.ip, "a browser"],
    );
    const found = await store.findSession({ hash: sha256("one") });
    assert.deepEqual(found, { session, key: await store.findApiKey({ id: keyId }) });
    await useFor(world, ["one"], TTL_MS - 1);
    assert.equal((await store.findSession({ hash: sha256("one") }))?.session.id, session.id);
    assert.equal(await store.findSession({ hash: sha256("two") }), null);
    clock.advance(1);
    assert.equal(await store.findSession({ hash: sha256("one") }), null);
  });

  test(name("a session that is not used for 30 minutes ends, and no use brings it back"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock } = world;
    const hash = sha256("one");
    const { createdAt } = await begin(world, await newKey(world), "one");
    clock.advance(SESSION_IDLE_MS - 1);
    assert.equal((await store.findSession({ hash }))?.session.lastSeenAt, createdAt);
    await store.touchSession({ hash });
    clock.advance(SESSION_IDLE_MS - 1);
    assert.equal((await store.findSession({ hash }))?.session.lastSeenAt, createdAt + SESSION_IDLE_MS - 1);
    clock.advance(1);
    assert.equal(await store.findSession({ hash }), null);
    await store.touchSession({ hash });
    assert.equal(await store.findSession({ hash }), null);
  });

  test(name("a use of a session is noted once a minute"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock } = world;
    const hash = sha256("one");
    const { createdAt } = await begin(world, await newKey(world), "one");
    clock.advance(SESSION_USE_NOTED_MS - 1);
    await store.touchSession({ hash });
    assert.equal((await store.findSession({ hash }))?.session.lastSeenAt, createdAt);
    clock.advance(1);
    await store.touchSession({ hash });
    assert.equal((await store.findSession({ hash }))?.session.lastSeenAt, createdAt + SESSION_USE_NOTED_MS);
  });

  test(name("a session is deleted once, for good"), async (t) => {
    const world = await setup(t, factory);
    const { store } = world;
    await begin(world, await newKey(world), "one");
    assert.equal(await store.deleteSession({ hash: sha256("two"), actor: ACTOR }), false);
    assert.equal(await store.deleteSession({ hash: sha256("one"), actor: ACTOR }), true);
    assert.equal(await store.deleteSession({ hash: sha256("one"), actor: ACTOR }), false);
    assert.equal(await store.findSession({ hash: sha256("one") }), null);
  });

  test(
    name("a session ends with its key: at its expiry, and at its revocation even if the key comes back"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, clock, tenant } = world;
      const expiring = await newKey(world, { expiresAt: clock.nowMs + HOUR_MS });
      const session = await begin(world, expiring, "expiring");
      assert.equal(session.expiresAt, clock.nowMs + HOUR_MS);
      const revoked = await newKey(world);
      await begin(world, revoked, "revoked");
      await store.revokeApiKey({ keyId: revoked, tenant, actor: ACTOR });
      assert.equal(await store.findSession({ hash: sha256("revoked") }), null);
      await useFor(world, ["expiring"], HOUR_MS);
      assert.equal(await store.findSession({ hash: sha256("expiring") }), null);
      const operator = (text: string) => store.setOperatorKey({ hash: sha256(text), prefix: text });
      await operator("first");
      await begin(world, (await store.findApiKey({ hash: sha256("first") }))?.id, "operator");
      await operator("second");
      await operator("first");
      assert.equal(await store.findSession({ hash: sha256("operator") }), null);
    },
  );

  test(name("a key that is revoked or expired by now begins no session"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock, tenant } = world;
    const revoked = await newKey(world);
    await store.revokeApiKey({ keyId: revoked, tenant, actor: ACTOR });
    const expired = await newKey(world, { expiresAt: clock.nowMs + 1 });
    clock.advance(1);
    for (const keyId of [revoked, expired]) {
      assert.deepEqual(await store.createSession(newSession(keyId, "one")), { kind: "keyGone" });
    }
    assert.equal(await store.findSession({ hash: sha256("one") }), null);
  });

  test(name("a session replaces the one that the same browser had, in one step"), async (t) => {
    const world = await setup(t, factory);
    const { store } = world;
    const [first, second] = [await newKey(world), await newKey(world)];
    await begin(world, first, "one");
    await store.createSession({ ...newSession(second, "two"), replaces: sha256("one") });
    assert.equal(await store.findSession({ hash: sha256("one") }), null);
    assert.equal((await store.findSession({ hash: sha256("two") }))?.key.id, second);
  });

  test(name("a key has up to its number of sessions: one more ends the oldest"), async (t) => {
    const world = await setup(t, factory);
    const { store } = world;
    const [keyId, other] = [await newKey(world), await newKey(world)];
    await begin(world, other, "other");
    for (let no = 0; no < SESSIONS_PER_KEY_MAX; no++) await begin(world, keyId, String(no));
    const isLive = async (text: string) => (await store.findSession({ hash: sha256(text) })) !== null;
    assert.deepEqual([await isLive("0"), await isLive("1")], [true, true]);
    await begin(world, keyId, "more");
    assert.deepEqual(
      [await isLive("0"), await isLive("1"), await isLive("more"), await isLive("other")],
      [false, true, true, true],
    );
  });

  test(name("the beginning and the end of a session are in the audit log of its key's tenant"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const keyId = await newKey(world);
    const session = await begin(world, keyId, "one");
    await store.deleteSession({ hash: sha256("one"), actor: ACTOR });
    const { items } = await store.listAudit({ limit: 2, page: 1, cursor: null, tenant });
    const { name: keyName, kind } = (await store.findApiKey({ id: keyId })) ?? {};
    assert.deepEqual(
      items.map(({ action, target, actor }) => [action, target, actor]),
      [
        ["session.delete", { kind: "session", id: session.id }, { ...ACTOR, kind, keyId, name: keyName }],
        ["session.create", { kind: "session", id: session.id }, ACTOR],
      ],
    );
  });

  test(name("a tenant whose session is replaced learns nothing of the other tenant's key"), async (t) => {
    const world = await setup(t, factory);
    const { store } = world;
    const own = await newKey(world);
    await begin(world, own, "one");
    const other = await newKey({ ...world, tenant: await newTenant(store, "TEST") });
    const actor = { ...ACTOR, kind: "tenant", keyId: other, name: "the other's key" } as const;
    await store.createSession({ ...newSession(other, "two"), replaces: sha256("one"), actor });
    const [ended] = (await store.listAudit({ limit: 1, page: 1, cursor: null, tenant: world.tenant })).items;
    assert.deepEqual([ended?.action, ended?.actor.keyId, ended?.actor.ip], ["session.delete", own, ACTOR.ip]);
    assert.notEqual(ended?.actor.name, actor.name);
  });

  test(name("expired sessions are removed, live ones stay"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock } = world;
    const keyId = await newKey(world);
    await begin(world, keyId, "one");
    clock.advance(1);
    await begin(world, keyId, "two");
    await useFor(world, ["two"], TTL_MS - 1);
    await store.pruneExpired(PRUNE); // whatever else is old
    assert.equal((await store.findSession({ hash: sha256("two") }))?.key.id, keyId);
    assert.equal(await store.deleteSession({ hash: sha256("one"), actor: ACTOR }), false);
  });
}

async function newKey({ store, tenant }: World, change: Partial<NewApiKey> = {}): Promise<KeyId> {
  const text = String(keysMade++);
  const key = { kind: "tenant", tenant, name: text, scopes: ["webhooks"], prefix: text } as const;
  const created = await store.createApiKey({
    key: { ...key, hash: sha256(text), expiresAt: null, ...change },
    actor: ACTOR,
  });
  assert.equal(created.kind, "created");
  return created.key.id;
}

let keysMade = 0;

function newSession(keyId: KeyId, text: string) {
  return { hash: sha256(text), keyId, ttlMs: TTL_MS, userAgent: "a browser", replaces: null, actor: ACTOR };
}

/** Time goes by, and the sessions are used every 29 minutes. */
async function useFor({ store, clock }: World, texts: readonly string[], ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= USE_EVERY_MS) {
    clock.advance(Math.min(left, USE_EVERY_MS));
    for (const text of texts) await store.touchSession({ hash: sha256(text) });
  }
}

async function begin({ store }: World, keyId: KeyId | undefined, text: string) {
  assert.ok(keyId);
  const created = await store.createSession(newSession(keyId, text));
  assert.equal(created.kind, "created");
  return created.session;
}
