/** The one error that calls throw. */

/** Codes of failures on this side; all others are the server's. */
export const IGNISIGN_CLIENT_ERROR_CODES = {
  /** The server did not answer completely in time. */
  TIMED_OUT: "TIMED_OUT",
  /** The server was not reached, or the connection broke. */
  CONNECTION_FAILED: "CONNECTION_FAILED",
  /** The answer is not one of this API: look at the server's URL, and at what stands before it. */
  UNEXPECTED_ANSWER: "UNEXPECTED_ANSWER",
} as const;

/** What is known of a failed call. */
export type IgnisignErrorFacts = {
  status: number | null;
  code: string;
  message: string;
  context?: unknown;
  requestId?: string | null;
  cause?: unknown;
};

/** A call that failed. Never contains a key, a secret or a token. */
export class IgnisignError extends Error {
  override readonly name: string = "IgnisignError";
  /** The HTTP status, or null when there was no answer. */
  readonly status: number | null;
  /** The server's code, such as `WEBHOOK_NOT_FOUND`, or one of {@link IGNISIGN_CLIENT_ERROR_CODES}. */
  readonly code: string;
  /** Details, such as the list of faults of a body; undefined without any. */
  readonly context: unknown;
  /** Names the request in the server's log; null when there was no answer. */
  readonly requestId: string | null;

  constructor(facts: IgnisignErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.context = facts.context;
    this.requestId = facts.requestId ?? null;
  }
}
