/**
 * One SQLite connection: its settings, and statements that are prepared once. Parameters are bound by number (`?1`, as
 * `$1` on PostgreSQL): binding by name was measured to cost five times as much.
 */
import { DatabaseSync } from "node:sqlite";
import type { StatementSync } from "node:sqlite";

/** What can be bound to a parameter; booleans are 0 and 1. */
export type SqlValue = null | number | string | Uint8Array;

/**
 * The write-ahead log goes into the file when it has so many pages (16 MiB). With SQLite's own 1,000, pages that every
 * transaction changes are written again and again, and a third of the time of writing goes into that; with many more, the
 * transaction that has to do it waits long.
 */
const CHECKPOINT_PAGES = 4_000;
/** What a spike left of the write-ahead log is cut to this size when it is next begun anew. */
const WAL_BYTES_KEPT = 67_108_864;
/** Of pages, for each connection. The operating system caches the rest, and has it back when others need it. */
const CACHE_KIB = 4_096;
/** Only a checkpoint can be in the way, since one process holds the file. */
const BUSY_TIMEOUT_MS = 5_000;

/** A connection, for one thread. Every method is synchronous and throws what SQLite says. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens the file (or `:memory:`), creating it unless `readOnly`. Throws what SQLite says. */
  constructor(path: string, options: { readOnly: boolean }) {
    this.#database = new DatabaseSync(path, {
      readOnly: options.readOnly,
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    });
    this.exec(`pragma cache_size = -${CACHE_KIB}; pragma temp_store = memory`);
    if (options.readOnly) return;
    this.exec(`pragma journal_mode = wal; pragma synchronous = full`);
    this.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma journal_size_limit = ${WAL_BYTES_KEPT}`);
  }

  /** Runs statements without parameters or rows, unprepared. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** The first row, or undefined. `Row` must name the columns of the statement with what the strict tables hold. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#prepared(sql).get(...values) as Row | undefined; // true by the column list and the strict tables
  }

  /** Every row; see {@link get}. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#prepared(sql).all(...values) as Row[]; // true by the column list and the strict tables
  }

  /** The rows one by one, read as they are asked for; see {@link get}. The same statement must not be run meanwhile. */
  iterate<Row>(sql: string, ...values: SqlValue[]): Iterable<Row> {
    return this.#prepared(sql).iterate(...values) as Iterable<Row>; // true by the column list and the strict tables
  }

  /** How many rows the statement changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  /** Runs `work` in a transaction that is taken for writing at once; rolls it back when anything throws. */
  transaction<Result>(work: () => Result): Result {
    this.rollback(); // of one that could not be rolled back when it failed
    this.run("begin immediate");
    try {
      const result = work();
      this.run("commit");
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
  }

  /** Runs `work` so that what it removes is overwritten with zeros in the file, not only given free. */
  overwriting(work: () => void): void {
    this.exec("pragma secure_delete = on");
    try {
      work();
    } finally {
      this.exec("pragma secure_delete = off");
    }
  }

  /** Ends an open transaction, if there is one. A fault of the disk may leave it open: the next one tries again. */
  rollback(): void {
    try {
      if (this.#database.isTransaction) this.exec("rollback");
    } catch {
      // The error that led here is the one to be told.
    }
  }

  /** Idempotent. */
  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
