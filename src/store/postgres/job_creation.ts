/** Making a job: its row, a part for each webhook that it concerns, and the events that it names. */
import { assert } from "../../assert.ts";
import { RUNNING_JOBS_MAX } from "../../domain/job.ts";
import type { EventId, JobId } from "../../ids.ts";
import { idDay, webhookNoOf } from "../../ids.ts";
import type { Job, JobSelection, JobStore } from "../jobs.ts";
import { triggeredBy } from "../tenancy.ts";
import { lockTenant, writeAudit } from "./audit.ts";
import { findJob } from "./job_rows.ts";
import { webhooksOf } from "./job_targets.ts";
import type { Transaction } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** How long an idempotency key of a job lives. */
export const JOB_KEY_TTL_MS = 7 * 86_400_000;

type Creation = Parameters<JobStore["createJob"]>[0];

/** By jobs_idempotency. */
const FIND_KEY = `select id, request_hash, created_at from jobs where tenant = $1 and idempotency_key = $2`;
const FORGET_KEY = `update jobs set idempotency_key = null, request_hash = null where tenant = $1 and id = $2`;
/** By jobs_running. */
const COUNT_RUNNING = `select count(*) as count from jobs where tenant = $1 and status = 'RUNNING'`;
const INSERT_JOB = `
  insert into jobs (tenant, id, kind, source, webhook_no, filter_status, filter_topic, filter_action, filter_code,
    filter_from, filter_to, failures_of, rate, status, total, created_by, created_at, updated_at, ended_at,
    idempotency_key, request_hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18, $19, $20)`;
const INSERT_PARTS = `
  insert into job_parts (tenant, job_id, webhook_no) select $1::integer, $2::text, no from unnest($3::integer[]) as no`;
/** The events by the primary key, in the partitions of their days. */
const INSERT_NAMED_EVENTS = `
  insert into job_events (tenant, job_id, webhook_no, event_id)
  select e.tenant, $2::text, e.webhook_no, e.id
  from unnest($3::integer[], $4::text[]) as u (day, id)
    join events e on e.tenant = $1 and e.day = u.day and e.id = u.id and e.day = any($5::integer[])`;

/** See {@link JobStore.createJob}. Two at the same time for one tenant follow each other. */
export async function createJob(
  tx: Transaction,
  params: Creation,
): Promise<Awaited<ReturnType<JobStore["createJob"]>>> {
  await lockTenant(tx.sql, params.tenant);
  const earlier = await earlierJob(tx, params);
  if (earlier !== null) return earlier;
  if (!(await mayRun(tx, params.tenant))) return { kind: "limit" };
  const { tenant, selection, actor } = params;
  const { id } = tx.mint("job");
  const webhookNos = await webhooksOf(tx.sql, tenant, selection);
  await insertJob(tx, params, { id, isEmpty: webhookNos.length === 0 });
  await tx.sql.run(INSERT_PARTS, tenant, id, webhookNos);
  if (selection.source === "EVENTS") await insertNamed(tx, { tenant, id }, namedOf(selection.eventIds, webhookNos));
  const job = await madeJob(tx, tenant, id);
  const after = audited(job);
  writeAudit(tx, { tenant, actor, action: "job.create", target: { kind: "job", id }, before: null, after });
  return { kind: "created", job };
}

/** Whether one more job of the tenant may be RUNNING. */
export async function mayRun(tx: Transaction, tenant: number): Promise<boolean> {
  return ((await tx.sql.get<{ count: number }>(COUNT_RUNNING, tenant))?.count ?? 0) < RUNNING_JOBS_MAX;
}

/** What the key answers; null when it is new (or there is none). One that has expired is forgotten. */
async function earlierJob(
  tx: Transaction,
  { tenant, idempotency }: Creation,
): Promise<{ kind: "repeated"; job: Job } | { kind: "conflict" } | null> {
  if (idempotency === null) return null;
  const row = await tx.sql.get<{ id: JobId; request_hash: Uint8Array; created_at: number }>(
    FIND_KEY,
    tenant,
    idempotency.key,
  );
  if (row === undefined) return null;
  if (row.created_at <= tx.now - JOB_KEY_TTL_MS) {
    await tx.sql.run(FORGET_KEY, tenant, row.id);
    return null;
  }
  if (Buffer.compare(row.request_hash, idempotency.requestHash) !== 0) return { kind: "conflict" };
  return { kind: "repeated", job: await madeJob(tx, tenant, row.id) };
}

async function insertJob(tx: Transaction, params: Creation, job: { id: JobId; isEmpty: boolean }): Promise<void> {
  const { tenant, selection, rate, total, idempotency, actor } = params;
  const { source, webhookId } = selection;
  const webhookNo = webhookId === null ? null : await webhookNoFor(tx.sql, { tenant, webhookId });
  // Null means all webhooks: a webhook that is not there must not become that.
  assert((webhookId === null) === (webhookNo === null), `a job was asked for the unknown webhook ${webhookId}`);
  const kind = source === "MESSAGES" ? "REPLAY" : "RESEND";
  const state = [
    rate,
    job.isEmpty ? "DONE" : "RUNNING",
    total,
    triggeredBy(actor),
    tx.now,
    job.isEmpty ? tx.now : null,
  ];
  const key = [idempotency?.key ?? null, idempotency?.requestHash ?? null];
  await tx.sql.run(INSERT_JOB, tenant, job.id, kind, source, webhookNo, ...filterValues(selection), ...state, ...key);
}

/** The values from `filter_status` to `failures_of`. */
function filterValues(selection: JobSelection): (string | number | null)[] {
  switch (selection.source) {
    case "FILTER": {
      const { status, topic, action, code, from, to } = selection;
      return [status, topic, action, code, from, to, null];
    }
    case "MESSAGES":
      return [null, null, null, null, selection.from, selection.to, null];
    default:
      return [null, null, null, null, null, null, selection.source === "FAILURES" ? selection.jobId : null];
  }
}

/** Those that go to one of the webhooks. */
function namedOf(eventIds: readonly EventId[], webhookNos: readonly number[]): EventId[] {
  const wanted = new Set(webhookNos);
  return [...new Set(eventIds)].filter((eventId) => wanted.has(webhookNoOf(eventId)));
}

async function insertNamed(
  tx: Transaction,
  job: { tenant: number; id: JobId },
  eventIds: readonly EventId[],
): Promise<void> {
  const days = eventIds.map(idDay);
  await tx.sql.run(INSERT_NAMED_EVENTS, job.tenant, job.id, days, eventIds, [...new Set(days)]);
}

async function madeJob(tx: Transaction, tenant: number, jobId: JobId): Promise<Job> {
  const job = await findJob(tx, { tenant, jobId });
  assert(job !== null, `the job ${jobId} is not there`);
  return job;
}

/** The job as the audit log shows it: named events by their number. */
function audited({ kind, selection, rate, total }: Job): object {
  if (selection.source !== "EVENTS") return { kind, ...selection, rate, total };
  return {
    kind,
    source: selection.source,
    webhookId: selection.webhookId,
    events: selection.eventIds.length,
    rate,
    total,
  };
}
