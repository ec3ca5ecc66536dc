/** Ending attempts with their outcome: attempt row, event, counters, statistics and failing run, in one transaction. */
import type { EventStatus } from "../../domain/values.ts";
import type { DisabledReason } from "../../domain/webhook.ts";
import { extendFailingRun, isFailingTooLong } from "../../domain/webhook.ts";
import type { EventId, WebhookId, WorkerId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { SettledState, Settlement } from "../delivery.ts";
import { insertAttempt } from "./attempts.ts";
import { disableWebhook } from "./disabling.ts";
import { environmentSettings } from "./environment_settings.ts";
import { countStatus } from "./events.ts";
import { noteJobOutcome } from "./job_outcomes.ts";
import type { Transaction } from "./transaction.ts";

type Settled = {
  late: EventId[];
  disabled: { webhookId: WebhookId; reason: DisabledReason }[];
  states: SettledState[];
};

/** See {@link DeliveryStore.settleAttempts}. */
export function settleAttempts(
  tx: Transaction,
  params: { workerId: WorkerId; settlements: readonly Settlement[]; statesOf?: readonly EventId[] },
): Settled {
  const settled: Settled = { late: [], disabled: [], states: [] };
  const statesOf = new Set(params.statesOf);
  for (const settlement of params.settlements) {
    const event = settleEvent(tx, params.workerId, settlement);
    if (event === null) {
      settled.late.push(settlement.eventId);
      continue;
    }
    const { webhookNo, state } = event;
    if (statesOf.has(settlement.eventId)) settled.states.push(state);
    insertAttempt(tx.sql, params.workerId, settlement);
    noteJobOutcome(tx, settlement, { webhookNo, status: settlement.status });
    if (!settlement.isTest) tx.minutes.attempted({ tenant: settlement.tenant, webhookNo }, settlement);
    const tooLong = followFailingRun(tx, webhookNo, settlement);
    const reason = settlement.disableAs ?? tooLong;
    if (reason !== null && disableWebhook(tx, webhookNo, reason)) {
      settled.disabled.push({ webhookId: settlement.webhookId, reason });
    }
  }
  return settled;
}

type LeaseRow = {
  webhook_no: number;
  is_test: number;
  status: EventStatus;
  retries_used: number;
  attempt_count: number;
  lease_worker: string | null;
};

/** By the primary key. */
const READ_LEASE = `
  select webhook_no, is_test, status, retries_used, attempt_count, lease_worker from events
  where tenant = ?1 and day = ?2 and id = ?3`;
const END_LEASE = `
  update events set status = ?4, next_attempt_at = ?5, retries_used = ?6, last_code = ?7, last_status = ?8,
    last_status_text = ?9, updated_at = ?10, abandoned_in_row = 0, next_trigger = 'AUTO', next_triggered_by = null,
    lease_worker = null, leased_at = null, is_begun = 0
  where tenant = ?1 and day = ?2 and id = ?3`;

/** Null when the worker no longer holds the lease, and nothing was changed. */
function settleEvent(
  tx: Transaction,
  workerId: WorkerId,
  settlement: Settlement,
): { webhookNo: number; state: SettledState } | null {
  const { tenant, eventId, attempt, status, code, record } = settlement;
  const day = idDay(eventId);
  const event = tx.sql.get<LeaseRow>(READ_LEASE, tenant, day, eventId);
  if (event === undefined || event.lease_worker !== workerId || event.attempt_count !== attempt) return null;
  // A first try and a resend are PENDING, so only automatic retries are counted.
  const retriesUsed = event.retries_used + (event.status === "FAILED" ? 1 : 0);
  const nextAttemptAt = nextRetryAt(tx, event.webhook_no, settlement);
  const response = [record.response?.status ?? null, record.response?.statusText ?? null];
  tx.sql.run(END_LEASE, tenant, day, eventId, status, nextAttemptAt, retriesUsed, code, ...response, tx.now);
  countStatus(tx, { tenant, day, id: eventId, ...event }, status);
  if (nextAttemptAt !== null) tx.lanes.waits(event.webhook_no, nextAttemptAt);
  return { webhookNo: event.webhook_no, state: { eventId, attempt, retriesUsed, nextAttemptAt, updatedAt: tx.now } };
}

function nextRetryAt(tx: Transaction, webhookNo: number, { status, retryInMs }: Settlement): number | null {
  if (status === "SUCCESS" || retryInMs === null || tx.lanes.get(webhookNo).isDeleted) return null;
  return Math.round(tx.now + retryInMs);
}

/** Extends or ends the webhook's run of failures; FAILING when it has become too long, unless its environment lets it be. */
function followFailingRun(tx: Transaction, webhookNo: number, settlement: Settlement): DisabledReason | null {
  if (settlement.isTest) return null;
  const { failingRun } = tx.lanes.get(webhookNo);
  if (settlement.status === "SUCCESS") {
    if (failingRun !== null) tx.lanes.change(webhookNo, { failingRun: null });
    return null;
  }
  if (!settlement.countsAsFailing) return null;
  const extended = extendFailingRun(failingRun, tx.now);
  tx.lanes.change(webhookNo, { failingRun: extended });
  if (!isFailingTooLong(extended, tx.now)) return null;
  return environmentSettings(tx, settlement).isAutoDisabling ? "FAILING" : null;
}
