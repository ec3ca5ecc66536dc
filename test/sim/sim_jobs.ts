/** Customers of a simulated world who start bulk work and change their minds, and what must have become of it. */
import { RUNNING_JOBS_MAX } from "../../src/domain/job.ts";
import type { Trigger } from "../../src/domain/values.ts";
import type { JobId } from "../../src/ids.ts";
import type { Job, JobSelection } from "../../src/store/jobs.ts";
import type { StoredAttempt } from "../../src/store/history.ts";
import type { SimWebhook, World } from "./world.ts";
import { SYSTEM } from "./world.ts";

/** Starts a job for the webhook or for all of its tenant, or changes one. */
export async function jobTrouble(world: World, webhook: SimWebhook): Promise<void> {
  const { store, random } = world;
  const { tenant } = webhook.tenant;
  const known = world.jobs.filter((job) => job.tenant === tenant);
  const chosen = known[random.below(Math.max(1, known.length))];
  if (chosen !== undefined && random.chance(0.4)) {
    const change = random.pick(["pause", "resume", "cancel"] as const);
    await store.changeJob({ tenant, jobId: chosen.jobId, change, actor: SYSTEM });
  } else {
    const selection = someSelection(world, webhook, chosen?.jobId ?? null);
    const rate = random.pick([1, 20, 1_000]);
    const made = await store.createJob({ tenant, selection, rate, total: 0, idempotency: null, actor: SYSTEM });
    if (made.kind === "created") world.jobs.push({ tenant, jobId: made.job.id });
  }
  world.engine.wakeJobs();
}

function someSelection(world: World, webhook: SimWebhook, failuresOf: JobId | null): JobSelection {
  const { random } = world;
  const webhookId = random.chance(0.5) ? webhook.id : null;
  const from = random.chance(0.5) ? null : world.clock.now() - random.below(60_000);
  if (random.chance(0.3)) return { source: "MESSAGES", webhookId: webhook.id, from: from ?? 0, to: null };
  if (failuresOf !== null && random.chance(0.3)) return { source: "FAILURES", webhookId, jobId: failuresOf };
  const status = random.pick(["FAILED", "SUCCESS", null] as const);
  return { source: "FILTER", webhookId, status, topic: null, action: null, code: null, from, to: null };
}

/** Lets paused jobs go on, as far as there is room for them. */
export async function resumeJobs(world: World): Promise<void> {
  for (const { tenant, jobId } of world.jobs) {
    await world.store.changeJob({ tenant, jobId, change: "resume", actor: SYSTEM });
  }
  world.engine.wakeJobs();
}

/** Whether no job has anything left to do. */
export async function areJobsDone(world: World): Promise<boolean> {
  return (await world.store.findRunningJobs({ limit: 1, cursor: null })).jobs.length === 0;
}

/** What jobs count, against the attempts that name them. */
export async function jobViolations(
  world: World,
  attemptsOf: readonly { tenant: number; attempts: readonly StoredAttempt[] }[],
): Promise<string[]> {
  const found: string[] = [];
  const running = new Map<number, number>();
  for (const { tenant, jobId } of world.jobs) {
    const job = await world.store.findJob({ tenant, jobId });
    if (job === null) {
      found.push(`job lost: ${jobId}`);
      continue;
    }
    if (job.status === "RUNNING") running.set(tenant, (running.get(tenant) ?? 0) + 1);
    found.push(...ofJob(job, attemptsOf));
  }
  for (const [tenant, count] of running) {
    if (count > RUNNING_JOBS_MAX) found.push(`${count} jobs of tenant ${tenant} run`);
  }
  return found;
}

/** A job's attempt that was ABANDONED is made again, so an event has one attempt of a job besides those. */
function ofJob(job: Job, all: readonly { tenant: number; attempts: readonly StoredAttempt[] }[]): string[] {
  const found: string[] = [];
  const trigger: Trigger = job.kind === "REPLAY" ? "REPLAY" : "BULK";
  let [passed, failed] = [0, 0];
  for (const { tenant, attempts } of all) {
    const own = attempts.filter((attempt) => attempt.triggeredBy === job.id);
    const ended = own.filter((attempt) => attempt.failure?.code !== "ABANDONED");
    if (own.length > 0 && tenant !== job.tenant) found.push(`a job of another tenant sent an event: ${job.id}`);
    if (own.some((attempt) => attempt.trigger !== trigger))
      found.push(`a job's attempt has another trigger: ${job.id}`);
    if (ended.length > 1) found.push(`a job sent an event twice: ${job.id}`);
    passed += ended.filter((attempt) => attempt.failure === null).length;
    failed += ended.filter((attempt) => attempt.failure !== null).length;
  }
  if (job.passed !== passed) found.push(`${job.passed} passed, but ${passed} attempts did: ${job.id}`);
  // Events of deleted webhooks, and those that killed three workers, fail without an attempt that has ended.
  if (job.failed < failed) found.push(`${job.failed} failed, but ${failed} attempts did: ${job.id}`);
  if (job.passed + job.failed !== job.queued) {
    found.push(`${job.queued} queued, ${job.passed} passed and ${job.failed} failed: ${job.id}`);
  }
  return found;
}
