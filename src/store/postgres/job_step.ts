/** One step of a job: some events put on their way, the cursor moved past them, and both counted, in one transaction. */
import type { EventId, JobId, MessageId, WorkerId } from "../../ids.ts";
import { eventIdOf, idDay } from "../../ids.ts";
import type { JobStore } from "../jobs.ts";
import type { SelectionRow } from "./job_rows.ts";
import { selectionOf } from "./job_rows.ts";
import type { PartSelection } from "./job_selection.ts";
import { jobTarget, verdictNow } from "./job_selection.ts";
import type { EventRow } from "./events.ts";
import { makePending } from "./resend.ts";
import type { Transaction } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

type Step = Parameters<JobStore["stepJob"]>[0];

/** By the primary key. */
const READ_HELD = `
  select j.*, w.id as webhook_id from jobs j left join webhooks w on w.no = j.webhook_no
  where j.tenant = $1 and j.id = $2 and j.status = 'RUNNING' and j.lease_worker = $3`;
/** By the primary key, fenced by the place that the scan began at. */
const MOVE_CURSOR = `
  update job_parts set cursor = $5, is_ended = $6
  where tenant = $1 and job_id = $2 and webhook_no = $3 and cursor = $4 and is_ended = 0`;
const ADD_WAITING = `
  update job_parts set waiting = waiting + $4 where tenant = $1 and job_id = $2 and webhook_no = $3`;
const COUNT_STEP = `
  update jobs set queued = queued + $3, skipped = skipped + $4, updated_at = $5, lease_expires_at = $6
  where tenant = $1 and id = $2`;
const END_JOB = `
  update jobs set status = 'DONE', ended_at = $3, lease_worker = null, lease_expires_at = null
  where tenant = $1 and id = $2 and not exists (
    select 1 from job_parts where tenant = $1 and job_id = $2 and is_ended = 0)`;

const LOST = { queued: null, created: [] };

/** See {@link JobStore.stepJob}. */
export async function stepJob(tx: Transaction, params: Step): Promise<Awaited<ReturnType<JobStore["stepJob"]>>> {
  const { tenant, jobId, workerId, webhookId, from, to, isEnd, ids } = params;
  const part = await heldPart(tx, { tenant, jobId, workerId, webhookId });
  if (part === null) return LOST;
  const { webhookNo } = part.target;
  if (await tx.sql.run(MOVE_CURSOR, tenant, jobId, webhookNo, from, to, isEnd ? 1 : 0) === 0) return LOST;
  const sendable = ids.filter((id) => await verdictNow(tx.sql, part, id) === "queue");
  const created: EventId[] = [];
  for (const id of sendable) {
    if (part.selection.source === "MESSAGES")
      created.push(await replay(tx, part, jobId, id as MessageId)); // what such a job's scan finds
    else await resend(tx, part, jobId, id);
  }
  const skipped = params.skipped + ids.length - sendable.length;
  if (sendable.length > 0) await tx.sql.run(ADD_WAITING, tenant, jobId, webhookNo, sendable.length);
  await tx.sql.run(COUNT_STEP, tenant, jobId, sendable.length, skipped, tx.now, tx.now + params.leaseMs);
  if (isEnd) await tx.sql.run(END_JOB, tenant, jobId, tx.now);
  return { queued: sendable.length, created };
}

/** What the worker may work on; null when it does not hold the job's lease. */
async function heldPart(
  tx: Transaction,
  which: Pick<Step, "tenant" | "jobId" | "webhookId"> & { workerId: WorkerId },
): Promise<PartSelection | null> {
  const { tenant, jobId, webhookId, workerId } = which;
  const job = await tx.sql.get<SelectionRow>(READ_HELD, tenant, jobId, workerId);
  const webhookNo = await webhookNoFor(tx.sql, { tenant, webhookId });
  const target = webhookNo === null ? null : await jobTarget(tx.sql, tenant, webhookNo);
  return job === undefined || target === null ? null : { tenant, jobId, target, selection: selectionOf(job, null) };
}

/** By the primary key. */
const READ_EVENT = `
  select tenant, day, id, webhook_no, is_test, status from events where tenant = $1 and day = $2 and id = $3`;

async function resend(tx: Transaction, { tenant }: PartSelection, jobId: JobId, id: string): Promise<void> {
  const event = await tx.sql.get<EventRow>(READ_EVENT, tenant, idDay(id), id);
  if (event === undefined) throw new Error(`event ${id} went away within a transaction`);
  await makePending(tx, event, { trigger: "BULK", triggeredBy: jobId });
}

/** The message by its unique key. */
const INSERT_EVENT = `
  insert into events (tenant, day, id, webhook_no, topic, action, is_test, status, next_attempt_at, attempt_count,
    next_trigger, next_triggered_by, created_at, updated_at)
  select tenant, day, $4, $5, topic, action, is_test, 'PENDING', $6, 0, 'REPLAY', $7, $6, $6
  from messages where tenant = $1 and day = $2 and id = $3`;

async function replay(tx: Transaction, { tenant, target }: PartSelection, jobId: JobId, id: MessageId): Promise<EventId> {
  const { webhookNo } = target;
  const eventId = eventIdOf(id, webhookNo);
  await tx.sql.run(INSERT_EVENT, tenant, idDay(id), id, eventId, webhookNo, tx.now, jobId);
  tx.counters.add({ tenant, webhookNo, isTest: false, status: "PENDING" }, 1);
  tx.minutes.created({ tenant, webhookNo });
  tx.lanes.waits(webhookNo, tx.now);
  return eventId;
}
