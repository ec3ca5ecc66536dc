/** Going over to another master key on PostgreSQL, while processes run that have both keys, or have not. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { after, test } from "node:test";
import pg from "pg";
import { formatSecret } from "../../src/domain/signature.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/webhook.ts";
import type { WebhookId, WorkerId } from "../../src/ids.ts";
import { systemRandom } from "../../src/random.ts";
import { secretKeyId } from "../../src/secret_box.ts";
import type { Store } from "../../src/store/store.ts";
import { StoreOpenError, StoreUnavailable } from "../../src/store/store.ts";
import { resealAll } from "./master_key.ts";
import { openStore } from "./postgres_factory.ts";
import type { TestServer } from "./postgres_server.ts";
import { startServer } from "./postgres_server.ts";
import type { StoreKeys } from "./store_factory.ts";
import { ACTOR, StandingClock, newTenant } from "./world.ts";

const OLD: StoreKeys = { secretKey: Buffer.alloc(32, 1) };
const BOTH: StoreKeys = { secretKey: Buffer.alloc(32, 2), previousSecretKey: OLD.secretKey };
const [OLD_ID, NEW_ID] = [OLD, BOTH].map(({ secretKey }) => secretKeyId(secretKey)) as [string, string]; // one for each
const PLACE = { role: "worker", host: "one.example", pid: 7 };
const [WORKER, OTHER] = ["wrk_0000000000000000000000", "wrk_0000000000000000000001"] as [WorkerId, WorkerId]; // of the right form
const DEAD_AFTER_MS = 30_000;

let server: Promise<TestServer> | null = null;

after(async () => {
  await (await server)?.stop();
});

/** A database that was made with the old key, and processes on it. */
async function setUp(t: TestContext) {
  const { createDatabase, dropDatabase } = await (server ??= startServer());
  const { name, url } = await createDatabase();
  const clock = new StandingClock();
  const stores: Store[] = [];
  const open = async (keys: StoreKeys): Promise<Store> => {
    const store = await openStore(url, clock, keys);
    stores.push(store);
    return store;
  };
  t.after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await dropDatabase(name);
  });
  const first = await open(OLD);
  const tenant = await newTenant(first, "DEVELOPMENT");
  return { url, clock, open, first, tenant };
}

async function addWebhook(store: Store, tenant: number) {
  const settings = { ...DEFAULT_SETTINGS, url: "https://receiver.example/", headers: [["x-a", "a"]] as const };
  const secret = formatSecret(systemRandom.bytes(32));
  const created = await store.createWebhook({ tenant, settings, secret, actor: ACTOR });
  assert.equal(created.kind, "created");
  return { id: created.webhook.id, secret };
}

function begin(store: Store) {
  return store.beginMasterKeyRotation({ actor: ACTOR });
}

test("a rotation does not begin while a process lives that has not got the new key, and names it", async (t) => {
  const { open, first } = await setUp(t);
  await first.registerWorker({ workerId: WORKER, ...PLACE });
  const second = await open(BOTH);
  await second.registerWorker({ workerId: OTHER, ...PLACE, pid: 8 });
  assert.deepEqual(await begin(second), { kind: "workersWithoutKey", workers: [PLACE] });
  assert.deepEqual(await second.masterKeys(), { keyId: OLD_ID, sealingKeyId: OLD_ID });
});

test("a process that is silent stands in the way until another one has declared it dead", async (t) => {
  const { clock, open, first } = await setUp(t);
  await first.registerWorker({ workerId: WORKER, ...PLACE, deadAfterMs: DEAD_AFTER_MS });
  const second = await open(BOTH);
  clock.advance(DEAD_AFTER_MS);
  assert.equal((await begin(second)).kind, "workersWithoutKey");
  const silent = (await second.heartbeats()).filter(({ isOverdue }) => isOverdue);
  await second.takeOverLeases({ limit: 10, silent });
  assert.deepEqual(await begin(second), { kind: "begun" });
  assert.equal(await first.heartbeat({ workerId: WORKER }), false, "it learns that it is dead when it comes back");
});

test("a process that ended does not stand in the way", async (t) => {
  const { open, first } = await setUp(t);
  await first.registerWorker({ workerId: WORKER, ...PLACE });
  await first.removeWorker({ workerId: WORKER });
  assert.deepEqual(await begin(await open(BOTH)), { kind: "begun" });
});

test("a process without the new key seals nothing and delivers nothing once the rotation has begun", async (t) => {
  const { open, first, tenant } = await setUp(t);
  const webhook = await addWebhook(first, tenant);
  const second = await open(BOTH);
  await begin(second);
  const told = (error: Error): boolean =>
    error instanceof StoreUnavailable && new RegExp(`changed to ${NEW_ID}.*MASTER_KEY_PREVIOUS`).test(error.message);
  await assert.rejects(addWebhook(first, tenant), told);
  const which = { tenant, webhookId: webhook.id, actor: ACTOR };
  await assert.rejects(first.updateWebhook({ ...which, change: { headers: [["X-A", "b"]] } }), told);
  await assert.rejects(first.rotateSecret({ ...which, secret: webhook.secret, overlapMs: 1 }), told);
  await assert.rejects(first.registerWorker({ workerId: WORKER, ...PLACE }), told);
  await assert.rejects(open(OLD), StoreOpenError);
  assert.equal((await second.listWebhooks({ tenant })).length, 1);
  assert.equal((await first.deliverySettings({ webhookIds: [webhook.id] }))[0]?.secrets[0], webhook.secret);
  await resealAll(second, 100);
  assert.equal((await first.deliverySettings({ webhookIds: [webhook.id] }))[0]?.isUnreadable, true);
  await assert.rejects(first.revealSecrets(which), new RegExp(NEW_ID));
});

test("what is being sealed when a rotation begins is committed first", async (t) => {
  const { url, open, first } = await setUp(t);
  const second = await open(BOTH);
  const client = await connect(t, url);
  await client.query("begin; select value from settings where name = 'sealing_key_id' for share");
  const begun = begin(second);
  await untilWaiting(await connect(t, url));
  assert.deepEqual(await first.masterKeys(), { keyId: OLD_ID, sealingKeyId: OLD_ID });
  await client.query("commit");
  assert.deepEqual(await begun, { kind: "begun" });
});

test("processes that have both keys go on while everything is sealed anew, and nothing is lost", async (t) => {
  const { open, first, tenant } = await setUp(t);
  const known = new Map<WebhookId, string>();
  const add = async (store: Store): Promise<void> => {
    const { id, secret } = await addWebhook(store, tenant);
    known.set(id, secret);
  };
  for (let added = 0; added < 20; added++) await add(first);
  const [changing, rotating] = [await open(BOTH), await open(BOTH)];
  const before = [...known.keys()];
  const change = async (): Promise<void> => {
    for (const webhookId of before) {
      await add(changing);
      const secret = formatSecret(systemRandom.bytes(32));
      await changing.rotateSecret({ tenant, webhookId, secret, overlapMs: 0, actor: ACTOR });
      known.set(webhookId, secret);
    }
  };
  const rotate = async (): Promise<void> => {
    assert.deepEqual(await begin(rotating), { kind: "begun" });
    await resealAll(rotating, 1);
    assert.equal(await rotating.endMasterKeyRotation({ actor: ACTOR }), true);
  };
  await Promise.all([change(), rotate()]);
  const last = await open({ secretKey: BOTH.secretKey });
  const settings = await last.deliverySettings({ webhookIds: [...known.keys()] });
  assert.equal(settings.length, 40);
  for (const { webhookId, secrets, headers } of settings) {
    assert.deepEqual(secrets, [known.get(webhookId)]);
    assert.deepEqual(headers, [["x-a", "a"]]);
  }
});

async function connect(t: TestContext, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined); // the database goes away before it is closed
  await client.connect();
  t.after(() => client.end());
  return client;
}

/** Until a transaction waits for the row that says which key seals. */
async function untilWaiting(client: pg.Client): Promise<void> {
  for (let tries = 0; tries < 10_000; tries++) {
    const { rows } = await client.query(
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%sealing_key_id%for update%'`,
    );
    if (rows.length > 0) return;
  }
  throw new Error("nothing waits");
}
