/**
 * The state machine of an event (a message on its way to one webhook).
 *
 * An event is born PENDING and due at once. A worker that takes it *leases* it: the lease names the worker and takes the
 * next attempt number; status and due time stay as they are. Each number ends as one attempt:
 *
 *   200 in time      → SUCCESS, nothing due.
 *   failure          → FAILED, due again after the schedule's next step, or never when it is exhausted or the receiver says so.
 *   the worker died  → ABANDONED: same status, due at once under the next number; the third in a row is FAILED for good.
 *   returned unsent  → the number is given back, and the event is due as before.
 *
 * Whether a dead worker had begun to send is not known of a first attempt, since a mark would cost each a write. Repeats of
 * an ABANDONED attempt are marked when they begin, and without the mark they count as returned unsent: an event that only
 * waited in the memory of dying workers is never out of chances.
 *
 * SUCCESS and FAILED become PENDING again by a resend, with a fresh schedule. Nothing else changes a settled event.
 */
import type { DeliveryControl } from "./delivery_control.ts";
import type { AttemptFailure, FailureCode } from "./failure.ts";
import { failure } from "./failure.ts";
import type { DisabledReason, SuccessStatus } from "./webhook.ts";
import { retryDelayMs } from "./retry.ts";

/** So many ABANDONED attempts in a row end an event as FAILED: one that kills its worker must not do so for ever. */
export const ABANDONED_MAX = 3;
/** Statuses that send a client elsewhere; 304 is no redirect. */
const REDIRECTS: ReadonlySet<number> = new Set([300, 301, 302, 303, 305, 307, 308]);

/** Failures that no repetition can mend, or that the receiver wants no repetition of. */
const FINAL: ReadonlySet<FailureCode> = new Set([
  "GONE",
  "DISABLED_BY_RECEIVER",
  "ABORTED_BY_RECEIVER",
  "CONTENT_ERASED",
  "WEBHOOK_DELETED",
]);

/** What the receiver's side did, as far as the verdict depends on it. */
export type Answer =
  | { kind: "response"; status: number; retryAfterMs: number | null; control: DeliveryControl | null }
  | { kind: "failed"; failure: AttemptFailure };

/** The judged outcome of an attempt: what becomes of the event, and whether its webhook is to be disabled (null: no). */
export type Verdict =
  | { status: "SUCCESS"; code: string }
  | {
      status: "FAILED";
      code: string;
      failure: AttemptFailure;
      retryInMs: number | null;
      disableAs: DisabledReason | null;
    };

/** What the verdict depends on besides the answer. `roll` in [0,1) is the jitter. */
export type VerdictPolicy = {
  successStatus: SuccessStatus;
  retrySchedule: readonly number[];
  retriesUsed: number;
  roll: number;
};

/**
 * Judges an answer. The status line decides; of a failure, 410 and what the receiver asks for may end the event, and disable
 * the webhook.
 */
export function judge(answer: Answer, policy: VerdictPolicy): Verdict {
  if (answer.kind === "response" && isSuccess(answer.status, policy.successStatus)) {
    return { status: "SUCCESS", code: String(answer.status) };
  }
  const reason = answer.kind === "response" ? answerFailure(answer) : answer.failure;
  const retryAfterMs = answer.kind === "response" ? answer.retryAfterMs : null;
  const retryInMs = retryDelayMs(policy.retrySchedule, { retriesUsed: policy.retriesUsed, retryAfterMs }, policy.roll);
  return {
    status: "FAILED",
    code: answer.kind === "response" ? String(answer.status) : reason.code,
    failure: reason,
    retryInMs: FINAL.has(reason.code) ? null : retryInMs,
    disableAs: disablingReason(reason.code),
  };
}

function isSuccess(status: number, successStatus: SuccessStatus): boolean {
  return successStatus === "200" ? status === 200 : status >= 200 && status < 300;
}

function answerFailure({ status, control }: Extract<Answer, { kind: "response" }>): AttemptFailure {
  if (status === 410) return failure("GONE");
  if (control === "disable") return failure("DISABLED_BY_RECEIVER", `status ${status}`);
  if (control === "abort-message") return failure("ABORTED_BY_RECEIVER", `status ${status}`);
  return failure(REDIRECTS.has(status) ? "REDIRECT_NOT_FOLLOWED" : "UNEXPECTED_STATUS", `status ${status}`);
}

function disablingReason(code: FailureCode): DisabledReason | null {
  if (code === "GONE") return "GONE";
  return code === "DISABLED_BY_RECEIVER" ? "RECEIVER" : null;
}
