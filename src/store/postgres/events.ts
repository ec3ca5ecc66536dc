/** The statements on event rows that several operations share: ending their wait without an attempt. */
import type { EventStatus, Trigger } from "../../domain/values.ts";
import type { FailureCode } from "../../domain/failure.ts";
import type { EventId } from "../../ids.ts";
import type { Transaction } from "./transaction.ts";

/** What the store must know of an event to change it. */
export type EventRow = {
  tenant: number;
  day: number;
  id: EventId;
  webhook_no: number;
  is_test: boolean;
  status: EventStatus;
};

/** What ending its wait needs besides; read under a lock of the row. */
export type WaitingRow = EventRow & { next_trigger: Trigger; next_triggered_by: string | null };

/** The columns of a {@link WaitingRow}. */
export const WAITING_COLUMNS = `e.tenant, e.day, e.id, e.webhook_no, e.is_test, e.status, e.next_trigger, e.next_triggered_by`;

/** By the primary key, in the partitions of the days; ends leases too. */
const FAIL_WAITING = `
  update events e set status = 'FAILED', next_attempt_at = null, abandoned_in_row = 0, lease_worker = null, leased_at = null,
    is_begun = false, next_trigger = 'AUTO', next_triggered_by = null, last_code = $5, last_status = null,
    last_status_text = null, updated_at = $6
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])`;

/** Ends waiting events as FAILED for good, without an attempt. Their rows are locked. */
export async function failWaiting(tx: Transaction, events: readonly WaitingRow[], code: FailureCode): Promise<void> {
  if (events.length === 0) return;
  await tx.sql.forItsValues(FAIL_WAITING, ...eventKeys(events), code, tx.now);
  for (const event of events) {
    const { tenant, id: eventId, webhook_no: webhookNo, next_trigger: trigger, next_triggered_by: triggeredBy } = event;
    tx.jobOutcomes.note({ tenant, eventId, trigger, triggeredBy }, { webhookNo, status: "FAILED" });
    countStatus(tx, event, "FAILED");
  }
}

/** Moves the event from its counter to that of `status`. */
export function countStatus(tx: Transaction, event: EventRow, status: EventStatus): void {
  if (event.status === status) return;
  const key = { tenant: event.tenant, webhookNo: event.webhook_no, isTest: event.is_test };
  tx.counters.add({ ...key, status: event.status }, -1);
  tx.counters.add({ ...key, status }, 1);
}

/**
 * The condition that the lease of `e` is that of `u`. It is told so that the planner, who may not know better, does not look
 * for it by the index of all leases of the worker.
 */
export const IS_FENCED = `coalesce(e.lease_worker, '') = u.worker and e.attempt_count = u.attempt`;

/** The keys of events as arrays, and all their days, by which the planner leaves out the partitions of the others. */
export function eventKeys(
  events: readonly { tenant: number; day: number; id: string }[],
): [tenants: number[], days: number[], ids: string[], distinctDays: number[]] {
  const days = events.map(({ day }) => day);
  return [events.map(({ tenant }) => tenant), days, events.map(({ id }) => id), [...new Set(days)]];
}
