/** Idempotency keys: one publish for each, whatever arrives at the same time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PublishParams, PublishResult } from "../../src/store/delivery.ts";
import type { StoreFactory } from "./store_factory.ts";
import { DAY_MS, addWebhook, message, newTenant, publishRaw, setup, sha256 } from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function idempotencyContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a repeat with the same body answers the ids of the first"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    const first = await publishRaw(world, keyed("k", "body"));
    const again = await publishRaw(world, keyed("k", "body"));
    assert.deepEqual(again, { kind: "repeated", messageIds: ids(first) });
  });

  test(name("a repeat with another body is a conflict and stores nothing"), async (t) => {
    const world = await setup(t, factory);
    await publishRaw(world, keyed("k", "body"));
    assert.deepEqual(await publishRaw(world, keyed("k", "other")), { kind: "conflict" });
    assert.equal((await allMessages(world)).length, 1);
  });

  test(name("of equal keys at the same time the first wins, and a conflict hurts nobody else"), async (t) => {
    const world = await setup(t, factory);
    const results = await Promise.all([
      publishRaw(world),
      ...Array.from({ length: 20 }, () => publishRaw(world, keyed("k", "body"))),
      publishRaw(world, keyed("k", "other")),
      publishRaw(world),
    ]);
    const kinds = results.map(({ kind }) => kind);
    assert.deepEqual(kinds, ["created", "created", ...Array<string>(19).fill("repeated"), "conflict", "created"]);
    assert.equal((await allMessages(world)).length, 3);
  });

  test(name("a key belongs to its tenant and its route"), async (t) => {
    const world = await setup(t, factory);
    const { idempotency } = keyed("k", "body");
    assert.ok(idempotency);
    const other = await newTenant(world.store, "PRODUCTION");
    const kinds = [
      await publishRaw(world, { idempotency }),
      await publishRaw(world, { idempotency: { ...idempotency, route: "batch" } }),
      await publishRaw({ ...world, tenant: other }, { idempotency }),
    ].map(({ kind }) => kind);
    assert.deepEqual(kinds, ["created", "created", "created"]);
  });

  test(name("a key covers a whole batch, and all its messages show it"), async (t) => {
    const world = await setup(t, factory);
    const batch = { ...keyed("k", "body"), messages: [message(), message(), message()] };
    const first = await publishRaw(world, batch);
    assert.deepEqual(await publishRaw(world, batch), { kind: "repeated", messageIds: ids(first) });
    assert.deepEqual(
      (await allMessages(world)).map(({ idempotencyKey }) => idempotencyKey),
      ["k", "k", "k"],
    );
  });

  test(name("a key is forgotten after 7 days and not before, whether it was pruned or not"), async (t) => {
    const world = await setup(t, factory);
    await publishRaw(world, keyed("k", "body"));
    world.clock.advance(7 * DAY_MS - 1);
    assert.equal((await publishRaw(world, keyed("k", "other"))).kind, "conflict");
    world.clock.advance(1);
    assert.equal((await publishRaw(world, keyed("k", "other"))).kind, "created");
    assert.equal((await publishRaw(world, keyed("k", "other"))).kind, "repeated");
  });

  test(name("a publish that stores nothing keeps no key"), async (t) => {
    const world = await setup(t, factory);
    for (let made = 0; made < 100; made++) await addWebhook(world);
    const messages = Array.from({ length: 101 }, () => message());
    assert.equal((await publishRaw(world, { ...keyed("k", "big"), messages })).kind, "tooManyEvents");
    assert.equal((await publishRaw(world, keyed("k", "small"))).kind, "created");
  });
}

function keyed(key: string, body: string): Pick<PublishParams, "idempotency"> {
  return { idempotency: { key, route: "message", bodyHash: sha256(body) } };
}

function ids(result: PublishResult): string[] {
  assert.equal(result.kind, "created");
  return result.messages.map(({ id }) => id);
}

async function allMessages(world: Awaited<ReturnType<typeof setup>>) {
  const filter = { topic: null, action: null, msgNature: null, from: null, to: null, isTest: null, search: null };
  const { messages } = await world.store.listMessages({
    tenant: world.tenant,
    filter,
    limit: 100,
    page: 1,
    cursor: null,
  });
  return messages;
}
