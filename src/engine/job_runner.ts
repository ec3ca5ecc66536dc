/**
 * Works off jobs, one small step after another beside live traffic. Each RUNNING job is worked on by one worker at a time,
 * which holds its lease; all that has to survive is in the store, so that another worker goes on where this one died.
 *
 * A round gives every job that this worker holds one turn, the jobs of a tenant one after another and beginning with another
 * one each time. A turn is a look for what comes next and one transaction with as many events as the job's rate allows by
 * then. Nothing is taken while a webhook has enough events of jobs waiting: what is published meanwhile finds a short line.
 */
import type { Clock } from "../clock.ts";
import type { EventId, JobId, WebhookId, WorkerId } from "../ids.ts";
import type { Logger } from "../log.ts";
import type { JobScan, RunningJob } from "../store/jobs.ts";
import type { Store } from "../store/store.ts";
import type { LiveFeed } from "./live_feed.ts";
import { Pace } from "./pace.ts";

/** The shortest pause between two rounds, in ms. */
const ROUND_EVERY_MS_MIN = 25;
/** The longest while a job waits for its webhooks. */
const BLOCKED_MS_MAX = 500;
/** The pause when nothing is to be done here: jobs of another process, or of one that died, are seen so late. */
const IDLE_MS = 1_000;
/** A lease is held for so long, and prolonged in its last half. */
const LEASE_MS = 15_000;
/** Tenants whose jobs have their turn at the same time. */
const TENANTS_AT_A_TIME = 8;
const RUNNING_LIMIT = 500;
/** One look, and one step: small, since others wait for the reader and the writer meanwhile. */
const ROWS_MAX = 500;
const IDS_MAX = 100;

export type JobRunnerDeps = {
  store: Pick<Store, "findRunningJobs" | "claimJob" | "scanJob" | "stepJob" | "getEvents">;
  workerId: WorkerId;
  clock: Clock;
  log: Logger;
  /** Shown the events that a replay has made. */
  live: Pick<LiveFeed, "isWatched" | "add">;
  /** Called when events of the webhook have become due. */
  wake: (at: { tenant: number; webhookId: WebhookId }) => void;
};

type HeldJob = {
  tenant: number;
  jobId: JobId;
  pace: Pace;
  /** The part that had the last turn. */
  afterWebhookId: WebhookId | null;
  /** The pause after a turn in which every webhook had enough waiting. */
  blockedMs: number;
};

export class JobRunner {
  readonly #deps: JobRunnerDeps;
  readonly #held = new Map<JobId, HeldJob>();
  #rounds = 0;

  constructor(deps: JobRunnerDeps) {
    this.#deps = deps;
  }

  /** One round. Answers how long to pause before the next, in ms. */
  async runOnce(signal: AbortSignal): Promise<number> {
    const running = await this.#running();
    for (const jobId of this.#held.keys()) {
      if (!running.some((job) => job.jobId === jobId)) this.#held.delete(jobId);
    }
    const byTenant = [...Map.groupBy(running, (job) => job.tenant).values()];
    this.#rounds += 1;
    let pauseMs = IDLE_MS;
    for (let at = 0; at < byTenant.length; at += TENANTS_AT_A_TIME) {
      const turns = byTenant.slice(at, at + TENANTS_AT_A_TIME).map((jobs) => this.#turns(jobs, signal));
      pauseMs = Math.min(pauseMs, ...(await Promise.all(turns)));
    }
    return Math.max(ROUND_EVERY_MS_MIN, Math.ceil(pauseMs));
  }

  async #running(): Promise<RunningJob[]> {
    const found: RunningJob[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Store["findRunningJobs"]>> = await this.#deps.store.findRunningJobs({
        limit: RUNNING_LIMIT,
        cursor,
      });
      found.push(...page.jobs);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }

  /** The turns of a tenant's jobs; how long to pause, in ms. */
  async #turns(jobs: readonly RunningJob[], signal: AbortSignal): Promise<number> {
    const first = this.#rounds % jobs.length;
    let pauseMs = IDLE_MS;
    for (const job of [...jobs.slice(first), ...jobs.slice(0, first)]) {
      if (signal.aborted) break;
      try {
        const held = await this.#hold(job);
        if (held !== null) pauseMs = Math.min(pauseMs, await this.#turn(held));
      } catch (error) {
        this.#deps.log.error({ err: error, jobId: job.jobId }, "a job cannot go on; it is tried again");
      }
    }
    return pauseMs;
  }

  /** The job, if this worker holds its lease or gets it. */
  async #hold(job: RunningJob): Promise<HeldJob | null> {
    const { store, workerId, clock } = this.#deps;
    const { tenant, jobId, rate, holder, leaseExpiresAt } = job;
    const isOurs = holder === workerId;
    const isLong = leaseExpiresAt !== null && leaseExpiresAt - clock.now() > LEASE_MS / 2;
    if (!isOurs) this.#held.delete(jobId);
    if (!(isOurs && isLong)) {
      const isFree = isOurs || holder === null;
      if (!isFree || !(await store.claimJob({ tenant, jobId, workerId, leaseMs: LEASE_MS }))) return null;
    }
    let held = this.#held.get(jobId);
    if (held === undefined) {
      const pace = new Pace({ perSecond: rate, nowMs: clock.monotonicMs() });
      held = { tenant, jobId, pace, afterWebhookId: null, blockedMs: 0 };
      this.#held.set(jobId, held);
    }
    return held;
  }

  /** One step of the job, if its rate and its webhooks allow one. Answers when its next turn is, in ms from now. */
  async #turn(held: HeldJob): Promise<number> {
    const { store, clock } = this.#deps;
    const { tenant, jobId, pace, afterWebhookId } = held;
    const allowed = pace.allowed(clock.monotonicMs());
    if (allowed === 0) return pace.waitMs(clock.monotonicMs());
    const idsMax = Math.min(allowed, IDS_MAX);
    const scan = await store.scanJob({ tenant, jobId, afterWebhookId, rowsMax: ROWS_MAX, idsMax });
    if (scan.kind === "notRunning") return IDLE_MS;
    if (scan.kind === "waiting") {
      held.blockedMs = Math.min(BLOCKED_MS_MAX, Math.max(ROUND_EVERY_MS_MIN, held.blockedMs * 2));
      return held.blockedMs;
    }
    await this.#step(held, scan);
    return pace.waitMs(clock.monotonicMs());
  }

  async #step(held: HeldJob, scan: Extract<JobScan, { kind: "found" }>): Promise<void> {
    const { store, workerId, wake } = this.#deps;
    const { tenant, jobId, pace } = held;
    const { kind: _, ...found } = scan;
    const { queued, created } = await store.stepJob({ tenant, jobId, workerId, leaseMs: LEASE_MS, ...found });
    held.blockedMs = 0;
    held.afterWebhookId = found.webhookId;
    if (queued === null || queued === 0) return; // paused or taken over meanwhile, or only skipped
    pace.count(queued);
    try {
      // Before the engine hears of them, so that an event is shown before its attempt.
      await this.#show(tenant, created);
    } finally {
      wake({ tenant, webhookId: found.webhookId });
    }
  }

  /** Shows new events to who watches. Those that are sent once more are no new ones: their attempts are shown. */
  async #show(tenant: number, created: readonly EventId[]): Promise<void> {
    const { store, live } = this.#deps;
    if (created.length === 0 || !live.isWatched(tenant)) return;
    const events = await store.getEvents({ tenant, eventIds: created });
    live.add(
      tenant,
      events.map((event) => ({ kind: "created", event })),
    );
  }
}
