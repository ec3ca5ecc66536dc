/** Pausing, resuming and cancelling jobs, and their leases: which worker works on which. */
import type { JobStatus } from "../../domain/job.ts";
import type { JobId, WorkerId } from "../../ids.ts";
import { parseTextCursor, textCursor } from "../cursor.ts";
import type { JobStore, RunningJob } from "../jobs.ts";
import { lockTenant, writeAudit } from "./audit.ts";
import { mayRun } from "./job_creation.ts";
import { findJob } from "./job_rows.ts";
import { isAlive } from "./liveness.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type Change = Parameters<JobStore["changeJob"]>[0];

const STATUS_AFTER = { pause: "PAUSED", resume: "RUNNING", cancel: "CANCELLED" } as const;
/** By the primary key. */
const CHANGE_STATUS = `
  update jobs set status = $3, updated_at = $4, ended_at = $5, lease_worker = null, lease_expires_at = null
  where tenant = $1 and id = $2`;

/** A step that is under way is waited for. */
const LOCK_JOB = `select 1 from jobs where tenant = $1 and id = $2 for no key update`;

/** See {@link JobStore.changeJob}. Two at the same time for one tenant follow each other. */
export async function changeJob(tx: Transaction, params: Change): Promise<Awaited<ReturnType<JobStore["changeJob"]>>> {
  const { tenant, jobId, change, actor } = params;
  await tx.sql.run(LOCK_JOB, tenant, jobId);
  await lockTenant(tx.sql, tenant);
  const job = await findJob(tx, { tenant, jobId });
  if (job === null) return { kind: "notFound" };
  const status: JobStatus = STATUS_AFTER[change];
  if (job.status === status) return { kind: "changed", job };
  if (job.endedAt !== null) return { kind: "ended", job };
  if (change === "resume" && !(await mayRun(tx, tenant))) return { kind: "limit" };
  await tx.sql.run(CHANGE_STATUS, tenant, jobId, status, tx.now, change === "cancel" ? tx.now : null);
  const target = { kind: "job", id: jobId } as const;
  const [before, after] = [{ status: job.status }, { status }];
  writeAudit(tx, { tenant, actor, action: `job.${change}`, target, before, after });
  return { kind: "changed", job: (await findJob(tx, { tenant, jobId })) ?? job };
}

/** A lease is void when its time is over or its worker is dead. */
const IS_LEASED = `coalesce(
    lease_expires_at > $1 and exists (select 1 from workers w where w.id = lease_worker and ${isAlive()}), false)`;
/** By jobs_running from the cursor on. */
const RUNNING_JOBS = `
  select tenant, id, rate, lease_worker, lease_expires_at, ${IS_LEASED} as is_leased
  from jobs where status = 'RUNNING' and (tenant, id) > ($2, $3) order by tenant, id limit $4`;

type RunningRow = {
  tenant: number;
  id: JobId;
  rate: number;
  lease_worker: WorkerId | null;
  lease_expires_at: number | null;
  is_leased: boolean;
};

/** See {@link JobStore.findRunningJobs}. */
export async function findRunningJobs(
  { sql, now }: ReadView,
  params: { limit: number; cursor: string | null },
): Promise<{ jobs: RunningJob[]; nextCursor: string | null }> {
  const [tenant = "0", jobId = ""] = (parseTextCursor(params.cursor, /^\d{1,15} job_\w{1,40}$/) ?? "0 ").split(" ");
  const rows = await sql.all<RunningRow>(RUNNING_JOBS, now, Number(tenant), jobId, params.limit);
  const last = rows.length === params.limit ? rows.at(-1) : undefined;
  return {
    jobs: rows.map((row) => ({
      tenant: row.tenant,
      jobId: row.id,
      rate: row.rate,
      holder: row.is_leased ? row.lease_worker : null,
      leaseExpiresAt: row.lease_expires_at,
    })),
    nextCursor: last === undefined ? null : textCursor(`${last.tenant} ${last.id}`),
  };
}

/** By the primary key. */
const CLAIM_JOB = `
  update jobs set lease_worker = $4, lease_expires_at = $5
  where tenant = $2 and id = $3 and status = 'RUNNING' and (lease_worker = $4 or not ${IS_LEASED})`;

/** See {@link JobStore.claimJob}. */
export async function claimJob(
  tx: Transaction,
  params: { tenant: number; jobId: JobId; workerId: WorkerId; leaseMs: number },
): Promise<boolean> {
  const { tenant, jobId, workerId, leaseMs } = params;
  return (await tx.sql.run(CLAIM_JOB, tx.now, tenant, jobId, workerId, tx.now + leaseMs)) === 1;
}
