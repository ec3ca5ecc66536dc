/** Deleting jobs that are long over, with what hangs on them. */
import type { JobId } from "../../ids.ts";
import { JOB_KEY_TTL_MS } from "./job_creation.ts";
import type { Transaction } from "./transaction.ts";

/** By jobs_ended and jobs_paused, the longest over first; what somebody changes is left alone. */
const NEXT_OVER = `
  select id from jobs
  where tenant = $1 and ended_at is not null and ended_at < $2 and (idempotency_key is null or created_at <= $3)
  order by ended_at limit 1 for update skip locked`;
const NEXT_FORGOTTEN = `
  select id from jobs
  where tenant = $1 and status = 'PAUSED' and updated_at < $2 and (idempotency_key is null or created_at <= $3)
  order by updated_at limit 1 for update skip locked`;
/** By a prefix of the primary key, each. */
const DELETE_FAILURES = `
  delete from job_failures where (tenant, job_id, event_id) in (
    select tenant, job_id, event_id from job_failures where tenant = $1 and job_id = $2 limit $3)`;
const DELETE_NAMED = `delete from job_events where tenant = $1 and job_id = $2`;
const DELETE_PARTS = `delete from job_parts where tenant = $1 and job_id = $2`;
const DELETE_JOB = `delete from jobs where tenant = $1 and id = $2`;

/** See {@link JobStore.pruneJobs}. */
export async function pruneJobs(
  tx: Transaction,
  params: { tenant: number; before: number; limit: number },
): Promise<{ deleted: number; more: boolean }> {
  const { tenant, before, limit } = params;
  const keyBefore = tx.now - JOB_KEY_TTL_MS;
  const next = async (): Promise<JobId | null> => {
    const found =
      (await tx.sql.get<{ id: JobId }>(NEXT_OVER, tenant, before, keyBefore)) ??
      (await tx.sql.get<{ id: JobId }>(NEXT_FORGOTTEN, tenant, before, keyBefore));
    return found?.id ?? null;
  };
  let [deleted, rows] = [0, 0];
  for (let jobId = await next(); jobId !== null; jobId = await next()) {
    if (rows >= limit) return { deleted, more: true };
    const failures = await tx.sql.run(DELETE_FAILURES, tenant, jobId, limit - rows);
    rows += failures;
    if (rows >= limit) return { deleted, more: true };
    rows += await tx.sql.run(DELETE_NAMED, tenant, jobId);
    rows += await tx.sql.run(DELETE_PARTS, tenant, jobId);
    rows += await tx.sql.run(DELETE_JOB, tenant, jobId);
    deleted += 1;
  }
  return { deleted, more: false };
}
