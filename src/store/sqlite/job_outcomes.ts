/** What became of the events that a job put on their way, told by the transactions that end them. */
import type { Trigger } from "../../domain/values.ts";
import type { EventId } from "../../ids.ts";
import type { Transaction } from "./transaction.ts";

/** By the primary key. */
const COUNT_OUTCOME = `
  update jobs set passed = passed + ?3, failed = failed + ?4, updated_at = ?5 where tenant = ?1 and id = ?2`;
const END_WAIT = `
  update job_parts set waiting = waiting - 1 where tenant = ?1 and job_id = ?2 and webhook_no = ?3`;
const INSERT_FAILURE = `
  insert into job_failures (tenant, job_id, event_id, webhook_no) values (?1, ?2, ?3, ?4) on conflict do nothing`;

/** Why the attempt that has ended was made, and for which event. */
type EndedAttempt = { tenant: number; eventId: EventId; trigger: Trigger; triggeredBy: string | null };

/**
 * Counts an outcome for the job that asked for the attempt; nothing is done for any other attempt. A job's trigger is on the
 * event from its step until the first outcome, whatever ends it, so each event is counted once.
 */
export function noteJobOutcome(
  tx: Transaction,
  ended: EndedAttempt,
  outcome: { webhookNo: number; status: "SUCCESS" | "FAILED" },
): void {
  if (ended.trigger !== "BULK" && ended.trigger !== "REPLAY") return;
  const { tenant, eventId, triggeredBy: jobId } = ended;
  const { webhookNo, status } = outcome;
  const counts = status === "SUCCESS" ? [1, 0] : [0, 1];
  if (tx.sql.run(COUNT_OUTCOME, tenant, jobId, ...counts, tx.now) === 0) return; // the job was pruned meanwhile
  tx.sql.run(END_WAIT, tenant, jobId, webhookNo);
  if (status === "FAILED") tx.sql.run(INSERT_FAILURE, tenant, jobId, eventId, webhookNo);
}
