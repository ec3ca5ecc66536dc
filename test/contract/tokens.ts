/** Consuming verification tokens. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { TOKEN_TTL_MS_MAX } from "../../src/domain/token.ts";
import { messageIdOf } from "../../src/ids.ts";
import type { StoreFactory } from "./store_factory.ts";
import { CHECK_REPEATABLE_MS } from "../../src/store/delivery.ts";
import {
  ACTOR,
  DAY_MS,
  addWebhook,
  claim,
  claimOne,
  failed,
  newTenant,
  publishOne,
  settle,
  setup,
  sha256,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function tokensContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("the first check consumes the token and tells what it belongs to, a later one is told so"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const content = '{"signerId":"ü"}';
    const eventId = await publishOne(world, { content });
    await claimOne(world, webhook);
    const token = { tenant, eventId, attempt: 1 };
    const contentSha256 = createHash("sha256").update(content, "utf8").digest("hex");
    const about = { webhookId: webhook.id, topic: "SIGNER", action: "CREATED", contentSha256 };
    assert.deepEqual(await store.consumeToken(token), { kind: "consumed", ...about });
    assert.deepEqual(await store.consumeToken(token), { kind: "alreadyConsumed", ...about });
  });

  test(name("of 20 checks at the same time exactly one consumes"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    const checks = await Promise.all(
      Array.from({ length: 20 }, () => store.consumeToken({ tenant, eventId, attempt: 1 })),
    );
    assert.equal(checks.filter(({ kind }) => kind === "consumed").length, 1);
    assert.equal(checks.filter(({ kind }) => kind === "alreadyConsumed").length, 19);
  });

  test(name("for 60 s a check is repeated with its key, as if it were the first, and with no other"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    const token = { tenant, eventId, attempt: 1 };
    const keyHash = sha256("key-1");
    const consumedAt = clock.nowMs;
    const first = await store.consumeToken({ ...token, keyHash });
    assert.equal(first.kind, "consumed");
    assert.deepEqual(await store.consumeToken({ ...token, keyHash }), first);
    const others = async (): Promise<string[]> => {
      const checks = [
        await store.consumeToken({ ...token, keyHash: sha256("key-2") }),
        await store.consumeToken(token),
      ];
      return checks.map(({ kind }) => kind);
    };
    assert.deepEqual(await others(), ["alreadyConsumed", "alreadyConsumed"]);
    clock.advance(CHECK_REPEATABLE_MS - 1);
    assert.deepEqual(await others(), ["alreadyConsumed", "alreadyConsumed"]);
    assert.deepEqual(await store.consumeToken({ ...token, keyHash }), first, "whatever came between");
    clock.advance(1);
    assert.equal((await store.consumeToken({ ...token, keyHash })).kind, "alreadyConsumed");
    assert.equal((await store.findToken(token))?.consumedAt, consumedAt);
  });

  test(
    name("a check without a key is repeated by none, and a key consumes every token that it comes with"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, tenant } = world;
      const webhook = await addWebhook(world);
      const keyHash = sha256("key-1");
      const bare = { tenant, eventId: await publishOne(world), attempt: 1 };
      const other = { tenant, eventId: await publishOne(world), attempt: 1 };
      const events = await claim(world, webhook, { room: 2 });
      assert.equal(events.length, 2);
      assert.equal((await store.consumeToken({ ...bare, keyHash: null })).kind, "consumed");
      assert.equal((await store.consumeToken({ ...bare, keyHash })).kind, "alreadyConsumed");
      assert.equal((await store.consumeToken({ ...other, keyHash })).kind, "consumed");
      const stranger = await newTenant(store, "TEST");
      assert.deepEqual(await store.consumeToken({ ...other, tenant: stranger, keyHash }), { kind: "notFound" });
    },
  );

  test(
    name("of checks with several keys, or none, at the same time only those with one of them are valid"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, tenant } = world;
      const webhook = await addWebhook(world);
      for (const keys of [
        ["a", "b", "a", "a", null, "b"],
        [null, "a", "a", null],
        ["a", null, "b", "a"],
      ]) {
        const eventId = await publishOne(world);
        await claimOne(world, webhook);
        const calls = keys.map((key) => ({ tenant, eventId, attempt: 1, keyHash: key === null ? null : sha256(key) }));
        const checks = async (): Promise<(string | null)[]> => {
          const kinds = await Promise.all(calls.map(async (call) => (await store.consumeToken(call)).kind));
          return keys.filter((_, at) => kinds[at] === "consumed");
        };
        const [valid] = keys;
        const expected = valid === null ? [null] : keys.filter((key) => key === valid);
        assert.deepEqual(await checks(), expected);
        assert.deepEqual(await checks(), valid === null ? [] : expected, "as before, in another transaction");
      }
    },
  );

  test(name("each attempt has a token of its own"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const first = await claimOne(world, webhook);
    assert.equal((await store.consumeToken({ tenant, eventId, attempt: 1 })).kind, "consumed");
    await settle(world, failed(first));
    world.clock.advance(5_000);
    await claimOne(world, webhook);
    assert.equal((await store.consumeToken({ tenant, eventId, attempt: 2 })).kind, "consumed");
  });

  test(name("a token of another tenant, of no event or of an attempt not made is not found"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    const stranger = await newTenant(store, "TEST");
    for (const claims of [
      { tenant: stranger, eventId, attempt: 1 },
      { tenant, eventId, attempt: 2 },
      { tenant, eventId, attempt: 0 },
    ]) {
      assert.deepEqual(await store.consumeToken(claims), { kind: "notFound" });
    }
    assert.equal((await store.consumeToken({ tenant, eventId, attempt: 1 })).kind, "consumed");
  });

  test(name("a token of erased content is consumed, without the hash of the content"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await claimOne(world, webhook);
    await store.eraseContent({ tenant, messageId: messageIdOf(eventId), actor: ACTOR });
    const check = await store.consumeToken({ tenant, eventId, attempt: 1 });
    assert.deepEqual([check.kind, check.kind === "consumed" ? check.contentSha256 : ""], ["consumed", null]);
  });

  test(name("looking at a token consumes nothing, and tells when it was consumed, for good"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const leased = await claimOne(world, webhook);
    const token = { tenant, eventId, attempt: 1 };
    const about = { webhookId: webhook.id, topic: "SIGNER", action: "CREATED" };
    assert.deepEqual(await store.findToken(token), { ...about, consumedAt: null });
    assert.deepEqual(await store.findToken(token), { ...about, consumedAt: null });
    const consumedAt = world.clock.nowMs;
    assert.equal((await store.consumeToken(token)).kind, "consumed");
    await settle(world, success(leased));
    world.clock.advance(DAY_MS);
    assert.deepEqual(await store.findToken(token), { ...about, consumedAt });
    await store.pruneExpired({ limit: 100, statsBefore: 0 });
    assert.equal((await store.consumeToken(token)).kind, "alreadyConsumed", "as long as any token may be valid");
    world.clock.advance(TOKEN_TTL_MS_MAX);
    await store.pruneExpired({ limit: 100, statsBefore: 0 });
    assert.deepEqual(await store.findToken(token), { ...about, consumedAt });
    const stranger = await newTenant(store, "TEST");
    for (const claims of [
      { ...token, tenant: stranger },
      { ...token, attempt: 2 },
      { ...token, attempt: 0 },
    ]) {
      assert.equal(await store.findToken(claims), null);
    }
  });

  test(
    name("the history shows when a token was consumed, before, during and after the attempt, for good"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, tenant } = world;
      const webhook = await addWebhook(world);
      const eventId = await publishOne(world);
      const leased = await claimOne(world, webhook);
      world.clock.advance(5);
      const consumedAt = world.clock.nowMs;
      await store.consumeToken({ tenant, eventId, attempt: 1 });
      await settle(world, success(leased));
      const shown = async (): Promise<number | null | undefined> =>
        (await store.getEvent({ tenant, webhookId: null, eventId }))?.attempts[0]?.tokenConsumedAt;
      assert.equal(await shown(), consumedAt);
      world.clock.advance(TOKEN_TTL_MS_MAX + DAY_MS);
      const { deleted } = await store.pruneExpired({ limit: 100, statsBefore: 0 });
      assert.ok(deleted > 0);
      assert.equal(await shown(), consumedAt);
    },
  );
}
