/** PostgreSQL stores for the contract suite: a database each, copied from one that has the schema. */
import pg from "pg";
import type { Clock } from "../../src/clock.ts";
import { systemClock } from "../../src/clock.ts";
import { createLogger } from "../../src/log.ts";
import { systemRandom } from "../../src/random.ts";
import { PostgresStore } from "../../src/store/postgres/postgres_store.ts";
import type { Store } from "../../src/store/store.ts";
import type { TestServer } from "./postgres_server.ts";
import type { StoreFactory, StoreKeys } from "./store_factory.ts";
import { STORE_KEYS } from "./store_factory.ts";
import { StandingClock } from "./world.ts";

/** `server` is asked for when the first test begins. */
export function postgresFactory(server: () => Promise<TestServer>): StoreFactory {
  let template: Promise<string> | null = null;
  return {
    name: "postgres",
    create: async ({ clock }) => {
      const { createDatabase, dropDatabase } = await server();
      template ??= createTemplate(await server());
      const { name, url } = await createDatabase(await template);
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
          return await dump(url);
        },
        tamper: async (statement) => {
          await withClient(url, (client) => client.query(statement));
        },
        destroy: async () => {
          await store.close();
          await dropDatabase(name);
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

/** A database with the schema and the partitions of the days that tests begin on; its name. */
async function createTemplate({ createDatabase }: TestServer): Promise<string> {
  const { name, url } = await createDatabase();
  const store = await openStore(url, new StandingClock());
  await store.close();
  return name;
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
