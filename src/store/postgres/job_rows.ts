/** The rows of jobs: reading one, and listing a tenant's. */
import { unreachable } from "../../assert.ts";
import type { JobKind, JobStatus } from "../../domain/job.ts";
import type { AppEnv, EventStatus } from "../../domain/values.ts";
import type { EventId, JobId, WebhookId } from "../../ids.ts";
import { pageOffset, parseTextCursor, textCursor } from "../cursor.ts";
import type { Job, JobSelection } from "../jobs.ts";
import type { Page, PageRequest } from "../tenancy.ts";
import type { Connection } from "./connection.ts";
import type { ReadView } from "./transaction.ts";

/** What of a job's row says what it selects. */
export type SelectionRow = {
  id: JobId;
  tenant: number;
  webhook_id: WebhookId | null;
  source: JobSelection["source"];
  filter_status: EventStatus | null;
  filter_topic: string | null;
  filter_action: string | null;
  filter_code: string | null;
  filter_from: number | null;
  filter_to: number | null;
  failures_of: JobId | null;
};

type JobRow = SelectionRow & {
  app_id: string;
  app_env: AppEnv;
  kind: JobKind;
  rate: number;
  status: JobStatus;
  total: number;
  queued: number;
  skipped: number;
  passed: number;
  failed: number;
  created_by: string;
  created_at: number;
  updated_at: number;
  ended_at: number | null;
};

/** The columns of a {@link SelectionRow}, of `jobs j left join webhooks w on w.no = j.webhook_no`. */
export const SELECTION_COLUMNS = `j.id, j.tenant, w.id as webhook_id, j.source, j.filter_status, j.filter_topic,
    j.filter_action, j.filter_code, j.filter_from, j.filter_to, j.failures_of`;
const JOBS = `
  select ${SELECTION_COLUMNS}, t.app_id, t.app_env, j.kind, j.rate, j.status, j.total, j.queued, j.skipped, j.passed,
    j.failed, j.created_by, j.created_at, j.updated_at, j.ended_at
  from jobs j join tenants t on t.tenant = j.tenant left join webhooks w on w.no = j.webhook_no`;
/** By the primary key. */
const FIND = `${JOBS} where j.tenant = $1 and j.id = $2`;
/** By the primary key, backwards. */
const LIST = `${JOBS} where j.tenant = $1 and j.id < $2 order by j.id desc limit $3 offset $4`;
const COUNT = `select count(*) as count from jobs where tenant = $1`;
/** By ranges of the primary key; a job names no more than a thousand. */
const NAMED_EVENTS = `
  select job_id, event_id from job_events where tenant = $1 and job_id = any($2::text[]) order by event_id`;
/** Above every job's id. */
const CURSOR_END = "job_~";

/** See {@link JobStore.findJob}. */
export async function findJob(
  { sql }: Pick<ReadView, "sql">,
  params: { tenant: number; jobId: JobId },
): Promise<Job | null> {
  const [job] = await jobsOf(sql, await sql.all<JobRow>(FIND, params.tenant, params.jobId));
  return job ?? null;
}

/** See {@link JobStore.listJobs}. */
export async function listJobs(
  { sql }: ReadView,
  params: PageRequest & { tenant: number },
): Promise<Page<Job> & { total: number }> {
  const before = parseTextCursor(params.cursor, /^job_\w{1,40}$/) ?? CURSOR_END;
  const rows = await sql.all<JobRow>(LIST, params.tenant, before, params.limit + 1, pageOffset(params));
  const shown = rows.slice(0, params.limit);
  const last = rows.length > params.limit ? shown.at(-1) : undefined;
  return {
    items: await jobsOf(sql, shown),
    nextCursor: last === undefined ? null : textCursor(last.id),
    total: (await sql.get<{ count: number }>(COUNT, params.tenant))?.count ?? 0,
  };
}

/** What a row selects. The named events of an EVENTS job are in a table of their own: they are left out unless given. */
export function selectionOf(row: SelectionRow, eventIds: readonly EventId[] = []): JobSelection {
  const { source, webhook_id: webhookId } = row;
  switch (source) {
    case "FILTER":
      return {
        source,
        webhookId,
        status: row.filter_status,
        topic: row.filter_topic,
        action: row.filter_action,
        code: row.filter_code,
        from: row.filter_from,
        to: row.filter_to,
      };
    case "EVENTS":
      return { source, webhookId, eventIds };
    case "FAILURES":
      if (row.failures_of === null) throw new Error(`job ${row.id} does not say whose failures it takes`);
      return { source, webhookId, jobId: row.failures_of };
    case "MESSAGES":
      if (webhookId === null) throw new Error(`the replay ${row.id} has no webhook`);
      return { source, webhookId, from: row.filter_from ?? 0, to: row.filter_to };
    default:
      return unreachable(source);
  }
}

/** The jobs of rows that belong to one tenant. */
async function jobsOf(sql: Connection, rows: readonly JobRow[]): Promise<Job[]> {
  const naming = rows.filter(({ source }) => source === "EVENTS");
  const [first] = naming;
  const ids = naming.map(({ id }) => id);
  const named =
    first === undefined ? [] : await sql.all<{ job_id: JobId; event_id: EventId }>(NAMED_EVENTS, first.tenant, ids);
  const byJob = Map.groupBy(named, (row) => row.job_id);
  return rows.map((row) =>
    jobOf(
      row,
      (byJob.get(row.id) ?? []).map((event) => event.event_id),
    ),
  );
}

function jobOf(row: JobRow, eventIds: readonly EventId[]): Job {
  return {
    id: row.id,
    tenant: row.tenant,
    appId: row.app_id,
    appEnv: row.app_env,
    kind: row.kind,
    selection: selectionOf(row, eventIds),
    rate: row.rate,
    status: row.status,
    total: row.total,
    processed: row.queued + row.skipped,
    queued: row.queued,
    skipped: row.skipped,
    passed: row.passed,
    failed: row.failed,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
  };
}
