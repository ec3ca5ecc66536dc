/** Short ways to make jobs and to work them off, as the engine does, on a store under test. */
import assert from "node:assert/strict";
import type { EventId, JobId, WebhookId } from "../../src/ids.ts";
import type { Job, JobScan, JobSelection, JobStore } from "../../src/store/jobs.ts";
import type { World } from "./world.ts";
import { ACTOR, claim, failed, publishOne, settle } from "./world.ts";

/** One minute. */
export const LEASE_MS = 60_000;

/** All failed events of the tenant, unless changed. */
export function byFilter(change: Partial<Extract<JobSelection, { source: "FILTER" }>> = {}): JobSelection {
  const open = { topic: null, action: null, code: null, from: null, to: null };
  return { source: "FILTER", webhookId: null, status: "FAILED", ...open, ...change };
}

/** Makes a job, whatever comes of it. */
export function createRaw(
  world: World,
  selection: JobSelection,
  change: Partial<Parameters<JobStore["createJob"]>[0]> = {},
) {
  const params = { tenant: world.tenant, selection, rate: 10, total: 0, idempotency: null, actor: ACTOR };
  return world.store.createJob({ ...params, ...change });
}

/** A new job. */
export async function createJob(world: World, selection: JobSelection = byFilter()): Promise<Job> {
  const result = await createRaw(world, selection);
  assert.equal(result.kind, "created");
  return result.job;
}

/** A job that must be there. */
export async function readJob(world: World, jobId: JobId): Promise<Job> {
  const job = await world.store.findJob({ tenant: world.tenant, jobId });
  assert.ok(job);
  return job;
}

/** What of a job moves. */
export async function progress(world: World, jobId: JobId) {
  const { status, processed, queued, skipped, passed, failed: failedCount } = await readJob(world, jobId);
  return { status, processed, queued, skipped, passed, failed: failedCount };
}

/** The whole count, in slices of `limit` rows. */
export async function countAll(world: World, selection: JobSelection, limit = 3) {
  const total = { queue: 0, pending: 0, disabled: 0, erased: 0 };
  let cursor: string | null = null;
  do {
    const slice = await world.store.countJobEvents({ tenant: world.tenant, selection, limit, cursor });
    for (const { verdict, count } of slice.counts) total[verdict] += count;
    cursor = slice.nextCursor;
  } while (cursor !== null);
  return total;
}

/** What the next step would do. */
export function scan(
  world: World,
  jobId: JobId,
  change: { afterWebhookId?: WebhookId | null; rowsMax?: number; idsMax?: number } = {},
): Promise<JobScan> {
  return world.store.scanJob({
    tenant: world.tenant,
    jobId,
    afterWebhookId: null,
    rowsMax: 100,
    idsMax: 100,
    ...change,
  });
}

/** What the next step would do, where there must be one. */
export async function found(world: World, jobId: JobId, change: Parameters<typeof scan>[2] = {}) {
  const next = await scan(world, jobId, change);
  assert.equal(next.kind, "found");
  return next;
}

/** Does what a scan found, as far as it still may. */
export function stepRaw(world: World, jobId: JobId, next: Extract<JobScan, { kind: "found" }>) {
  const { kind: _, ...what } = next;
  const lease = { workerId: world.workerId, leaseMs: LEASE_MS };
  return world.store.stepJob({ tenant: world.tenant, jobId, ...lease, ...what });
}

/** The same; how many were queued, null when nothing may be done. */
export async function step(...[world, jobId, next]: Parameters<typeof stepRaw>): Promise<number | null> {
  return (await stepRaw(world, jobId, next)).queued;
}

/** Claims the job, and steps until nothing is left or everything waits; the ids in the order in which they were sent. */
export async function work(world: World, jobId: JobId, bounds: { rowsMax?: number; idsMax?: number } = {}) {
  const ids: string[] = [];
  assert.ok(await claimJob(world, jobId));
  let afterWebhookId: WebhookId | null = null;
  for (;;) {
    const next: JobScan = await scan(world, jobId, { ...bounds, afterWebhookId });
    if (next.kind !== "found") return ids;
    assert.notEqual(await step(world, jobId, next), null);
    ids.push(...next.ids);
    afterWebhookId = next.webhookId;
  }
}

/** Takes the job for the world's worker, or another one. */
export function claimJob(world: World, jobId: JobId, workerId = world.workerId): Promise<boolean> {
  return world.store.claimJob({ tenant: world.tenant, jobId, workerId, leaseMs: LEASE_MS });
}

/** Events that failed for good, oldest first. */
export async function publishFailed(world: World, webhook: { id: WebhookId }, count: number): Promise<EventId[]> {
  const ids: EventId[] = [];
  for (let at = 0; at < count; at++) {
    ids.push(await publishOne(world));
    world.clock.advance(1);
  }
  for (const event of await claim(world, webhook)) await settle(world, failed(event, { retryInMs: null }));
  return ids;
}
