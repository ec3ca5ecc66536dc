/** SQLite stores for the contract suite, in a folder of their own under the system's temporary one. */
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemRandom } from "../../src/random.ts";
import type { Store } from "../../src/store/store.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite_store.ts";
import type { StoreFactory, StoreKeys } from "./store_factory.ts";
import { STORE_KEYS } from "./store_factory.ts";

/** `threads` or `inline`, see {@link SqliteStore}. */
export function sqliteFactory(mode: "threads" | "inline"): StoreFactory {
  return {
    name: `sqlite ${mode}`,
    create: async ({ clock }) => {
      const folder = await mkdtemp(join(tmpdir(), "webhooks-store-"));
      const path = join(folder, "test.db");
      let keys = STORE_KEYS;
      const open = async (): Promise<Store> => {
        const store = new SqliteStore({ path, clock, random: systemRandom, ...keys, mode });
        await store.open();
        return store;
      };
      let store = await open();
      return {
        store,
        reopen: async (changed: StoreKeys = keys) => {
          await store.close();
          keys = changed;
          return (store = await open());
        },
        dump: async () => {
          await store.close();
          const files = await readdir(folder);
          return Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, file)))));
        },
        tamper: async (statement) => {
          const database = new DatabaseSync(path, { timeout: 5_000 });
          try {
            database.exec(statement);
          } finally {
            database.close();
          }
        },
        destroy: async () => {
          await store.close();
          await rm(folder, { recursive: true });
        },
      };
    },
  };
}
