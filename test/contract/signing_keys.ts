/** The key pairs of webhooks that ask for v1a, how many keys sign at a time, and that no sealed text opens in another place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { publicKeyOf } from "../../src/domain/key_pair.ts";
import { formatSecret } from "../../src/domain/signature.ts";
import type { SignatureVersion, Webhook } from "../../src/domain/webhook.ts";
import { SIGNING_KEYS_MAX } from "../../src/domain/webhook.ts";
import { systemRandom } from "../../src/random.ts";
import type { SigningSecret } from "../../src/store/webhooks.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import { ACTOR, DAY_MS, HOUR_MS, addWebhook, newTenant, publishOne, setup } from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function signingKeysContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a webhook that asks for v1a has a key pair of its own, whose private half alone signs"), async (t) => {
    const world = await setup(t, factory);
    const both = await addWebhook(world, { signatureVersions: ["v1", "v1a"] });
    const other = await addWebhook(world, { signatureVersions: ["v1a"] });
    assert.match(both.publicKey ?? "", /^whpk_[\w+/]{43}=$/);
    assert.notEqual(both.publicKey, other.publicKey);
    const [secret = "", privateKey = "", ...more] = await signing(world, both);
    assert.deepEqual([secret.slice(0, 6), publicKeyOf(privateKey), more], ["whsec_", both.publicKey, []]);
    assert.deepEqual((await signing(world, other)).map(publicKeyOf), [other.publicKey]);
    assert.deepEqual(versions(await live(world, other)), ["v1a", "v1"]);
    const eventId = await publishOne(world);
    const which = { tenant: world.tenant, webhookId: both.id, eventId, actor: ACTOR };
    assert.deepEqual(await world.store.secretsForRequest(which), [secret, privateKey]);
  });

  test(name("a webhook is given its key pair by the first update that asks for v1a, and keeps it"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const ask = async (signatureVersions: SignatureVersion[]): Promise<string | null | undefined> =>
      (await update(world, webhook, signatureVersions))?.publicKey;
    assert.equal(webhook.publicKey, null);
    assert.equal((await signing(world, webhook)).length, 1);
    const publicKey = await ask(["v1", "v1a"]);
    assert.ok(typeof publicKey === "string");
    assert.equal((await signing(world, webhook)).length, 2);
    assert.equal(await ask(["v1"]), null);
    assert.equal((await signing(world, webhook)).length, 1, "a key pair that is not asked for does not sign");
    assert.equal(await ask(["v1a"]), publicKey);
    const { tenant } = world;
    assert.equal((await world.store.findWebhook({ tenant, webhookId: webhook.id }))?.publicKey, publicKey);
    assert.deepEqual(
      (await world.store.listWebhooks({ tenant })).map((listed) => listed.publicKey),
      [publicKey],
    );
  });

  test(name("two updates at the same time that ask for v1a first make one key pair"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const answers = await Promise.all(Array.from({ length: 8 }, () => update(world, webhook, ["v1", "v1a"])));
    assert.equal(new Set(answers.map((answer) => answer?.publicKey)).size, 1);
    assert.deepEqual(versions(await live(world, webhook)), ["v1a", "v1"]);
  });

  test(
    name("a rotation makes a new secret and a new key pair; the old ones sign along and expire together"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world, { signatureVersions: ["v1", "v1a"] });
      const before = await signing(world, webhook);
      const rotated = await rotate(world, webhook, HOUR_MS);
      assert.deepEqual(versions(rotated), ["v1a", "v1", "v1a", "v1"]);
      const { nowMs } = world.clock;
      assert.deepEqual(
        rotated.map(({ expiresAt }) => expiresAt),
        [null, null, nowMs + HOUR_MS, nowMs + HOUR_MS],
      );
      const during = await signing(world, webhook);
      assert.deepEqual([during[1], during[3], during.length], [...before, 4]);
      assert.deepEqual(
        during.map((text) => text.slice(0, 5)),
        ["whsec", "whsec", "whsk_", "whsk_"],
      );
      const { tenant } = world;
      const changed = await world.store.findWebhook({ tenant, webhookId: webhook.id });
      assert.equal(changed?.publicKey, publicKeyOf(during[2] ?? ""));
      const [entry] = (await world.store.listAudit({ tenant, limit: 1, page: 1, cursor: null })).items;
      const { publicKey } = JSON.parse(entry?.after ?? "") as { publicKey?: string };
      assert.deepEqual([entry?.action, publicKey], ["webhook.secret.rotate", changed?.publicKey]);
      world.clock.advance(HOUR_MS);
      assert.deepEqual(await signing(world, webhook), [during[0], during[2]]);
    },
  );

  test(name("what a rotation lets sign along ends when it is told to, and the audit row names it"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world, { signatureVersions: ["v1", "v1a"] });
    const which = { tenant, webhookId: webhook.id, actor: ACTOR };
    const untilOf = async () => [
      (await store.findWebhook(which))?.previousSecretsUntil,
      (await store.listWebhooks({ tenant }))[0]?.previousSecretsUntil,
    ];
    assert.deepEqual(await untilOf(), [null, null]);
    const old = (await live(world, webhook)).map(({ id }) => id);
    await rotate(world, webhook, HOUR_MS);
    const other = await addWebhook(world);
    await rotate(world, other, HOUR_MS);
    assert.deepEqual(await untilOf(), [world.clock.nowMs + HOUR_MS, world.clock.nowMs + HOUR_MS]);
    const { seq } = await store.changesSince({ seq: null });
    const [secret, , pair] = await signing(world, webhook);
    const left = await store.endPreviousSecrets(which);
    assert.deepEqual(versions(left ?? []), ["v1a", "v1"]);
    assert.deepEqual(await signing(world, webhook), [secret, pair]);
    assert.deepEqual(await untilOf(), [null, null]);
    assert.equal((await signing(world, other)).length, 2);
    assert.equal((await store.changesSince({ seq })).changes.length, 1);
    const [entry] = (await store.listAudit({ tenant, limit: 1, page: 1, cursor: null })).items;
    assert.deepEqual(
      [entry?.action, entry?.target.id, JSON.parse(entry?.after ?? "")],
      ["webhook.secret.end-previous", webhook.id, { ended: old.toSorted() }],
    );
    const stranger = await newTenant(store, "TEST");
    assert.equal(await store.endPreviousSecrets({ ...which, tenant: stranger }), null);
  });

  test(
    name("a key pair that nobody asks for any more ends with a rotation, and the next asking makes a new one"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world, { signatureVersions: ["v1a"] });
      await update(world, webhook, ["v1"]);
      assert.deepEqual(versions(await rotate(world, webhook, 0)), ["v1"]);
      const asked = await update(world, webhook, ["v1a"]);
      assert.notEqual(asked?.publicKey, webhook.publicKey);
      assert.deepEqual((await signing(world, webhook)).map(publicKeyOf), [asked?.publicKey]);
    },
  );

  test(
    name("however often keys are rotated, 5 of each version sign: the newest, and the older ones end at once"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world, { signatureVersions: ["v1", "v1a"] });
      for (let rotations = 1; rotations < SIGNING_KEYS_MAX; rotations++) await rotate(world, webhook, 7 * DAY_MS);
      const full = await signing(world, webhook);
      assert.equal(full.length, 2 * SIGNING_KEYS_MAX);
      const rotated = await rotate(world, webhook, 7 * DAY_MS);
      assert.equal(rotated.length, 2 * SIGNING_KEYS_MAX);
      const after = await signing(world, webhook);
      assert.deepEqual(after.slice(1, SIGNING_KEYS_MAX), full.slice(0, SIGNING_KEYS_MAX - 1));
      assert.deepEqual(after.slice(SIGNING_KEYS_MAX + 1), full.slice(SIGNING_KEYS_MAX, -1));
      const { tenant } = world;
      const stored = await world.store.storedSecrets({ tenant, webhookId: webhook.id });
      assert.equal(stored?.length, 2 * SIGNING_KEYS_MAX + 2, "what has ended is there until it is removed");
    },
  );

  test(name("no private key is shown, nor at rest in clear"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world, { signatureVersions: ["v1", "v1a"] });
    const rotated = await rotate(world, webhook, DAY_MS);
    const texts = (await signing(world, webhook)).filter((text) => text.startsWith("whsk_"));
    assert.equal(texts.length, 2);
    const { tenant, store } = world;
    const which = { tenant, webhookId: webhook.id, actor: ACTOR };
    const answers = [rotated, webhook, await store.revealSecrets(which), await store.storedSecrets(which)];
    const seen = [JSON.stringify(answers), String(await world.dump())];
    for (const text of seen) {
      assert.ok(text.includes(webhook.publicKey ?? "none"));
      for (const hidden of ["whsk_", ...texts.map((privateKey) => privateKey.slice(5))])
        assert.ok(!text.includes(hidden));
    }
  });

  test(name("a deleted webhook has no key pair left"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world, { signatureVersions: ["v1", "v1a"] });
    await world.store.deleteWebhook({ tenant: world.tenant, webhookId: webhook.id, actor: ACTOR });
    assert.deepEqual(await signing(world, webhook), []);
  });

  test(name("a sealed secret, private key or header value does not open in the place of another"), async (t) => {
    const world = await setup(t, factory);
    const settings = {
      signatureVersions: ["v1", "v1a"] as const,
      headers: [
        ["X-A", "value-a"],
        ["X-B", "value-b"],
      ] as const,
    };
    const own = await addWebhook(world, settings);
    const sibling = await addWebhook(world, settings);
    const foreign = await addWebhook({ ...world, tenant: await newTenant(world.store, "TEST") }, settings);
    await rotate(world, own, DAY_MS);
    const [pair, secret, oldPair, oldSecret] = await live(world, own);
    const [siblingPair, siblingSecret] = await live(world, sibling);
    const [foreignPair, foreignSecret] = await live(world, foreign, foreign.tenant);
    for (const [to, from] of [
      [secret, siblingSecret],
      [secret, foreignSecret],
      [secret, oldSecret],
      [secret, pair],
      [pair, siblingPair],
      [pair, foreignPair],
      [pair, oldPair],
      [pair, secret],
    ]) {
      await refusesToSign(world, own, replaceSealed(to, from));
    }
    // A public key that is shown in place of the webhook's own would let its owner sign for us.
    await refusesToSign(world, own, (set) =>
      set(`public_key = '${siblingPair?.version === "v1a" ? siblingPair.publicKey : ""}'`, pair),
    );
    await refusesHeaders(world, own, `(select headers from webhooks where id = '${sibling.id}')`);
    await refusesHeaders(world, own, `(select headers from webhooks where id = '${foreign.id}')`);
    await refusesHeaders(world, own, `replace(replace(replace(headers, 'X-A', 'X-C'), 'X-B', 'X-A'), 'X-C', 'X-B')`);
    await refusesHeaders(
      world,
      own,
      `(select '[["X-A","' || sealed || '"]]' from webhook_secrets where id = '${secret?.id}')`,
    );
  });
}

type Set = (assignment: string, row: SigningSecret | undefined) => Promise<void>;

function replaceSealed(to: SigningSecret | undefined, from: SigningSecret | undefined) {
  return (set: Set) => set(`sealed = (select o.sealed from webhook_secrets o where o.id = '${from?.id}')`, to);
}

/** Nothing can be sent to the webhook, nothing of it is told, and the others of the tenant are not concerned. */
async function isUnreadableAlone(world: World, webhook: Webhook): Promise<void> {
  const other = await addWebhook(world);
  const webhookIds = [other.id, webhook.id, other.id];
  const [before, damaged, behind] = await world.store.deliverySettings({ webhookIds });
  assert.deepEqual([damaged?.isUnreadable, damaged?.secrets, damaged?.headers], [true, [], []]);
  assert.equal(damaged?.url, webhook.url);
  for (const one of [before, behind]) assert.deepEqual([one?.isUnreadable, one?.secrets.length], [false, 1]);
}

/** After the change nothing signs for the webhook; after taking it back everything does as before. */
async function refusesToSign(world: World, webhook: Webhook, change: (set: Set) => Promise<void>): Promise<void> {
  const before = await signing(world, webhook);
  await world.tamper("create table kept as select * from webhook_secrets");
  await change((assignment, row) => {
    assert.ok(row);
    return world.tamper(`update webhook_secrets set ${assignment} where id = '${row.id}'`);
  });
  await isUnreadableAlone(world, webhook);
  await world.tamper(`
    update webhook_secrets set sealed = (select k.sealed from kept k where k.id = webhook_secrets.id),
      public_key = (select k.public_key from kept k where k.id = webhook_secrets.id)
    where id in (select id from kept);
    drop table kept`);
  assert.deepEqual(await signing(world, webhook), before);
}

/** With these headers, an expression of SQL, no value is told and nothing is sent; with its own they are. */
async function refusesHeaders(world: World, webhook: Webhook, headers: string): Promise<void> {
  const { store, tenant } = world;
  await world.tamper("create table kept as select id, headers from webhooks");
  await world.tamper(`update webhooks set headers = ${headers} where id = '${webhook.id}'`);
  const unreadable = (await store.findWebhook({ tenant, webhookId: webhook.id }))?.headers ?? [];
  assert.deepEqual(new Set(unreadable.map(([, value]) => value)), new Set([null]));
  const change = { description: "what does not open stays as it is" };
  const changed = await store.updateWebhook({ tenant, webhookId: webhook.id, change, actor: ACTOR });
  assert.deepEqual([changed?.description, changed?.headers], [change.description, unreadable]);
  await isUnreadableAlone(world, webhook);
  await world.tamper(`
    update webhooks set headers = (select k.headers from kept k where k.id = webhooks.id)
    where id in (select id from kept);
    drop table kept`);
  assert.deepEqual((await store.findWebhook({ tenant, webhookId: webhook.id }))?.headers, webhook.headers);
}

/** What signs for the webhook now. */
async function signing(world: World, { id }: Pick<Webhook, "id">): Promise<readonly string[]> {
  const [settings] = await world.store.deliverySettings({ webhookIds: [id] });
  assert.ok(settings);
  return settings.secrets;
}

async function live(world: World, { id }: Pick<Webhook, "id">, tenant = world.tenant): Promise<SigningSecret[]> {
  return (await world.store.revealSecrets({ tenant, webhookId: id, actor: ACTOR })) ?? [];
}

function versions(secrets: readonly SigningSecret[]): SignatureVersion[] {
  return secrets.map(({ version }) => version);
}

function update({ store, tenant }: World, { id: webhookId }: Webhook, signatureVersions: SignatureVersion[]) {
  return store.updateWebhook({ tenant, webhookId, change: { signatureVersions }, actor: ACTOR });
}

async function rotate({ store, tenant }: World, { id }: Webhook, overlapMs: number): Promise<SigningSecret[]> {
  const secret = formatSecret(systemRandom.bytes(32));
  const rotated = await store.rotateSecret({ tenant, webhookId: id, secret, overlapMs, actor: ACTOR });
  assert.ok(rotated);
  return rotated;
}
