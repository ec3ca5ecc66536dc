/** What starts make of a PostgreSQL database, whoever else starts, and whatever release was there before. */
import { after, test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { MIGRATION_LOCK } from "../../src/store/postgres/advisory_locks.ts";
import { StoreOpenError } from "../../src/store/store.ts";
import type { TestServer } from "../contract/postgres_server.ts";
import { startServer } from "../contract/postgres_server.ts";
import { migrateDatabase } from "./migrated.ts";
import { postgresSchema } from "./postgres_schema.ts";

const PROGRAM = fileURLToPath(new URL("./migrated.ts", import.meta.url));
const PROCESSES = 10;
const WAITING = `
  select count(*)::integer as count from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`;

let server: Promise<TestServer> | null = null;

after(async () => {
  await (await server)?.stop();
});

/** An empty database, and a connection to it. */
async function setup(t: TestContext) {
  const { createDatabase, dropDatabase } = await (server ??= startServer());
  const { name, url } = await createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.after(async () => {
    await client.end();
    await dropDatabase(name);
  });
  return { url, client };
}

/** Runs a process that opens a store; what it said before it ended badly, or null. */
async function openInProcess(url: string): Promise<string | null> {
  const child = spawn(process.execPath, [PROGRAM, url], { stdio: ["ignore", "ignore", "pipe"] });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit") as Promise<[number | null]>]);
  return code === 0 ? null : said;
}

test("ten processes that start at once on an empty database all come up, and each migration is applied once", async (t) => {
  const { url, client } = await setup(t);
  const first = new pg.Client({ connectionString: url });
  await first.connect();
  await first.query(`begin; select ${MIGRATION_LOCK}`);
  const opened = Array.from({ length: PROCESSES }, () => openInProcess(url));
  const waiting = async (): Promise<number> => (await client.query<{ count: number }>(WAITING)).rows[0]?.count ?? 0;
  const ended = Promise.race(opened).then((said) => assert.fail(`a process has not waited for its turn: ${said}`));
  while ((await Promise.race([waiting(), ended])) < PROCESSES); // until all of them want to be the first
  await first.end();
  ended.catch(() => undefined); // from now on they may end
  assert.deepEqual(
    await Promise.all(opened),
    Array.from({ length: PROCESSES }, () => null),
  );
  const { rows } = await client.query<{ number: number }>("select number from migrations order by number");
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: rows.length }, (_, at) => at + 1),
  );
  assert.ok(readFileSync("src/store/postgres/schema.txt", "utf8").endsWith(`\n${await postgresSchema(client)}`));
});

test("a database that a newer release has changed for good is refused, with what to do", async (t) => {
  const { url, client } = await setup(t);
  await migrateDatabase(url);
  await client.query("insert into migrations values (9999, '9999_other_keys.sql', true, 0)");
  await assert.rejects(migrateDatabase(url), (error) => {
    assert.ok(error instanceof StoreOpenError);
    assert.match(error.message, /newer release \(migration 9999_other_keys\.sql\).*Start that release again/);
    assert.doesNotMatch(error.message, /postgres:\/\//);
    return true;
  });
});

test("a database that a newer release has only added to works", async (t) => {
  const { url, client } = await setup(t);
  await migrateDatabase(url);
  await client.query("alter table webhooks add column color text default 'blue'");
  await client.query("insert into migrations values (9999, '9999_colors.sql', false, 0)");
  await migrateDatabase(url);
});
