/** PostgreSQL stores for the contract suite, each with an empty database. */
import pg from "pg";
import type { Clock } from "../../src/clock.ts";
import { systemClock } from "../../src/clock.ts";
import { createLogger } from "../../src/log.ts";
import { systemRandom } from "../../src/random.ts";
import { PostgresStore } from "../../src/store/postgres/postgres_store.ts";
import type { Store } from "../../src/store/store.ts";
import { EmptyDatabases } from "./empty_databases.ts";
import type { TestServer } from "./postgres_server.ts";
import type { StoreFactory, StoreKeys } from "./store_factory.ts";
import { STORE_KEYS } from "./store_factory.ts";
import { StandingClock } from "./world.ts";

/** `server` is asked for when the first test begins. `parameters` are for the end of the database's address. */
export function postgresFactory(
  server: () => Promise<TestServer>,
  options: { name?: string; parameters?: string } = {},
): StoreFactory {
  const { name = "postgres", parameters = "" } = options;
  let databases: EmptyDatabases | null = null;
  return {
    name,
    create: async ({ clock }) => {
      databases ??= new EmptyDatabases(await server(), migrate);
      const all = databases;
      const database = await all.take();
      const url = `${database.url}${parameters}`;
      let keys = STORE_KEYS;
      let store = await openStore(url, clock);
      return {
        store,
        reopen: async (changed: StoreKeys = keys) => {
          await store.close();
          keys = changed;
          return (store = await openStore(url, clock, keys));
        },
        dump: async () => {
          await store.close();
          return await dump(database.url);
        },
        tamper: async (statement) => {
          await withClient(database.url, (client) => client.query(statement));
        },
        destroy: async () => {
          await store.close();
          await all.giveBack(database);
        },
      };
    },
  };
}

/** One more process on the database. */
export async function openStore(url: string, clock: Clock, keys: StoreKeys = STORE_KEYS): Promise<Store> {
  const store = new PostgresStore({
    url,
    clock,
    timers: systemClock,
    random: systemRandom,
    ...keys,
    log: createLogger("silent"),
    poolSize: 11,
  });
  await store.open();
  return store;
}

/** Makes the schema, and the partitions of the days that tests begin on. */
async function migrate(url: string): Promise<void> {
  const store = await openStore(url, new StandingClock());
  await store.close();
}

/** Every row of every table, as text. */
async function dump(url: string): Promise<Buffer> {
  return await withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    return Buffer.from(texts.join("\n"));
  });
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
