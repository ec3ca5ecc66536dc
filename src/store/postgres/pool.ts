/**
 * The connections of one process, and transactions on them. Everything has a bound: how many connections there are, how long
 * one may take to be made, how long a statement may wait for a lock, run, or stay without an answer.
 */
import pg from "pg";
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log.ts";
import { StoreUnavailable } from "../store.ts";
import type { DatabaseAddress } from "./address.ts";
import { Connection, Statements, streamOf } from "./connection.ts";
import { CommitUnknown, TOO_LONG, faultOf, isConnectionLost, kindOf } from "./failure.ts";
import type { Plans } from "./plans.ts";
import { PLANNED_ALWAYS, planSettings } from "./plans.ts";
import { TYPES } from "./values.ts";

const CONNECT_MS_MAX = 5_000;
const STATEMENT_MS_MAX = 10_000;
const LOCK_MS_MAX = 5_000;
/** For a server that does not even say that a statement took too long. */
const ANSWER_MS_MAX = 15_000;
/** A new connection has to read the catalogue and to plan: those of a quiet time are kept for a while. */
const IDLE_MS_MAX = 600_000;
/** A whole transaction that others wait for: those of the engine, and what publishers and receivers wait for. */
export const HOT_TRANSACTION_MS_MAX = 10_000;
/** A heartbeat: one that hangs on a connection that is no more must not keep the next one from being made in time. */
export const HEARTBEAT_MS_MAX = 3_000;
/** Any other. */
const TRANSACTION_MS_MAX = 60_000;

/** The time by the database's clock, epoch ms. */
const NOW = `select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now`;
/** The last one is for a process that stands still, or is gone without a word, while others wait for its locks. */
const LIMITS = [
  `set local statement_timeout = ${STATEMENT_MS_MAX}`,
  `set local lock_timeout = ${LOCK_MS_MAX}`,
  `set local idle_in_transaction_session_timeout = ${HOT_TRANSACTION_MS_MAX}`,
].join("; ");

/** All statements of a read see the same state. */
const BEGIN_READ = "begin isolation level repeatable read read only";

/** A transaction under way. `now` is its time by the database's clock, epoch ms. */
export type Begun = { sql: Connection; now: number };

/** What a write leaves for the end: statements that share their round trip with the commit. */
export type Finish = () => Promise<unknown>[];

/** The settings of a client for this address. */
export function clientConfig(address: DatabaseAddress): pg.ClientConfig {
  return {
    connectionString: address.connectionString,
    application_name: "ignisign-webhooks",
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    types: TYPES,
  };
}

/** All of one process, but for the one that listens (notices.ts). */
export class Pool {
  readonly #pool: pg.Pool;
  readonly #statements: Statements;
  readonly #timers: Clock;
  #isClosed = false;

  /** Connects when it is first needed. */
  constructor(options: { address: DatabaseAddress; size: number; log: Logger; timers: Clock }) {
    const { address, size, log, timers } = options;
    this.#timers = timers;
    this.#statements = new Statements(address);
    const config = { ...clientConfig(address), query_timeout: ANSWER_MS_MAX, pipeline: true };
    this.#pool = new pg.Pool({ ...config, max: size, idleTimeoutMillis: IDLE_MS_MAX });
    this.#pool.on("error", (error) => log.warn({ fault: faultOf(error) }, "an idle database connection was lost"));
  }

  /**
   * Runs `work` in a transaction, and then what it leaves for the end together with the commit; all of it within `limitMs`
   * from when there is a connection. Throws StoreUnavailable when the database is at fault, {@link CommitUnknown} when it
   * cannot be told whether the commit happened, and what the server says otherwise.
   */
  async write<Result>(
    work: (begun: Begun) => Promise<{ result: Result; finish: Finish }>,
    limitMs = TRANSACTION_MS_MAX,
    plans = PLANNED_ALWAYS,
  ): Promise<Result> {
    return await this.#within(async (client) => {
      const begun = await this.#started(client, "begin", plans);
      const { result, finish } = await work(begun);
      await commit(client, finish());
      return { result, ended: null };
    }, limitMs);
  }

  /** Runs `work` in a transaction that only reads, within `limitMs`. */
  async read<Result>(work: (begun: Begun) => Promise<Result>, limitMs = TRANSACTION_MS_MAX): Promise<Result> {
    return await this.#within(async (client) => {
      const begun = await this.#started(client, BEGIN_READ, PLANNED_ALWAYS);
      const result = await work(begun);
      return { result, ended: client.query("commit") }; // nobody needs to wait for the end of a read
    }, limitMs);
  }

  /** Resolves when every connection is closed. Idempotent. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#pool.end();
  }

  /** Lends a connection to `work`, and closes it when it may be of no use any more. */
  async #within<Result>(
    work: (client: pg.PoolClient) => Promise<{ result: Result; ended: Promise<unknown> | null }>,
    limitMs = TRANSACTION_MS_MAX,
  ): Promise<Result> {
    const client = await this.#checkOut();
    let isLost = false;
    const onError = (): void => void (isLost = true);
    client.on("error", onError);
    const cancel = this.#timers.setTimer(() => breakOff(client), limitMs);
    const giveBack = (): void => {
      cancel();
      client.off("error", onError);
      client.release(isLost);
    };
    try {
      const { result, ended } = await work(client);
      if (ended === null) giveBack();
      else {
        ended.then(giveBack, () => {
          isLost = true;
          giveBack();
        });
      }
      return result;
    } catch (error) {
      isLost ||= isConnectionLost(error) || !(await rolledBack(client));
      giveBack();
      throw error;
    }
  }

  async #checkOut(): Promise<pg.PoolClient> {
    if (this.#isClosed) throw new StoreUnavailable("the store is closed");
    try {
      return await this.#pool.connect();
    } catch (error) {
      const fault = faultOf(error);
      throw new StoreUnavailable(`no connection to the database can be had: ${fault}`, {
        fault: kindOf(error),
        cause: error,
      });
    }
  }

  async #started(client: pg.PoolClient, begin: string, plans: Plans): Promise<Begun> {
    const text = `${begin}; ${LIMITS}; ${planSettings(plans)}; ${NOW}`;
    const results = (await client.query(text)) as unknown as pg.QueryResult<{ now: number }>[]; // one for each statement
    return {
      sql: new Connection({ client, statements: this.#statements, plans }),
      now: results.at(-1)?.rows[0]?.now ?? 0,
    };
  }
}

/** Sends the commit behind the last statements. A transaction in which one of them failed is rolled back by the server. */
async function commit(client: pg.PoolClient, last: readonly Promise<unknown>[]): Promise<void> {
  const committed = client.query("commit").then(
    ({ command }) => command,
    (error: unknown) => {
      if (!isConnectionLost(error)) throw error;
      const fault = faultOf(error);
      throw new CommitUnknown(`the connection broke at a commit, which may have happened: ${fault}`, {
        fault: kindOf(error),
        cause: error,
      });
    },
  );
  const [command] = await Promise.all([committed, ...last.map((statement) => statement.catch(unlessLost))]);
  if (command !== "COMMIT") throw new Error(`a transaction ended with ${command} in place of COMMIT`);
}

/** A connection that broke at one of the last statements broke at the commit, too, which was sent behind it. */
function unlessLost(error: unknown): void {
  if (!isConnectionLost(error)) throw error;
}

/** Ends the connection under whatever runs on it, which then fails: no statement took too long, but all of them together. */
function breakOff(client: pg.PoolClient): void {
  streamOf(client).destroy(new Error(TOO_LONG));
}

async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    return false; // the error that led here is the one to be told
  }
}
