/** What becomes of processes on a shared database that is away, slow, full or restarted: nothing is lost, and all of it heals. */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import pg from "pg";
import type { ApiClient } from "./support/api_client.ts";
import { ApiClient as Client } from "./support/api_client.ts";
import { Cluster } from "./support/cluster.ts";
import { Receiver } from "./support/receiver.ts";
import type { ServerProcess } from "./support/server_process.ts";
import { until } from "./support/until.ts";

let cluster: Cluster;
let api: ServerProcess;
let worker: ServerProcess;
let receiver: Receiver;
let base = "";
let tenant: ApiClient;
let platform: ApiClient;
let published = 0;

before(async () => {
  cluster = await Cluster.start();
  receiver = new Receiver();
  await receiver.start();
  [api, worker] = await Promise.all([cluster.startOne("api"), cluster.startOne("worker")]);
  ({ base, tenant, platform } = await new Client({ url: api.url }).newTenant());
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
});

after(async () => {
  await cluster.remove();
  await receiver.stop();
});

/** Publishes one message with a key of its own. */
function publish(n: number): ReturnType<ApiClient["call"]> {
  const body = JSON.stringify({ topic: "SIGNER", action: "CREATED", content: { signerId: `s${n}` } });
  return platform.call("POST", `${base}/messages`, body, { "idempotency-key": `key-${n}` });
}

/** Publishes until it is taken, as a publisher does. */
async function publishUntilTaken(n: number): Promise<void> {
  await until(`message ${n} is taken`, async () => [200, 201].includes((await publish(n)).status));
}

async function readiness({ url }: ServerProcess): Promise<{ status: number; reasons: string }> {
  const answer = await fetch(`${url}/readyz`);
  const { reasons } = (await answer.json()) as { reasons: string[] };
  return { status: answer.status, reasons: reasons.join(" ") };
}

async function untilReady(): Promise<void> {
  for (const one of [api, worker]) await until("it is ready", async () => (await readiness(one)).status === 200);
}

/** Every message that was taken has come, once for each of its events unless an attempt's end was unknown. */
async function assertAllDelivered(): Promise<void> {
  const wanted = Array.from({ length: published }, (_, n) => `"s${n}"`);
  await until("everything has come", () =>
    Promise.resolve(wanted.every((signer) => receiver.received.some(({ body }) => body.includes(signer)))),
  );
  await until("nothing waits", async () => {
    const { json } = await tenant.must(200, "GET", `${base}/events?filter=PENDING&limit=1`);
    return (json["searchData"] as { total: number }).total === 0;
  });
}

test("while the database refuses connections, publishes are told to come again, and why is told; then all goes on", async () => {
  await publishUntilTaken(published++);
  await cluster.proxy.cut();
  const refused = await publish(published);
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  assert.equal(refused.json["code"], "STORE_UNAVAILABLE");
  for (const one of [api, worker]) {
    const { status, reasons } = await readiness(one);
    assert.equal(status, 503);
    assert.match(reasons, /cannot be written\. It cannot be reached\./);
  }
  await cluster.proxy.open();
  await untilReady();
  await publishUntilTaken(published++);
  await assertAllDelivered();
});

test("an outcome that cannot be recorded is kept until it can be, and nothing is sent meanwhile", async () => {
  const held = Promise.withResolvers<void>();
  const answerAtOnce = receiver.behave;
  receiver.behave = (_received, response) => void held.promise.then(() => response.end());
  await publishUntilTaken(published++);
  const cameBefore = receiver.received.length;
  await receiver.until(cameBefore + 1);
  await cluster.proxy.cut();
  held.resolve(); // answered while nobody can write it down
  receiver.behave = answerAtOnce;
  await until("the worker notices", async () => (await readiness(worker)).status === 503);
  await cluster.proxy.open();
  await untilReady();
  await assertAllDelivered();
  const signer = `"s${published - 1}"`;
  const attempts = receiver.received.filter(({ body }) => body.includes(signer));
  assert.equal(attempts.length, 1, "the one attempt was recorded, and not repeated");
});

test("on a slow database publishes end with 503 in time, and it heals by itself", async () => {
  cluster.proxy.delayMs = 5_000;
  try {
    const refused = await publish(published);
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    for (const one of [api, worker]) {
      const { status, reasons } = await readiness(one);
      assert.equal(status, 503);
      assert.match(reasons, /does not answer in time/);
    }
  } finally {
    cluster.proxy.delayMs = 0;
  }
  await untilReady();
  await publishUntilTaken(published++);
  await assertAllDelivered();
});

test("a disk that is full refuses publishes and stops claims; reads go on, and it heals by itself", async () => {
  const client = new pg.Client({ connectionString: cluster.databaseUrl });
  await client.connect();
  try {
    // What the server itself says when it cannot extend a file.
    await client.query(`
      create function disk_is_full() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`);
    const tables = ["messages", "events", "attempts", "settings", "workers", "lanes"];
    for (const table of tables) {
      await client.query(
        `create trigger full_disk before insert or update on ${table} for each statement execute function disk_is_full()`,
      );
    }
    const refused = await publish(published);
    assert.equal(refused.status, 503);
    for (const one of [api, worker]) {
      await until("why is told", async () => (await readiness(one)).reasons.includes("Its disk is full."));
    }
    await tenant.must(200, "GET", `${base}/events`);
    for (const table of tables) await client.query(`drop trigger full_disk on ${table}`);
  } finally {
    await client.end();
  }
  await untilReady();
  await publishUntilTaken(published++);
  await assertAllDelivered();
});

test("every connection that the server ends is made again", async () => {
  const client = new pg.Client({ connectionString: cluster.databaseUrl });
  await client.connect();
  try {
    for (let n = 0; n < 5; n++) {
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
      await publishUntilTaken(published++);
    }
  } finally {
    await client.end();
  }
  await untilReady();
  await assertAllDelivered();
});
