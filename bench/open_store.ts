/** Opens the store that a bench works on, as the server would: PostgreSQL by its URL, anything else is a path for SQLite. */
import { dirname } from "node:path";
import type { Clock } from "../src/clock.ts";
import { systemClock } from "../src/clock.ts";
import { makeFolder } from "../src/folder.ts";
import { createLogger } from "../src/log.ts";
import { deriveKeys, loadMasterKeyFile, parseMasterKey } from "../src/master_key.ts";
import { systemRandom } from "../src/random.ts";
import { PostgresStore } from "../src/store/postgres/postgres_store.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite_store.ts";
import type { Store } from "../src/store/store.ts";

/** Of PostgreSQL databases for benches, unless MASTER_KEY names another one: they keep no secrets. */
export const BENCH_MASTER_KEY = Buffer.alloc(32, 7).toString("base64");
const POOL_SIZE = 20;

/** `clock` replaces the store's time. */
export async function openBenchStore(database: string, options: { clock?: Clock } = {}): Promise<Store> {
  const { clock = null } = options;
  const store = database.startsWith("postgres") ? postgresStore(database, clock) : sqliteStore(database, clock);
  await store.open();
  return store;
}

function postgresStore(url: string, clock: Clock | null): Store {
  const masterKey = parseMasterKey(process.env["MASTER_KEY"] ?? BENCH_MASTER_KEY);
  if (masterKey === null) throw new Error("MASTER_KEY does not hold 32 bytes in base64");
  const secretKey = deriveKeys(masterKey).storedSecret;
  const made = { random: systemRandom, secretKey, timers: systemClock, log: createLogger("warn") };
  return new PostgresStore({ url, clock, poolSize: POOL_SIZE, ...made });
}

function sqliteStore(path: string, clock: Clock | null): Store {
  makeFolder(dirname(path));
  const keys = deriveKeys(loadMasterKeyFile(path, systemRandom));
  const made = { path, random: systemRandom, secretKey: keys.storedSecret };
  // A clock of one's own cannot go along to a thread.
  if (clock !== null) return new SqliteStore({ ...made, clock, mode: "inline" });
  return new SqliteStore({ ...made, clock: systemClock, mode: "threads" });
}
