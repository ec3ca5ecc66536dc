/** Opens the store that a bench works on, as the server would: PostgreSQL by its URL, anything else is a path for SQLite. */
import { dirname } from "node:path";
import type { Clock } from "../src/clock.ts";
import { systemClock } from "../src/clock.ts";
import { makeFolder } from "../src/folder.ts";
import { createLogger } from "../src/log.ts";
import { deriveKeys, loadMasterKeyFile } from "../src/master_key.ts";
import { systemRandom } from "../src/random.ts";
import { PostgresStore } from "../src/store/postgres/postgres_store.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite_store.ts";
import type { Store } from "../src/store/store.ts";

/** Of PostgreSQL databases for benches: they keep no secrets. */
const SECRET_KEY = Buffer.alloc(32, 7);
const POOL_SIZE = 20;

/** `clock` replaces the store's time. */
export async function openBenchStore(database: string, options: { clock?: Clock } = {}): Promise<Store> {
  const { clock = null } = options;
  const store = database.startsWith("postgres") ? postgresStore(database, clock) : sqliteStore(database, clock);
  await store.open();
  return store;
}

function postgresStore(url: string, clock: Clock | null): Store {
  const log = createLogger("warn");
  const made = { random: systemRandom, secretKey: SECRET_KEY, timers: systemClock };
  return new PostgresStore({ url, clock, log, poolSize: POOL_SIZE, ...made });
}

function sqliteStore(path: string, clock: Clock | null): Store {
  makeFolder(dirname(path));
  const keys = deriveKeys(loadMasterKeyFile(path, systemRandom));
  const made = { random: systemRandom, secretKey: keys.storedSecret, mode: "threads" as const };
  return new SqliteStore({ path, clock: clock ?? systemClock, ...made });
}
