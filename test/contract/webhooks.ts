/** Registering, changing and deleting webhooks, and their signing secrets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSecret } from "../../src/domain/signature.ts";
import type { WebhookSettings } from "../../src/domain/webhook.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/webhook.ts";
import type { WebhookId } from "../../src/ids.ts";
import { systemRandom } from "../../src/random.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import { ACTOR, DAY_MS, addWebhook, newTenant, publishOne, setup } from "./world.ts";

const SETTINGS: WebhookSettings = {
  url: "https://receiver.example/hook?a=1",
  description: "Büro",
  isDisabled: false,
  disabledTopics: ["SIGNER"],
  disabledActions: ["SIGNATURE_REQUEST.INIT"],
  successStatus: "2xx",
  retrySchedule: [1_000, 2_000],
  timeoutMs: 5_000,
  maxConcurrency: 3,
  rateLimit: 2.5,
  signatureVersions: ["v1"],
  headers: [
    ["X-Key", "s3cret-header"],
    ["X-Key", "zweiter ü"],
  ],
};

/** Registers the tests of this topic for one implementation. */
export function webhooksContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a webhook reads back with the settings it was given, lists and single reads alike"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world, SETTINGS);
    const { clock } = world;
    for (const [field, value] of Object.entries(SETTINGS)) {
      assert.deepEqual(webhook[field as keyof WebhookSettings], value, field);
    }
    assert.deepEqual([webhook.tenant, webhook.createdAt, webhook.updatedAt], [tenant, clock.nowMs, clock.nowMs]);
    assert.deepEqual([webhook.disabledReason, webhook.failingSince], [null, null]);
    assert.deepEqual(await store.findWebhook({ tenant, webhookId: webhook.id }), webhook);
    assert.deepEqual(await store.findWebhook({ tenant: null, webhookId: webhook.id }), webhook);
    assert.deepEqual(await store.listWebhooks({ tenant }), [webhook]);
  });

  test(name("defaults that are null stay null, and empty lists stay empty"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world, { retrySchedule: [] });
    assert.deepEqual(webhook.retrySchedule, []);
    const { retrySchedule } = await addWebhook(world);
    assert.equal(retrySchedule, DEFAULT_SETTINGS.retrySchedule);
  });

  test(name("webhooks are listed in the order of their creation, each tenant's own"), async (t) => {
    const world = await setup(t, factory);
    const made = [await addWebhook(world), await addWebhook(world), await addWebhook(world)];
    const stranger = await newTenant(world.store, "TEST");
    await addWebhook({ ...world, tenant: stranger });
    assert.deepEqual(
      (await world.store.listWebhooks({ tenant: world.tenant })).map(({ id }) => id),
      made.map(({ id }) => id),
    );
    assert.equal(await world.store.findWebhook({ tenant: stranger, webhookId: made[0]?.id ?? NO_WEBHOOK }), null);
  });

  test(name("an update changes the given settings alone"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world, SETTINGS);
    world.clock.advance(1_000);
    const change = { url: "https://new.example/", rateLimit: null, retrySchedule: null };
    const updated = await store.updateWebhook({ tenant, webhookId: webhook.id, change, actor: ACTOR });
    assert.deepEqual(updated, { ...webhook, ...change, updatedAt: world.clock.nowMs });
    assert.deepEqual(await store.findWebhook({ tenant, webhookId: webhook.id }), updated);
  });

  test(name("disabling by hand has the reason MANUAL, and enabling none"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const born = await addWebhook(world, { isDisabled: true });
    assert.equal(born.disabledReason, "MANUAL");
    const update = (isDisabled: boolean) =>
      store.updateWebhook({ tenant, webhookId: born.id, change: { isDisabled }, actor: ACTOR });
    assert.equal((await update(false))?.disabledReason, null);
    assert.equal((await update(true))?.disabledReason, "MANUAL");
  });

  test(name("a tenant has 100 webhooks at most, deleted ones not counted"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [first] = await Promise.all(Array.from({ length: 100 }, () => addWebhook(world)));
    assert.ok(first);
    const create = () =>
      store.createWebhook({ tenant, settings: { ...DEFAULT_SETTINGS, url: "https://x.example/" }, ...by() });
    assert.deepEqual(await create(), { kind: "limit" });
    await store.deleteWebhook({ tenant, webhookId: first.id, actor: ACTOR });
    assert.equal((await create()).kind, "created");
    assert.deepEqual(await create(), { kind: "limit" });
  });

  test(name("what is not there, deleted or another tenant's is answered with null"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const deleted = await addWebhook(world);
    const gone = await store.deleteWebhook({ tenant, webhookId: deleted.id, actor: ACTOR });
    assert.equal(gone?.id, deleted.id);
    const foreign = await addWebhook({ ...world, tenant: await newTenant(store, "TEST") });
    for (const webhookId of [deleted.id, foreign.id, NO_WEBHOOK]) {
      const which = { tenant, webhookId, actor: ACTOR };
      assert.equal(await store.findWebhook(which), null);
      assert.equal(await store.updateWebhook({ ...which, change: {} }), null);
      assert.equal(await store.deleteWebhook(which), null);
      assert.equal(await store.revealSecrets(which), null);
      assert.equal(await store.rotateSecret({ ...which, secret: newSecret(), overlapMs: 1 }), null);
    }
  });

  test(name("delivery settings have the live secrets, newest first, and tell of deleted webhooks"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [first, second] = [newSecret(), newSecret()];
    const webhookId = await createWith(world, first);
    await store.rotateSecret({ tenant, webhookId, secret: second, overlapMs: DAY_MS, actor: ACTOR });
    const secrets = async (): Promise<readonly string[] | undefined> =>
      (await store.deliverySettings({ webhookIds: [webhookId, NO_WEBHOOK] }))[0]?.secrets;
    assert.deepEqual(await secrets(), [second, first]);
    world.clock.advance(DAY_MS - 1);
    assert.deepEqual(await secrets(), [second, first]);
    world.clock.advance(1);
    assert.deepEqual(await secrets(), [second]);
    await store.deleteWebhook({ tenant, webhookId, actor: ACTOR });
    const [settings, ...others] = await store.deliverySettings({ webhookIds: [webhookId] });
    assert.deepEqual([settings?.isDeleted, settings?.tenant, others.length], [true, tenant, 0]);
  });

  test(name("a rotation never prolongs a secret that expires earlier"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhookId = await createWith(world, newSecret());
    const rotate = (overlapMs: number) =>
      store.rotateSecret({ tenant, webhookId, secret: newSecret(), overlapMs, actor: ACTOR });
    await rotate(1_000);
    const live = await rotate(DAY_MS);
    const now = world.clock.nowMs;
    assert.deepEqual(
      live?.map(({ expiresAt }) => expiresAt),
      [null, now + DAY_MS, now + 1_000],
    );
  });

  test(name("revealing secrets gives them in clear, newest first, and is audited"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const secret = newSecret();
    const webhookId = await createWith(world, secret);
    const revealed = await store.revealSecrets({ tenant, webhookId, actor: ACTOR });
    assert.deepEqual(revealed, [
      { id: revealed?.[0]?.id, version: "v1", secret, createdAt: world.clock.nowMs, expiresAt: null },
    ]);
    const { items } = await store.listAudit({ tenant, limit: 1, page: 1, cursor: null });
    assert.equal(items[0]?.action, "webhook.secret.reveal");
  });

  test(name("stored secrets are read without an audit row, expired ones too until they are removed"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [first, second] = [newSecret(), newSecret()];
    const webhookId = await createWith(world, first);
    await store.rotateSecret({ tenant, webhookId, secret: second, overlapMs: 1_000, actor: ACTOR });
    const expiresAt = world.clock.nowMs + 1_000;
    world.clock.advance(DAY_MS);
    const stored = await store.storedSecrets({ tenant, webhookId });
    assert.deepEqual(
      stored?.map((one) => [one.version === "v1" ? one.secret : one.version, one.expiresAt]),
      [
        [second, null],
        [first, expiresAt],
      ],
    );
    await store.pruneExpired({ limit: 100, statsBefore: 0 });
    assert.equal((await store.storedSecrets({ tenant, webhookId }))?.length, 1);
    const { items } = await store.listAudit({ tenant, limit: 9, page: 1, cursor: null });
    assert.equal(items[0]?.action, "webhook.secret.rotate");
    const stranger = await newTenant(store, "TEST");
    assert.equal(await store.storedSecrets({ tenant: stranger, webhookId }), null);
  });

  test(name("secrets for a shown request are the live ones, and the audit row names the event"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const secret = newSecret();
    const webhookId = await createWith(world, secret);
    const eventId = await publishOne(world);
    const which = { tenant, webhookId, eventId, actor: ACTOR };
    assert.deepEqual(await store.secretsForRequest(which), [secret]);
    const [entry] = (await store.listAudit({ tenant, limit: 1, page: 1, cursor: null })).items;
    assert.deepEqual([entry?.action, entry?.target], ["webhook.sign-request", { kind: "webhook", id: webhookId }]);
    assert.deepEqual(JSON.parse(entry?.after ?? ""), { eventId });
    const stranger = await newTenant(store, "TEST");
    assert.equal(await store.secretsForRequest({ ...which, tenant: stranger }), null);
  });

  test(name("no secret and no header value is at rest in clear, nor in the audit log"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const secret = newSecret();
    const webhookId = await createWith(world, secret);
    const change = { headers: SETTINGS.headers };
    await store.updateWebhook({ tenant, webhookId, change, actor: ACTOR });
    await store.rotateSecret({ tenant, webhookId, secret: newSecret(), overlapMs: DAY_MS, actor: ACTOR });
    assert.deepEqual((await store.findWebhook({ tenant, webhookId }))?.headers, SETTINGS.headers);
    const dump = await world.dump();
    assert.ok(dump.includes(webhookId), "the dump has the webhook");
    for (const text of ["whsec_", secret.slice(6), "s3cret-header"]) assert.ok(!dump.includes(text), text);
  });
}

const NO_WEBHOOK = "whk_0000000000000000000000" as WebhookId; // of the right form, and never made

function newSecret(): string {
  return formatSecret(systemRandom.bytes(32));
}

function by(): { secret: string; actor: typeof ACTOR } {
  return { secret: newSecret(), actor: ACTOR };
}

async function createWith(world: World, secret: string): Promise<WebhookId> {
  const { store, tenant } = world;
  const settings = { ...DEFAULT_SETTINGS, url: "https://receiver.example/" };
  const result = await store.createWebhook({ tenant, settings, secret, actor: ACTOR });
  assert.equal(result.kind, "created");
  return result.webhook.id;
}
