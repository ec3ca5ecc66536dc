/** Makes the store that the configuration names, and opens it with the keys that seal what is in it. */
import { dirname } from "node:path";
import { assert } from "./assert.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { makeFolder } from "./folder.ts";
import type { Logger } from "./log.ts";
import { deriveKeys, loadMasterKeyFile } from "./master_key.ts";
import type { Random } from "./random.ts";
import { secretKeyId } from "./secret_box.ts";
import type { ServerKeys } from "./server_keys.ts";
import { PostgresStore } from "./store/postgres/postgres_store.ts";
import { SqliteStore } from "./store/sqlite/sqlite_store.ts";
import type { Store } from "./store/store.ts";
import { StoreOpenError } from "./store/store.ts";

/** What a store is made of. */
export type OpenStoreOptions = {
  config: Pick<Config, "database" | "masterKey" | "previousMasterKey">;
  clock: Clock;
  /** The time of a shared store; null: its database's own. */
  sharedClock: Clock | null;
  random: Random;
  log: Logger;
  onFatal: (error: Error) => void;
  /** A slow disk under SQLite. */
  commitDelayMs: number;
};

/** The master key that is in force, or is to be, and the one before it. */
export type MasterKeyPair = { current: Buffer; previous: Buffer | null };

/** Opens it with the keys of the configuration. Throws {@link StoreOpenError} with a remedy. */
export async function openStore(options: OpenStoreOptions): Promise<{ store: Store; keys: ServerKeys }> {
  const { config, random, log } = options;
  const current = config.masterKey?.reveal() ?? keyBesideFile(config.database, random);
  const previous = config.previousMasterKey?.reveal() ?? null;
  const store = await openStoreWith({ current, previous }, options);
  const all = [current, ...(previous === null ? [] : [previous])].map(deriveKeys);
  const { sealingKeyId } = await store.masterKeys();
  const inForce = all.find((keys) => secretKeyId(keys.storedSecret) === sealingKeyId);
  assert(inForce !== undefined, "a store was opened without the key that it is sealed under");
  if (inForce !== all[0]) {
    log.warn("MASTER_KEY is not in force yet: `npm run rotate-master-key` goes over to it from MASTER_KEY_PREVIOUS");
  }
  // What is made with the key in force is understood by processes that have not heard of another one.
  const others = all.filter((keys) => keys !== inForce);
  const token = [inForce.token, ...others.map((keys) => keys.token)] as const;
  const session = [inForce.session, ...others.map((keys) => keys.session)] as const;
  return { store, keys: { token, session } };
}

/** Opens it with these keys. Throws {@link StoreOpenError} with a remedy. */
export async function openStoreWith(keys: MasterKeyPair, options: OpenStoreOptions): Promise<Store> {
  const { database } = options.config;
  if (database.kind === "sqlite") prepareFolder(database.path);
  const store = createStore(options, {
    secretKey: deriveKeys(keys.current).storedSecret,
    previousSecretKey: keys.previous === null ? null : deriveKeys(keys.previous).storedSecret,
  });
  await store.open();
  return store;
}

function createStore(options: OpenStoreOptions, keys: { secretKey: Buffer; previousSecretKey: Buffer | null }): Store {
  const { config, clock, sharedClock, random, log, onFatal, commitDelayMs } = options;
  const { database } = config;
  if (database.kind === "sqlite") {
    return new SqliteStore({ path: database.path, clock, random, onFatal, ...keys, mode: "threads", commitDelayMs });
  }
  const { url, poolSize } = database;
  return new PostgresStore({ url: url.reveal(), poolSize, random, ...keys, log, clock: sharedClock, timers: clock });
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
