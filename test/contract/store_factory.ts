/** How the contract suite gets a store to test: each implementation brings one of these. */
import type { Clock } from "../../src/clock.ts";
import type { Store } from "../../src/store/store.ts";

/** What seals what is secret, and what opens it, too, of the master key before. */
export type StoreKeys = { secretKey: Buffer; previousSecretKey?: Buffer | null };

/** What stores are made with unless a test says otherwise. */
export const STORE_KEYS: StoreKeys = { secretKey: Buffer.alloc(32, 7) };

/** An empty store of its own, opened. */
export type TestStore = {
  store: Store;
  /** Closes it and opens it again as a new process would, on the same data; with these keys from then on. */
  reopen: (keys?: StoreKeys) => Promise<Store>;
  /** Everything it has at rest, for looking for what must not be there. */
  dump: () => Promise<Buffer>;
  /** Runs a statement behind the store's back, as whoever can write the database might. */
  tamper: (statement: string) => Promise<void>;
  /** Closes it and removes what it left. */
  destroy: () => Promise<void>;
};

/** An implementation under test. */
export type StoreFactory = {
  /** Shown in the names of the tests. */
  name: string;
  create: (options: { clock: Clock }) => Promise<TestStore>;
};
