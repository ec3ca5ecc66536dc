/** Going over from one master key to another: nothing is lost, wherever it stops, and the old key is needed no more at the end. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { formatSecret } from "../../src/domain/signature.ts";
import type { WebhookId } from "../../src/ids.ts";
import { systemRandom } from "../../src/random.ts";
import { secretKeyId } from "../../src/secret_box.ts";
import type { Store } from "../../src/store/store.ts";
import { StoreOpenError } from "../../src/store/store.ts";
import type { StoreFactory } from "./store_factory.ts";
import { STORE_KEYS } from "./store_factory.ts";
import type { World } from "./world.ts";
import { ACTOR, DAY_MS, addWebhook, setup } from "./world.ts";

const OLD = STORE_KEYS.secretKey;
const [NEW, THIRD] = [Buffer.alloc(32, 8), Buffer.alloc(32, 9)];
const BOTH = { secretKey: NEW, previousSecretKey: OLD };
const [OLD_ID, NEW_ID] = [OLD, NEW].map(secretKeyId) as [string, string]; // one for each

/** Registers the tests of this topic for one implementation. */
export function masterKeyContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("with two keys, a store goes on under the one it was made with until a rotation begins"), async (t) => {
    const world = await setUp(t, factory);
    const ids = await fill(world);
    const before = await everythingSealed(world.store, ids);
    await world.reopen(BOTH);
    assert.deepEqual(await world.store.masterKeys(), { keyId: OLD_ID, sealingKeyId: OLD_ID });
    const added = await addWebhook(world, { headers: [["x-late", "late"]], signatureVersions: ["v1", "v1a"] });
    await world.reopen({ secretKey: OLD });
    assert.deepEqual(await everythingSealed(world.store, ids), before);
    assert.deepEqual((await world.store.findWebhook({ tenant: null, webhookId: added.id }))?.headers, added.headers);
  });

  test(
    name("a rotation seals everything anew, after which the new key alone is needed and the old one refused"),
    async (t) => {
      const world = await setUp(t, factory);
      const ids = await fill(world);
      const before = await everythingSealed(world.store, ids);
      await world.reopen(BOTH);
      assert.deepEqual(await begin(world), { kind: "begun" });
      assert.deepEqual(await world.store.masterKeys(), { keyId: OLD_ID, sealingKeyId: NEW_ID });
      const sealed = await resealAll(world.store, 2);
      assert.ok(sealed > 10, `${sealed} rows`);
      assert.equal(await end(world), true);
      assert.deepEqual(await everythingSealed(world.store, ids), before);
      assert.deepEqual(await begin(world), { kind: "done" });
      await world.reopen({ secretKey: NEW });
      assert.deepEqual(await world.store.masterKeys(), { keyId: NEW_ID, sealingKeyId: NEW_ID });
      assert.deepEqual(await everythingSealed(world.store, ids), before);
      const { items } = await world.store.listAudit({ tenant: null, limit: 2, page: 1, cursor: null });
      assert.deepEqual(
        items.map(({ action, before: from, after: to }) => [action, from, to]),
        ["end", "begin"].map((step) => [
          `system.master-key.${step}`,
          JSON.stringify({ keyId: OLD_ID }),
          JSON.stringify({ keyId: NEW_ID }),
        ]),
      );
      await refuses(
        world,
        { secretKey: OLD },
        new RegExp(`sealed under master key ${NEW_ID}, but the key given is ${OLD_ID}`),
      );
    },
  );

  test(name("what the old key has sealed is not left where it was"), async (t) => {
    const world = await setUp(t, factory);
    await addWebhook(world, { headers: [["x-a", "a"]], signatureVersions: ["v1", "v1a"] });
    await world.reopen(BOTH);
    await begin(world);
    assert.equal(await resealAll(world.store, 100), 3);
    await end(world);
    const dump = await world.dump();
    assert.ok(dump.includes(`${NEW_ID}.`));
    assert.ok(!dump.includes(`${OLD_ID}.`));
  });

  test(
    name("a rotation that stopped in the middle needs both keys, loses nothing, and goes on where it is"),
    async (t) => {
      const world = await setUp(t, factory);
      const ids = await fill(world);
      const before = await everythingSealed(world.store, ids);
      await world.reopen(BOTH);
      await begin(world);
      const all = await countOf(world);
      const first = await world.store.resealSecrets({ limit: 3, cursor: null });
      assert.equal(first.resealed, 3);
      assert.equal(await end(world), false);
      for (const keys of [{ secretKey: NEW }, { secretKey: OLD }, { secretKey: OLD, previousSecretKey: THIRD }]) {
        await refuses(
          world,
          keys,
          new RegExp(`from master key ${OLD_ID} to ${NEW_ID} and needs both.*rotate-master-key`),
        );
      }
      await world.reopen({ secretKey: OLD, previousSecretKey: NEW });
      assert.deepEqual(await everythingSealed(world.store, ids), before);
      await world.reopen(BOTH);
      assert.deepEqual(await everythingSealed(world.store, ids), before);
      assert.deepEqual(await begin(world), { kind: "underWay" });
      assert.equal(await resealAll(world.store, 100), all - 3);
      assert.equal(await resealAll(world.store, 100), 0);
      assert.equal(await end(world), true);
      await world.reopen({ secretKey: NEW });
      assert.deepEqual(await everythingSealed(world.store, ids), before);
    },
  );

  test(
    name("a rotation to a third key is refused while another one is under way, and possible after it"),
    async (t) => {
      const world = await setUp(t, factory);
      const ids = await fill(world);
      const before = await everythingSealed(world.store, ids);
      await world.reopen(BOTH);
      await begin(world);
      await world.reopen({ secretKey: OLD, previousSecretKey: NEW });
      const keys = { keyId: OLD_ID, sealingKeyId: NEW_ID };
      assert.deepEqual(await begin(world), { kind: "other", keys });
      await resealAll(world.store, 100);
      await end(world);
      await world.reopen({ secretKey: THIRD, previousSecretKey: NEW });
      assert.deepEqual(await begin(world), { kind: "begun" });
      await resealAll(world.store, 100);
      assert.equal(await end(world), true);
      await world.reopen({ secretKey: THIRD });
      assert.deepEqual(await everythingSealed(world.store, ids), before);
    },
  );

  test(name("what does not open stops the rotation and is named, and its step changes nothing"), async (t) => {
    const world = await setUp(t, factory);
    const [one, two] = [await addWebhook(world), await addWebhook(world)];
    const secrets = await world.store.storedSecrets({ tenant: world.tenant, webhookId: two.id });
    const [damaged] = secrets ?? [];
    assert.ok(damaged);
    await world.tamper(`update webhook_secrets set sealed = '${OLD_ID}.AAAA.AAAA' where id = '${damaged.id}'`);
    await world.reopen(BOTH);
    await begin(world);
    const step = () => world.store.resealSecrets({ limit: 100, cursor: null });
    await assert.rejects(step(), new RegExp(`secret ${damaged.id} of webhook ${two.id} does not open`));
    assert.equal(await end(world), false);
    await world.store.deleteWebhook({ tenant: world.tenant, webhookId: two.id, actor: ACTOR });
    assert.equal((await step()).resealed, 1);
    await resealAll(world.store, 100);
    assert.equal(await end(world), true);
    await world.reopen({ secretKey: NEW });
    assert.equal((await everythingSealed(world.store, [one.id])).length, 1);
  });
}

/** A world whose processes have all ended. */
async function setUp(t: TestContext, factory: StoreFactory): Promise<World> {
  const world = await setup(t, factory);
  await world.store.removeWorker({ workerId: world.workerId });
  return world;
}

/** Webhooks with everything that is sealed: secrets of rotations, key pairs, headers; one that is deleted. */
async function fill(world: World): Promise<WebhookId[]> {
  const ids: WebhookId[] = [];
  for (let at = 0; at < 4; at++) {
    const headers = [
      ["x-one", `value ${at}`],
      ["x-two", '","'],
      ["x-three", "ü \\"],
    ] as const;
    const webhook = await addWebhook(world, { headers, signatureVersions: at % 2 === 0 ? ["v1", "v1a"] : ["v1"] });
    await rotate(world, webhook.id);
    ids.push(webhook.id);
  }
  await world.store.deleteWebhook({ tenant: world.tenant, webhookId: ids[3] ?? NO_WEBHOOK, actor: ACTOR });
  return ids;
}

const NO_WEBHOOK = "whk_0000000000000000000000" as WebhookId; // of the right form, and never made

async function rotate({ store, tenant }: World, webhookId: WebhookId): Promise<void> {
  const secret = formatSecret(systemRandom.bytes(32));
  assert.ok(await store.rotateSecret({ tenant, webhookId, secret, overlapMs: DAY_MS, actor: ACTOR }));
}

/** All that has to be opened to be known. */
async function everythingSealed(store: Store, webhookIds: WebhookId[]): Promise<unknown[]> {
  const settings = await store.deliverySettings({ webhookIds });
  return settings.map(({ webhookId, headers, secrets }) => ({ webhookId, headers, secrets }));
}

function begin({ store }: World) {
  return store.beginMasterKeyRotation({ actor: ACTOR });
}

function end({ store }: World): Promise<boolean> {
  return store.endMasterKeyRotation({ actor: ACTOR });
}

/** How many rows were sealed anew. */
export async function resealAll(store: Store, limit: number): Promise<number> {
  let resealed = 0;
  for (let cursor: string | null = null; ;) {
    const step: Awaited<ReturnType<Store["resealSecrets"]>> = await store.resealSecrets({ limit, cursor });
    resealed += step.resealed;
    if (step.nextCursor === null) return resealed;
    cursor = step.nextCursor;
  }
}

/** How many rows there are to seal: of the four webhooks of {@link fill}, the deleted one has lost its secrets. */
async function countOf({ store, tenant }: World): Promise<number> {
  const webhooks = await store.listWebhooks({ tenant });
  const secrets = await Promise.all(webhooks.map(({ id }) => store.storedSecrets({ tenant, webhookId: id })));
  return secrets.flat().length + webhooks.length + 1;
}

/** Opening with these keys is refused with this message. */
async function refuses(world: World, keys: Parameters<World["reopen"]>[0], message: RegExp): Promise<void> {
  await assert.rejects(
    world.reopen(keys),
    (error: Error) => error instanceof StoreOpenError && message.test(error.message),
  );
}
