/** Saves the list of jobs, or the failures of one, as CSV or NDJSON. */
import type { Answer } from "../../api/client.ts";
import { callText } from "../../api/client.ts";
import { PagedExport } from "../../parts/list_export.tsx";
import { EXPORTED_PAGE_ROWS } from "../../parts/paged_rows.ts";
import { useTenant } from "../../tenant.ts";
import type { Job } from "./job_reads.ts";

type FailedEvent = Answer<"listJobFailures">["items"][number];

const JOB_HEADER = "id kind status webhookId rate total queued skipped passed failed createdBy createdAt endedAt".split(
  " ",
);
const FAILURE_HEADER = "id status topic action webhookId messageId attemptCount lastCode nextAttemptAt createdAt".split(
  " ",
);

/** All jobs of the environment. */
export function JobsExport() {
  const tenant = useTenant();
  const readText = (cursor: string | null): Promise<string> =>
    callText("listJobs", { path: tenant, query: pageOf(cursor) });
  const name = `jobs-${tenant.appEnv.toLowerCase()}`;
  return <PagedExport name={name} header={JOB_HEADER} readText={readText} cellsOf={jobCells} />;
}

/** The events whose attempt by the job failed. */
export function FailuresExport({ jobId }: { jobId: string }) {
  const tenant = useTenant();
  const readText = (cursor: string | null): Promise<string> =>
    callText("listJobFailures", { path: { ...tenant, jobId }, query: pageOf(cursor) });
  return <PagedExport name={`failures-${jobId}`} header={FAILURE_HEADER} readText={readText} cellsOf={failureCells} />;
}

function pageOf(cursor: string | null): { limit: number; cursor?: string } {
  return cursor === null ? { limit: EXPORTED_PAGE_ROWS } : { limit: EXPORTED_PAGE_ROWS, cursor };
}

function jobCells(job: Job): (string | number | null)[] {
  const { _id, kind, status, webhookId, rate, total, queued, skipped, passed, failed } = job;
  const counts = [rate, total, queued, skipped, passed, failed];
  return [_id, kind, status, webhookId, ...counts, job.createdBy, job._createdAt, job.endedAt];
}

function failureCells(event: FailedEvent): (string | number | null)[] {
  const { _id, status, topic, action, webhookId, messageId, attemptCount, lastCode = null } = event;
  const place = [_id, status, topic, action, webhookId, messageId];
  return [...place, attemptCount, lastCode, event.nextAttemptAt, event._createdAt];
}
