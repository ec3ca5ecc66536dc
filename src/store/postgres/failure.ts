/** What went wrong, as the callers of the store are told: whether the call or the database is at fault. */
import pg from "pg";
import type { StoreFault } from "../store.ts";
import { StoreUnavailable } from "../store.ts";

/** Serialization failure and deadlock: the same transaction, run again, can succeed. */
const REPEATABLE = new Set(["40001", "40P01"]);
/**
 * With which PostgreSQL blames its surroundings: connection exceptions (08), authorization at a reconnect (28), a missing
 * database (3D000), a standby (25006), timeouts within a transaction (25P03, 25P04), rollbacks (40), resources (53), a lock
 * or a statement that took too long (55P03, 57014), shutdowns (57P), the system (58), corruption (XX001, XX002).
 */
const SURROUNDINGS = /^(?:08|28|3D000|25006|25P03|25P04|40|53|55P03|57014|57P|58|XX00[12])/;
/** Of the operating system, on the way to the database. */
const NETWORK = /^(?:E(?:CONN|PIPE|TIMEDOUT|HOST|NET|ADDR|NOTFOUND|AI_|NOENT|ACCES|MFILE)|UND_|ERR_(?:SSL|TLS|STREAM))/;
/** Why a connection was broken off by ourselves. */
export const TOO_LONG = "the transaction took too long (timeout)";

/** What the client says without a code. */
const CLIENT = [
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "Client was closed",
  "Client has encountered a connection error",
  "Query read timeout",
  "Cannot use a pool after calling end",
  "The server does not support SSL",
  TOO_LONG,
];

const STATE_FAULTS: readonly (readonly [RegExp, StoreFault])[] = [
  [/^53100/, "full"],
  [/^53300/, "busy"],
  [/^25006/, "readOnly"],
  [/^(?:55P03|57014|25P0[34])/, "slow"],
  [/^(?:08|28|3D000|57P)/, "unreachable"],
];

/** The commit was sent and nothing came back: it may have happened. */
export class CommitUnknown extends StoreUnavailable {}

/** The server's code of an error (SQLSTATE), or null for any other error. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}

/** Whether the transaction may succeed when it is run again. */
export function isRepeatable(error: unknown): boolean {
  return REPEATABLE.has(sqlState(error) ?? "");
}

/** Whether the connection is, or may be, of no use any more. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== null) return /^(?:08|57P0[1-5]|25P0[34])/.test(state);
  if (!(error instanceof Error)) return false;
  return NETWORK.test(codeOf(error) ?? "") || CLIENT.some((words) => error.message.startsWith(words));
}

/** The error for the caller. */
export function errorOf(error: unknown): Error {
  if (error instanceof StoreUnavailable) return error;
  if (isConnectionLost(error) || SURROUNDINGS.test(sqlState(error) ?? "")) {
    return new StoreUnavailable(`the database cannot be used now: ${faultOf(error)}`, {
      fault: kindOf(error),
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** What of a fault may be shown to anybody. */
export function kindOf(error: unknown): StoreFault {
  const state = sqlState(error);
  if (state === null) return error instanceof Error && /timeout/.test(error.message) ? "slow" : "unreachable";
  return STATE_FAULTS.find(([pattern]) => pattern.test(state))?.[1] ?? "broken";
}

/** A fault in a few words, with its code. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return error.errors.map(faultOf).join("; "); // a name with several addresses
  const code = sqlState(error) ?? codeOf(error);
  return code === null || error.message.includes(code) ? error.message : `${error.message} (${code})`;
}

function codeOf(error: Error): string | null {
  return "code" in error && typeof error.code === "string" ? error.code : null;
}
