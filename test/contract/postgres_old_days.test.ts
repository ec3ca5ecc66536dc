/** What becomes of the tables when a day of the history goes. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { after, test } from "node:test";
import pg from "pg";
import { systemClock } from "../../src/clock.ts";
import { createLogger } from "../../src/log.ts";
import { systemRandom } from "../../src/random.ts";
import { PostgresStore } from "../../src/store/postgres/postgres_store.ts";
import type { TestServer } from "./postgres_server.ts";
import { startServer } from "./postgres_server.ts";
import { DAY_MS, StandingClock } from "./world.ts";

const PARTITIONS = `select relname as name from pg_class where relispartition and relkind = 'r' order by relname`;

let server: Promise<TestServer> | null = null;

after(async () => {
  await (await server)?.stop();
});

/** A store on an empty database, three days after its partitions were made, and a connection of one's own. */
async function setup(t: TestContext) {
  const { createDatabase, dropDatabase } = await (server ??= startServer());
  const { name, url } = await createDatabase();
  const clock = new StandingClock();
  const made = { random: systemRandom, secretKey: Buffer.alloc(32, 7), timers: systemClock, poolSize: 9 };
  const store = new PostgresStore({ url, clock, log: createLogger("silent"), ...made });
  await store.open();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.after(async () => {
    await client.end();
    await store.close();
    await dropDatabase(name);
  });
  clock.advance(3 * DAY_MS);
  const partitions = async (): Promise<string[]> =>
    (await client.query<{ name: string }>(PARTITIONS)).rows.map((row) => row.name);
  return { store, client, partitions };
}

test("of an old day no partition is left, and the others stay", async (t) => {
  const { store, partitions } = await setup(t);
  const before = await partitions();
  assert.equal(await store.dropOldDay({ retentionMs: 2 * DAY_MS }), "dropped");
  assert.equal(await store.dropOldDay({ retentionMs: 2 * DAY_MS }), "none");
  const gone = before.filter((name) => name.endsWith("2026_03_10"));
  assert.deepEqual(gone, [
    "attempts_2026_03_10",
    "events_2026_03_10",
    "messages_2026_03_10",
    "search_index_2026_03_10",
  ]);
  assert.deepEqual(
    await partitions(),
    before.filter((name) => !gone.includes(name)),
  );
});

test("while somebody uses the history for long, an old day is busy, and nothing of it has gone", async (t) => {
  const { store, client, partitions } = await setup(t);
  const before = await partitions();
  await client.query("begin; select count(*) from events");
  assert.equal(await store.dropOldDay({ retentionMs: 2 * DAY_MS }), "busy");
  await client.query("rollback");
  assert.deepEqual(await partitions(), before);
  assert.equal(await store.dropOldDay({ retentionMs: 2 * DAY_MS }), "dropped");
});
