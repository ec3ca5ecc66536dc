/** The statements on the event row that several operations share: ending its wait without an attempt. */
import type { EventStatus, Trigger } from "../../domain/values.ts";
import type { FailureCode } from "../../domain/failure.ts";
import type { EventId } from "../../ids.ts";
import { noteJobOutcome } from "./job_outcomes.ts";
import type { Transaction } from "./transaction.ts";

/** What the store must know of an event to change it. */
export type EventRow = {
  tenant: number;
  day: number;
  id: EventId;
  webhook_no: number;
  is_test: number;
  status: EventStatus;
};

/** By the primary key. */
const READ_TRIGGER = `
  select next_trigger as "trigger", next_triggered_by as triggeredBy from events where tenant = ?1 and day = ?2 and id = ?3`;
/** By the primary key; ends a lease too. */
const FAIL_WAITING = `
  update events set status = 'FAILED', next_attempt_at = null, abandoned_in_row = 0, lease_worker = null, leased_at = null,
    is_begun = 0, next_trigger = 'AUTO', next_triggered_by = null, last_code = ?4, last_status = null, last_status_text = null,
    updated_at = ?5
  where tenant = ?1 and day = ?2 and id = ?3`;

/** Ends a waiting event as FAILED for good, without an attempt. */
export function failWaiting(tx: Transaction, event: EventRow, code: FailureCode): void {
  const { tenant, day, id: eventId, webhook_no: webhookNo } = event;
  const next = tx.sql.get<{ trigger: Trigger; triggeredBy: string | null }>(READ_TRIGGER, tenant, day, eventId);
  if (next !== undefined) noteJobOutcome(tx, { tenant, eventId, ...next }, { webhookNo, status: "FAILED" });
  tx.sql.run(FAIL_WAITING, event.tenant, event.day, event.id, code, tx.now);
  countStatus(tx, event, "FAILED");
}

/** Moves the event from its counter to that of `status`. */
export function countStatus(tx: Transaction, event: EventRow, status: EventStatus): void {
  if (event.status === status) return;
  const key = { tenant: event.tenant, webhookNo: event.webhook_no, isTest: event.is_test === 1 };
  tx.counters.add({ ...key, status: event.status }, -1);
  tx.counters.add({ ...key, status }, 1);
}
