/** Jobs, the bulk work on events: resending what was sent before, replaying what a webhook missed. Their bounds and pace. */
import type { WebhookSettings } from "./webhook.ts";

export const JOB_KINDS = ["RESEND", "REPLAY"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** DONE: everything that was selected is on its way or was skipped; the outcomes may still come in. */
export const JOB_STATUSES = ["RUNNING", "PAUSED", "DONE", "CANCELLED"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Events a second. */
export const JOB_RATE_MAX = 1_000;
export const JOB_RATE_DEFAULT = 10;
/** So many events may be named in place of a filter. */
export const JOB_EVENT_IDS_MAX = 1_000;
/** So many jobs of an application environment may be RUNNING at a time. */
export const RUNNING_JOBS_MAX = 5;

/** Rounds of attempts, or seconds of a rate, that events of jobs may fill of a webhook. */
const WAITING_ROUNDS = 2;

/**
 * How many events of jobs may wait for one webhook at a time: two rounds of its attempts, or what its rate lets through in
 * two seconds if that is less. A message that is published meanwhile stands behind no more than these.
 */
export function jobEventsWaitingMax({
  maxConcurrency,
  rateLimit,
}: Pick<WebhookSettings, "maxConcurrency" | "rateLimit">): number {
  const ofRate = rateLimit === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(rateLimit * WAITING_ROUNDS));
  return Math.min(maxConcurrency * WAITING_ROUNDS, ofRate);
}
