/** Listing the events whose attempt, made by a job, failed. */
import type { EventId, JobId } from "../../ids.ts";
import { pageOffset, parseTextCursor, textCursor } from "../cursor.ts";
import type { StoredEvent } from "../history.ts";
import type { Page, PageRequest } from "../tenancy.ts";
import { readEvents } from "./events_list.ts";
import type { ReadView } from "./transaction.ts";

/** By a range of the primary key, backwards. */
const LIST_FAILURES = `
  select event_id as id from job_failures
  where tenant = $1 and job_id = $2 and event_id < $3 order by event_id desc limit $4 offset $5`;
const COUNT_FAILURES = `select count(*) as count from job_failures where tenant = $1 and job_id = $2`;
/** Above every event's id. */
const CURSOR_END = "evt_~";

/** See {@link JobStore.listJobFailures}. */
export async function listJobFailures(
  { sql }: ReadView,
  params: PageRequest & { tenant: number; jobId: JobId },
): Promise<Page<StoredEvent> & { total: number }> {
  const { tenant, jobId, limit } = params;
  const before = parseTextCursor(params.cursor, /^evt_\w{1,40}$/) ?? CURSOR_END;
  const rows = await sql.all<{ id: EventId }>(LIST_FAILURES, tenant, jobId, before, limit + 1, pageOffset(params));
  const ids = rows.slice(0, limit).map((row) => row.id);
  const last = rows.length > limit ? ids.at(-1) : undefined;
  return {
    items: await readEvents(sql, tenant, ids),
    nextCursor: last === undefined ? null : textCursor(last),
    total: (await sql.get<{ count: number }>(COUNT_FAILURES, tenant, jobId))?.count ?? 0,
  };
}
