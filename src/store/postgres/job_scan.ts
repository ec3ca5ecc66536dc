/** Looking ahead for a job: which of its parts comes next, and what is there to be sent. */
import { assert } from "../../assert.ts";
import { jobEventsWaitingMax } from "../../domain/job.ts";
import type { JobId, WebhookId } from "../../ids.ts";
import type { JobScan } from "../jobs.ts";
import type { SelectionRow } from "./job_rows.ts";
import { SELECTION_COLUMNS, selectionOf } from "./job_rows.ts";
import type { PartSelection } from "./job_selection.ts";
import { walkPart } from "./job_selection.ts";
import { jobTarget } from "./job_targets.ts";
import type { ReadView } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** By the primary key. */
const READ_RUNNING = `
  select ${SELECTION_COLUMNS} from jobs j left join webhooks w on w.no = j.webhook_no
  where j.tenant = $1 and j.id = $2 and j.status = 'RUNNING'`;
/** By a prefix of the primary key; a part for each webhook of the tenant at most. */
const OPEN_PARTS = `
  select webhook_no, cursor from job_parts where tenant = $1 and job_id = $2 and not is_ended order by webhook_no`;
/** By job_parts_waiting. Jobs that were cancelled or paused may have events on their way, too. */
const WAITING_FOR = `
  select sum(waiting)::bigint as waiting from job_parts where tenant = $1 and webhook_no = $2 and waiting > 0`;

type PartRow = { webhook_no: number; cursor: string };

/** See {@link JobStore.scanJob}. */
export async function scanJob(
  { sql }: ReadView,
  params: { tenant: number; jobId: JobId; afterWebhookId: WebhookId | null; rowsMax: number; idsMax: number },
): Promise<JobScan> {
  const { tenant, jobId, afterWebhookId, rowsMax, idsMax } = params;
  const job = await sql.get<SelectionRow>(READ_RUNNING, tenant, jobId);
  if (job === undefined) return { kind: "notRunning" };
  const selection = selectionOf(job);
  const after = afterWebhookId === null ? null : await webhookNoFor(sql, { tenant, webhookId: afterWebhookId });
  const parts = await sql.all<PartRow>(OPEN_PARTS, tenant, jobId);
  for (const { webhook_no: webhookNo, cursor } of inRing(parts, after ?? 0)) {
    const target = await jobTarget(sql, tenant, webhookNo);
    assert(target !== null, `job ${jobId} has a part for webhook number ${webhookNo}, which is not its tenant's`);
    const waiting = (await sql.get<{ waiting: number | null }>(WAITING_FOR, tenant, webhookNo))?.waiting ?? 0;
    const room = target.isClosed ? rowsMax : Math.min(idsMax, jobEventsWaitingMax(target) - waiting);
    if (room > 0) return await scanPart({ sql }, { tenant, selection, jobId, target }, { from: cursor, room, rowsMax });
  }
  return { kind: "waiting" };
}

/** Those after the one with this number first. */
function inRing(parts: readonly PartRow[], after: number): PartRow[] {
  return [...parts.filter((part) => part.webhook_no > after), ...parts.filter((part) => part.webhook_no <= after)];
}

async function scanPart(
  { sql }: Pick<ReadView, "sql">,
  part: PartSelection,
  bounds: { from: string; room: number; rowsMax: number },
): Promise<JobScan> {
  const { from, room, rowsMax } = bounds;
  const found = { kind: "found" as const, webhookId: part.target.webhookId, from };
  const ids: string[] = [];
  let [to, looked, skipped] = [from, 0, 0];
  for await (const { id, verdict } of walkPart(sql, part, from)) {
    to = id;
    looked += 1;
    if (verdict === "queue") ids.push(id);
    else if (verdict !== null) skipped += 1;
    if (looked === rowsMax || ids.length === room) return { ...found, to, isEnd: false, ids, skipped };
  }
  return { ...found, to, isEnd: true, ids, skipped };
}
