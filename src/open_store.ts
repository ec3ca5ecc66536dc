/** Makes the store that the configuration names, and opens it with the keys that seal what is in it. */
import { dirname } from "node:path";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { makeFolder } from "./folder.ts";
import type { Logger } from "./log.ts";
import type { DerivedKeys } from "./master_key.ts";
import { deriveKeys, loadMasterKeyFile } from "./master_key.ts";
import type { Random } from "./random.ts";
import { PostgresStore } from "./store/postgres/postgres_store.ts";
import { SqliteStore } from "./store/sqlite/sqlite_store.ts";
import type { Store } from "./store/store.ts";
import { StoreOpenError } from "./store/store.ts";

/** What a store is made of. */
export type OpenStoreOptions = {
  config: Pick<Config, "database" | "masterKey">;
  clock: Clock;
  /** The time of a shared store; null: its database's own. */
  sharedClock: Clock | null;
  random: Random;
  log: Logger;
  onFatal: (error: Error) => void;
  /** A slow disk under SQLite. */
  commitDelayMs: number;
};

/** Opens it. Throws {@link StoreOpenError} with a remedy. */
export async function openStore(options: OpenStoreOptions): Promise<{ store: Store; keys: DerivedKeys }> {
  const { config, random } = options;
  const { database } = config;
  if (database.kind === "sqlite") prepareFolder(database.path);
  const masterKey = config.masterKey?.reveal() ?? keyBesideFile(database, random);
  const keys = deriveKeys(masterKey);
  const store = createStore(options, keys.storedSecret);
  await store.open();
  return { store, keys };
}

function createStore(options: OpenStoreOptions, secretKey: Buffer): Store {
  const { config, clock, sharedClock, random, log, onFatal, commitDelayMs } = options;
  const { database } = config;
  if (database.kind === "sqlite") {
    return new SqliteStore({ path: database.path, clock, random, onFatal, secretKey, mode: "threads", commitDelayMs });
  }
  const { url, poolSize } = database;
  return new PostgresStore({ url: url.reveal(), poolSize, random, secretKey, log, clock: sharedClock, timers: clock });
}

function keyBesideFile(database: Config["database"], random: Random): Buffer {
  if (database.kind === "sqlite") return loadMasterKeyFile(database.path, random);
  throw new StoreOpenError("MASTER_KEY is not set, and a PostgreSQL database needs it.");
}

function prepareFolder(databasePath: string): void {
  try {
    makeFolder(dirname(databasePath));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = "Set DATABASE_URL to a path that this user can write.";
    throw new StoreOpenError(`The folder of the database ${databasePath} cannot be made: ${reason}. ${remedy}`, {
      cause: error,
    });
  }
}
