/**
 * One process, one file: a lock on the companion `<path>.lock`, held as an exclusive SQLite lock, which the kernel frees
 * at the death of the process. Nothing else may open the companion file: closing it anywhere in the process frees the lock.
 */
import { DatabaseSync } from "node:sqlite";
import { StoreOpenError } from "../store.ts";
import { sqliteCode } from "./failure.ts";

const BUSY = 5;

/** A held lock; it ends with {@link FileLock.release} or with the process. */
export class FileLock {
  readonly #database: DatabaseSync;

  /** Takes the lock for the database at `path`, whose companion file exists. Throws StoreOpenError when it is held. */
  constructor(path: string) {
    this.#database = new DatabaseSync(`${path}.lock`, { timeout: 0 });
    try {
      this.#database.exec("pragma locking_mode = exclusive; begin exclusive");
    } catch (error) {
      this.#database.close();
      if (((sqliteCode(error) ?? 0) & 0xff) !== BUSY) throw error;
      throw new StoreOpenError(
        `The database ${path} is in use by another process, which holds ${path}.lock. ` +
          `Stop that process, or set DATABASE_URL to another file.`,
        { cause: error },
      );
    }
  }

  /** Idempotent. */
  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
