/** Locks on PostgreSQL: between two processes at the same row, and of one that stands still while others wait. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import pg from "pg";
import { createLogger } from "../../src/log.ts";
import { parseAddress } from "../../src/store/postgres/address.ts";
import { Pool } from "../../src/store/postgres/pool.ts";
import { until } from "../e2e/support/until.ts";
import { VirtualClock } from "../sim/virtual_clock.ts";
import { postgresFactory } from "./postgres_factory.ts";
import type { TestServer } from "./postgres_server.ts";
import { startServer } from "./postgres_server.ts";
import { addWebhook, claim, message, publish, setup } from "./world.ts";

let server: Promise<TestServer> | null = null;
/** The URL of the database that was made last. */
let lastUrl = "";

async function started(): Promise<TestServer> {
  const running = await (server ??= startServer());
  return {
    ...running,
    createDatabase: async (template) => {
      const made = await running.createDatabase(template);
      lastUrl = made.url;
      return made;
    },
  };
}

after(async () => await (await server)?.stop());

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

test("a lane that a new worker has taken while another waited for a lock is not taken from it", async (t) => {
  const world = await setup(t, postgresFactory(started));
  const [one, two] = [await addWebhook(world), await addWebhook(world)];
  await publish(world, { messages: [message(), message(), message()] });
  const holder = await connect(lastUrl);
  await holder.query("begin; select 1 from lanes order by webhook_no limit 1 for update");
  const lanes = [one, two].map(({ id }) => ({ tenant: world.tenant, webhookId: id, room: 9 }));
  const waiting = world.store.claimDue({ workerId: world.workerId, lanes, bytesMax: 1_000_000 });
  const watcher = await connect(lastUrl);
  await until("the claim waits", async () => {
    const { rowCount } = await watcher.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return rowCount !== 0;
  });
  const other = world.newWorkerId();
  await world.store.registerWorker({ workerId: other, role: "worker", host: "b", pid: 2 });
  assert.equal((await claim(world, two, { workerId: other, room: 1 })).length, 1);
  await holder.query("commit");
  const claimed = await waiting;
  await Promise.all([holder.end(), watcher.end()]);
  assert.deepEqual(
    claimed.map(({ webhookId }) => webhookId),
    [one.id, one.id, one.id],
  );
});

test("a process that stands still in a transaction loses its locks after a while", async () => {
  const { url } = await (await started()).createDatabase();
  const timers = new VirtualClock(); // no timer of its own ever comes
  const frozen = new Pool({ address: parseAddress(url), size: 1, log: createLogger("silent"), timers });
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const failed = assert.rejects(
    frozen.write(async ({ sql }) => {
      await sql.run("select pg_advisory_xact_lock(1)");
      begun.resolve();
      await over.promise;
      return { result: null, finish: () => [] };
    }),
  );
  await begun.promise;
  const other = await connect(url);
  await until("the lock is free", async () => {
    const { rows } = await other.query<{ free: boolean }>("select pg_try_advisory_xact_lock(1) as free");
    return rows[0]?.free === true;
  });
  over.resolve();
  await failed;
  await Promise.all([other.end(), frozen.close()]);
});
