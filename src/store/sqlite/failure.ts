/** What went wrong in the core, as plain data that crosses a thread boundary and becomes an error again beyond it. */
import { AssertionFailure } from "../../assert.ts";
import { ApiError } from "../../errors.ts";
import type { ErrorCode } from "../../errors.ts";
import type { StoreFault } from "../store.ts";
import { StoreUnavailable } from "../store.ts";
import type { CallOutcome } from "../waiting.ts";

/** `unavailable`: the disk or the file, not the call, is at fault. `refused`: the caller is told (a malformed cursor). */
type CoreFailure =
  | { kind: "unavailable"; fault: StoreFault; message: string; stack: string | null }
  | { kind: "bug" | "assertion"; message: string; stack: string | null }
  | { kind: "refused"; code: ErrorCode; message: string };

/** The result of one operation. */
export type Outcome = { ok: true; value: unknown } | { ok: false; failure: CoreFailure };

/**
 * Primary result codes with which SQLite blames its surroundings: BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL,
 * CANTOPEN, PROTOCOL, NOTADB.
 */
const SURROUNDINGS = new Set([5, 6, 7, 8, 10, 11, 13, 14, 15, 26]);

const FAULTS: ReadonlyMap<number, StoreFault> = new Map([
  [8, "readOnly"],
  [13, "full"],
]);

/** The failure that an exception stands for. */
export function failureOf(error: unknown): CoreFailure {
  if (error instanceof ApiError) return { kind: "refused", code: error.code, message: error.message };
  const { message, stack = null } = error instanceof Error ? error : new Error(String(error));
  const code = sqliteCode(error);
  if (code !== null && SURROUNDINGS.has(code & 0xff)) {
    const fault = FAULTS.get(code & 0xff) ?? "broken";
    return {
      kind: "unavailable",
      fault,
      message: `the database cannot be used now: ${message} (SQLite ${code})`,
      stack,
    };
  }
  return { kind: error instanceof AssertionFailure ? "assertion" : "bug", message, stack };
}

/** The outcomes of a batch as their callers are told them. */
export function callOutcomes(outcomes: readonly Outcome[]): CallOutcome[] {
  return outcomes.map((outcome) => (outcome.ok ? outcome : { ok: false, error: errorOf(outcome.failure) }));
}

/** The exception for a failure. */
function errorOf(failure: CoreFailure): Error {
  switch (failure.kind) {
    case "unavailable":
      return new StoreUnavailable(failure.message, { fault: failure.fault });
    case "refused":
      return new ApiError(failure.code, failure.message);
    case "assertion":
      return withStack(new AssertionFailure(failure.message), failure.stack);
    case "bug":
      return withStack(new Error(failure.message), failure.stack);
  }
}

/** SQLite's extended result code of an error, or null for another error. */
export function sqliteCode(error: unknown): number | null {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : null;
}

function withStack(error: Error, stack: string | null): Error {
  if (stack !== null) error.stack = stack;
  return error;
}
