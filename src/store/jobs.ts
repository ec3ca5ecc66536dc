/**
 * Jobs: bulk resends and replays. A job is a row with counters and, for each webhook that it concerns, a part with a cursor.
 * It is worked off in steps. A step is one transaction that makes some events PENDING, moves the cursor of one part past
 * them and counts them, so that a death between two steps neither loses nor repeats anything.
 *
 * What a job selects is fixed when it is made: events (for a replay messages) whose id is older than the job's. Every part
 * goes from the oldest id to the newest and never back, so what the job itself resent, and failed again, is not taken twice.
 */
import type { AppEnv, EventStatus } from "../domain/values.ts";
import type { JobKind, JobStatus } from "../domain/job.ts";
import type { EventId, JobId, WebhookId, WorkerId } from "../ids.ts";
import type { StoredEvent } from "./history.ts";
import type { Actor, Page, PageRequest } from "./tenancy.ts";

/**
 * What a job works on; `webhookId: null` means all webhooks. Test events are only taken when they are named (EVENTS). Of
 * another job's failures, those are taken that have not succeeded since. MESSAGES are those that the webhook would take now
 * and has no event for. Null does not narrow a filter; times are epoch ms, `from` inclusive, `to` exclusive.
 */
export type JobSelection =
  | {
      source: "FILTER";
      webhookId: WebhookId | null;
      status: EventStatus | null;
      topic: string | null;
      action: string | null;
      code: string | null;
      from: number | null;
      to: number | null;
    }
  | { source: "EVENTS"; webhookId: WebhookId | null; eventIds: readonly EventId[] }
  | { source: "FAILURES"; webhookId: WebhookId | null; jobId: JobId }
  | { source: "MESSAGES"; webhookId: WebhookId; from: number; to: number | null };

/**
 * A job as stored. `total` is what was selected at its start, what was skipped included; `processed` = `queued` (put on
 * their way) + `skipped`; `passed` + `failed` are the outcomes of the first attempts known so far, in the end `queued`.
 */
export type Job = {
  id: JobId;
  tenant: number;
  appId: string;
  appEnv: AppEnv;
  kind: JobKind;
  selection: JobSelection;
  /** Events a second. */
  rate: number;
  status: JobStatus;
  total: number;
  processed: number;
  queued: number;
  skipped: number;
  passed: number;
  failed: number;
  createdBy: string;
  createdAt: number;
  updatedAt: number;
  endedAt: number | null;
};

/**
 * What would become of something selected: sent, or skipped since it is PENDING or leased, since its webhook is disabled or
 * deleted, or since its content was erased.
 */
export type JobVerdict = "queue" | "pending" | "disabled" | "erased";

/** How much of one kind was selected. */
export type JobCount = { webhookId: WebhookId; topic: string; action: string; verdict: JobVerdict; count: number };

/** A RUNNING job, for whoever may work on it. */
export type RunningJob = {
  tenant: number;
  jobId: JobId;
  rate: number;
  /** The worker whose lease is good; null: the job may be claimed. */
  holder: WorkerId | null;
  leaseExpiresAt: number | null;
};

/** What the next step of a job is to do, at the place that its part has reached. */
export type JobScan =
  | {
      kind: "found";
      /** The part, and from where to where it was looked through. */
      webhookId: WebhookId;
      from: string;
      to: string;
      isEnd: boolean;
      /** Events to be resent, or messages to be replayed, oldest first. */
      ids: string[];
      skipped: number;
    }
  /** Every part that is left has as many events waiting as it may. */
  | { kind: "waiting" }
  | { kind: "notRunning" };

export interface JobStore {
  /**
   * Counts what a selection holds, looking at up to `limit` rows after `cursor`: called until `nextCursor` is null, and then
   * exact. An event that changes meanwhile is counted as it was when it was looked at.
   */
  countJobEvents(params: {
    tenant: number;
    selection: JobSelection;
    limit: number;
    cursor: string | null;
  }): Promise<{ counts: JobCount[]; nextCursor: string | null }>;
  /**
   * Makes a RUNNING job (DONE, where nothing can be selected). `repeated` is the earlier job of this idempotency key,
   * `conflict` when the key came with another request; of two at the same time the first makes it. `limit` when the tenant
   * has as many RUNNING jobs as it may. Named events that do not exist are left out.
   */
  createJob(params: {
    tenant: number;
    selection: JobSelection;
    rate: number;
    total: number;
    /** `key` names its route, too; `requestHash`: SHA-256 of path and body. Keys live for seven days. */
    idempotency: { key: string; requestHash: Uint8Array } | null;
    actor: Actor;
  }): Promise<{ kind: "created" | "repeated"; job: Job } | { kind: "conflict" } | { kind: "limit" }>;
  findJob(params: { tenant: number; jobId: JobId }): Promise<Job | null>;
  /** Newest first. */
  listJobs(params: PageRequest & { tenant: number }): Promise<Page<Job> & { total: number }>;
  /** The events whose attempt, made by the job, failed; newest first. Those that retention removed are left out. */
  listJobFailures(
    params: PageRequest & { tenant: number; jobId: JobId },
  ): Promise<Page<StoredEvent> & { total: number }>;
  /**
   * Pauses, resumes or cancels. What is queued already goes its way. A step that runs at the same time comes before or
   * after it as a whole, and afterwards none is made. Doing again what is done already changes nothing. `ended` when the
   * job is over, `limit` when it cannot be resumed beside so many others.
   */
  changeJob(params: {
    tenant: number;
    jobId: JobId;
    change: "pause" | "resume" | "cancel";
    actor: Actor;
  }): Promise<{ kind: "changed"; job: Job } | { kind: "notFound" } | { kind: "ended"; job: Job } | { kind: "limit" }>;

  /** RUNNING jobs of all tenants, by tenant. */
  findRunningJobs(params: { limit: number; cursor: string | null }): Promise<{
    jobs: RunningJob[];
    nextCursor: string | null;
  }>;
  /**
   * Takes or prolongs the lease of a RUNNING job, for `leaseMs` from now. False while another worker's is good: of two that
   * claim at the same time one gets it. A lease ends by its time, and at once when its worker is dead.
   */
  claimJob(params: { tenant: number; jobId: JobId; workerId: WorkerId; leaseMs: number }): Promise<boolean>;
  /**
   * Looks for what comes next: in the first part after that of `afterWebhookId` (null: from the first), in a ring, for which
   * not too many of the tenant's jobs' events wait; at most `rowsMax` rows, and `idsMax` that can be sent. Changes nothing.
   */
  scanJob(params: {
    tenant: number;
    jobId: JobId;
    afterWebhookId: WebhookId | null;
    rowsMax: number;
    idsMax: number;
  }): Promise<JobScan>;
  /**
   * Does what a scan found, in one transaction, and prolongs the lease: events become PENDING and due with a fresh schedule,
   * messages get their event, the part's cursor moves from `from` to `to`. What has changed since the scan, so that it must
   * not be sent any more, is skipped. The end of the last part ends the job. `created` are those of the queued events that it
   * made, for messages. `queued` is null, and nothing is changed, when the worker has lost the lease, the job does not run
   * any more, or the cursor is not at `from`.
   */
  stepJob(params: {
    tenant: number;
    jobId: JobId;
    workerId: WorkerId;
    leaseMs: number;
    webhookId: WebhookId;
    from: string;
    to: string;
    isEnd: boolean;
    ids: readonly string[];
    skipped: number;
  }): Promise<{ queued: number | null; created: EventId[] }>;
  /**
   * Deletes jobs of a tenant that ended before `before`, and paused ones that nobody has touched since then; about `limit`
   * rows in one transaction. A job with an idempotency key stays as long as the key lives.
   */
  pruneJobs(params: { tenant: number; before: number; limit: number }): Promise<{ deleted: number; more: boolean }>;
}
