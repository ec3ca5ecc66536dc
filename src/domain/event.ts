/**
 * The state machine of an event (a message on its way to one webhook).
 *
 * An event is born PENDING and due at once. A worker that takes it *leases* it: the lease names the worker and takes the
 * next attempt number; status and due time stay as they are. Each number ends as one attempt:
 *
 *   200 in time      → SUCCESS, nothing due.
 *   failure          → FAILED, due again after the schedule's next step, or never when it is exhausted.
 *   the worker died  → ABANDONED: same status, due at once under the next number; the third in a row is FAILED for good.
 *   returned unsent  → the number is given back, and the event is due as before.
 *
 * Whether a dead worker had begun to send is not known of a first attempt, since a mark would cost each a write. Repeats of
 * an ABANDONED attempt are marked when they begin, and without the mark they count as returned unsent: an event that only
 * waited in the memory of dying workers is never out of chances.
 *
 * SUCCESS and FAILED become PENDING again by a resend, with a fresh schedule. Nothing else changes a settled event.
 */
import type { AttemptFailure, FailureCode } from "./failure.ts";
import { failure } from "./failure.ts";
import type { SuccessStatus } from "./webhook.ts";
import { retryDelayMs } from "./retry.ts";

/** So many ABANDONED attempts in a row end an event as FAILED: one that kills its worker must not do so for ever. */
export const ABANDONED_MAX = 3;
/** Statuses that send a client elsewhere; 304 is no redirect. */
const REDIRECTS: ReadonlySet<number> = new Set([300, 301, 302, 303, 305, 307, 308]);

/** What the receiver's side did, as far as the verdict depends on it. */
export type Answer =
  { kind: "response"; status: number; retryAfterMs: number | null } | { kind: "failed"; failure: AttemptFailure };

/** The judged outcome of an attempt: what becomes of the event. */
export type Verdict =
  | { status: "SUCCESS"; code: string }
  | { status: "FAILED"; code: string; failure: AttemptFailure; retryInMs: number | null; gone: boolean };

/** What the verdict depends on besides the answer. `roll` in [0,1) is the jitter. */
export type VerdictPolicy = {
  successStatus: SuccessStatus;
  retrySchedule: readonly number[];
  retriesUsed: number;
  roll: number;
};

/** Judges an answer. The status line decides; 410 ends the event and disables the webhook (`gone`). */
export function judge(answer: Answer, policy: VerdictPolicy): Verdict {
  if (answer.kind === "response" && isSuccess(answer.status, policy.successStatus)) {
    return { status: "SUCCESS", code: String(answer.status) };
  }
  const gone = answer.kind === "response" && answer.status === 410;
  const retryAfterMs = answer.kind === "response" ? answer.retryAfterMs : null;
  const retryInMs = gone
    ? null
    : retryDelayMs(policy.retrySchedule, { retriesUsed: policy.retriesUsed, retryAfterMs }, policy.roll);
  return answer.kind === "response"
    ? { status: "FAILED", code: String(answer.status), failure: statusFailure(answer.status), retryInMs, gone }
    : {
        status: "FAILED",
        code: answer.failure.code,
        failure: answer.failure,
        retryInMs: isFinal(answer.failure.code) ? null : retryInMs,
        gone,
      };
}

function isSuccess(status: number, successStatus: SuccessStatus): boolean {
  return successStatus === "200" ? status === 200 : status >= 200 && status < 300;
}

function statusFailure(status: number): AttemptFailure {
  if (status === 410) return failure("GONE");
  return failure(REDIRECTS.has(status) ? "REDIRECT_NOT_FOLLOWED" : "UNEXPECTED_STATUS", `status ${status}`);
}

/** Failures that no repetition can mend. */
function isFinal(code: FailureCode): boolean {
  return code === "CONTENT_ERASED" || code === "WEBHOOK_DELETED";
}
