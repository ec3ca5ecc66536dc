/** One step of a job: some events put on their way, the cursor moved past them, and both counted, in one transaction. */
import type { EventId, JobId, MessageId, WorkerId } from "../../ids.ts";
import { eventIdOf, idDay } from "../../ids.ts";
import type { JobStore } from "../jobs.ts";
import type { EventRow } from "./events.ts";
import { eventKeys } from "./events.ts";
import type { SelectionRow } from "./job_rows.ts";
import { SELECTION_COLUMNS, selectionOf } from "./job_rows.ts";
import type { PartSelection } from "./job_selection.ts";
import { sendableNow } from "./job_selection.ts";
import { jobTarget } from "./job_targets.ts";
import { makePending } from "./resend.ts";
import type { Transaction } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

type Step = Parameters<JobStore["stepJob"]>[0];

/** By the primary key. The row stays locked: a change of the job comes before the step or after it. */
const LOCK_HELD = `
  select ${SELECTION_COLUMNS} from jobs j left join webhooks w on w.no = j.webhook_no
  where j.tenant = $1 and j.id = $2 and j.status = 'RUNNING' and j.lease_worker = $3 for no key update of j`;
/** By the primary key, fenced by the place that the scan began at. */
const MOVE_CURSOR = `
  update job_parts set cursor = $5, is_ended = $6
  where tenant = $1 and job_id = $2 and webhook_no = $3 and cursor = $4 and not is_ended`;
const ADD_WAITING = `
  update job_parts set waiting = waiting + $4 where tenant = $1 and job_id = $2 and webhook_no = $3`;
const COUNT_STEP = `
  update jobs set queued = queued + $3, skipped = skipped + $4, updated_at = $5, lease_expires_at = $6
  where tenant = $1 and id = $2`;
const END_JOB = `
  update jobs set status = 'DONE', ended_at = $3, lease_worker = null, lease_expires_at = null
  where tenant = $1 and id = $2 and not exists (
    select 1 from job_parts where tenant = $1 and job_id = $2 and not is_ended)`;

const LOST = { queued: null, created: [] };

/** See {@link JobStore.stepJob}. The lane is locked before the job's row, as by whoever settles. */
export async function stepJob(tx: Transaction, params: Step): Promise<Awaited<ReturnType<JobStore["stepJob"]>>> {
  const { tenant, jobId, webhookId, from, to, isEnd, ids } = params;
  const webhookNo = await webhookNoFor(tx.sql, { tenant, webhookId });
  if (webhookNo === null) return LOST;
  await tx.lanes.lock([webhookNo]);
  const target = await jobTarget(tx.sql, tenant, webhookNo);
  const selection = await heldSelection(tx, params);
  if (target === null || selection === null) return LOST;
  if ((await tx.sql.run(MOVE_CURSOR, tenant, jobId, webhookNo, from, to, isEnd)) === 0) return LOST;
  const part: PartSelection = { tenant, jobId, target, selection };
  const sendable = await sendableNow(tx.sql, part, ids);
  const created: EventId[] = [];
  if (selection.source === "MESSAGES")
    created.push(...(await replay(tx, part, jobId, sendable as MessageId[]))); // what such a job's scan finds
  else await resend(tx, part, jobId, sendable);
  const skipped = params.skipped + ids.length - sendable.length;
  if (sendable.length > 0) await tx.sql.run(ADD_WAITING, tenant, jobId, webhookNo, sendable.length);
  await tx.sql.run(COUNT_STEP, tenant, jobId, sendable.length, skipped, tx.now, tx.now + params.leaseMs);
  if (isEnd) await tx.sql.run(END_JOB, tenant, jobId, tx.now);
  return { queued: sendable.length, created };
}

/** What the worker may work on; null when it does not hold the job's lease. */
async function heldSelection(
  tx: Transaction,
  which: { tenant: number; jobId: JobId; workerId: WorkerId },
): Promise<PartSelection["selection"] | null> {
  const row = await tx.sql.get<SelectionRow>(LOCK_HELD, which.tenant, which.jobId, which.workerId);
  return row === undefined ? null : selectionOf(row);
}

/** By the primary key; locked already. */
const READ_EVENTS = `
  select e.tenant, e.day, e.id, e.webhook_no, e.is_test, e.status
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
    join events e on e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])`;

async function resend(tx: Transaction, { tenant }: PartSelection, jobId: JobId, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const keys = eventKeys(ids.map((id) => ({ tenant, day: idDay(id), id })));
  const events = await tx.sql.all<EventRow>(READ_EVENTS, ...keys);
  await makePending(tx, events, { trigger: "BULK", triggeredBy: jobId });
}

/** The messages by their primary key; locked already. */
const INSERT_EVENTS = `
  insert into events (tenant, day, id, webhook_no, topic, action, is_test, status, next_attempt_at, attempt_count,
    next_trigger, next_triggered_by, created_at, updated_at)
  select m.tenant, m.day, u.event_id, $6::integer, m.topic, m.action, m.is_test, 'PENDING', $7::bigint, 0, 'REPLAY',
    $8::text, $7::bigint, $7::bigint
  from unnest($1::integer[], $2::integer[], $3::text[], $5::text[]) as u (tenant, day, id, event_id)
    join messages m on m.tenant = u.tenant and m.day = u.day and m.id = u.id and m.day = any($4::integer[])`;

async function replay(
  tx: Transaction,
  { tenant, target }: PartSelection,
  jobId: JobId,
  ids: readonly MessageId[],
): Promise<EventId[]> {
  if (ids.length === 0) return [];
  const { webhookNo } = target;
  const created = ids.map((id) => eventIdOf(id, webhookNo));
  const keys = eventKeys(ids.map((id) => ({ tenant, day: idDay(id), id })));
  await tx.sql.run(INSERT_EVENTS, ...keys, created, webhookNo, tx.now, jobId);
  for (const id of created) {
    tx.counters.add({ tenant, webhookNo, isTest: false, status: "PENDING" }, 1);
    tx.minutes.created({ tenant, webhookNo });
    tx.lanes.waits(webhookNo, { day: idDay(id), dueAt: tx.now });
  }
  tx.leavesWork = true;
  return created;
}
