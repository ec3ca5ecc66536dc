/**
 * Ending attempts with their outcome: attempt row, event, counters, statistics and failing run, in one transaction for many
 * calls. A batch of successes takes three round trips and the commit, whatever its size; lanes are only locked where an
 * attempt failed, or ends a run of failures.
 */
import type { EventStatus } from "../../domain/values.ts";
import type { DisabledReason } from "../../domain/webhook.ts";
import { extendFailingRun, isFailingTooLong } from "../../domain/webhook.ts";
import type { EventId, WebhookId, WorkerId } from "../../ids.ts";
import { idDay, webhookNoOf } from "../../ids.ts";
import type { SettledState, Settlement } from "../delivery.ts";
import { insertAttempts } from "./attempts.ts";
import { disableWebhook, lockWebhooks } from "./disabling.ts";
import { environmentSettings } from "./environment_settings.ts";
import { IS_FENCED, countStatus, eventKeys } from "./events.ts";
import type { FailingRow } from "./lanes.ts";
import { failingRunOf } from "./lanes.ts";
import type { Transaction } from "./transaction.ts";

type SettleCall = { workerId: WorkerId; settlements: readonly Settlement[]; statesOf?: readonly EventId[] };
type Settled = {
  late: EventId[];
  disabled: { webhookId: WebhookId; reason: DisabledReason }[];
  states: SettledState[];
};
/** A settlement with its worker, and when its event is due again. */
type Ending = { workerId: WorkerId; settlement: Settlement; nextAttemptAt: number | null };
/** What the event was, and what it has become. */
type EndedRow = {
  tenant: number;
  id: EventId;
  lease_worker: WorkerId;
  attempt_count: number;
  webhook_no: number;
  is_test: boolean;
  status: EventStatus;
  retries_used: number;
};

/** See {@link DeliveryStore.settleAttempts}: that of several calls. */
export async function settleAttempts(tx: Transaction, calls: readonly SettleCall[]): Promise<Settled[]> {
  const all = calls.flatMap(({ workerId, settlements }) => settlements.map((settlement) => ({ workerId, settlement })));
  await lockWhatFails(
    tx,
    all.map(({ settlement }) => settlement),
  );
  const endings = all.map(({ workerId, settlement }) => {
    return { workerId, settlement, nextAttemptAt: nextRetryAt(tx, settlement) };
  });
  const ended = await endLeases(tx, endings);
  const settled: Ending[] = [];
  const results: Settled[] = [];
  let at = 0;
  for (const call of calls) {
    const own = endings.slice(at, (at += call.settlements.length));
    results.push(await settleCall(tx, { ...call, endings: own, ended, settled }));
  }
  await insertAttempts(tx.sql, settled);
  return results;
}

/** Without locks: settling does not change them unless something fails, or has failed before. */
const READ_LANES = `
  select webhook_no, failing_since, failing_attempts, failing_days, failing_last_day from lanes
  where webhook_no = any($1::integer[])`;

/** Locks the webhooks that may be disabled and the lanes whose runs of failures change, in the order of all locks. */
async function lockWhatFails(tx: Transaction, settlements: readonly Settlement[]): Promise<void> {
  const numbers = new Set(settlements.map(({ eventId }) => webhookNoOf(eventId)));
  const [rows] = await Promise.all([tx.sql.all<FailingRow>(READ_LANES, [...numbers]), tx.minutes.open(tx.sql)]);
  const runs = new Map(rows.map((row) => [row.webhook_no, failingRunOf(row)]));
  const changing = settlements.filter(
    ({ eventId, status }) => status === "FAILED" || (runs.get(webhookNoOf(eventId)) ?? null) !== null,
  );
  const closing = changing.filter(({ eventId, status, disableAs }) => {
    const run = extendFailingRun(runs.get(webhookNoOf(eventId)) ?? null, tx.now);
    return disableAs !== null || (status === "FAILED" && isFailingTooLong(run, tx.now));
  });
  await lockWebhooks(
    tx,
    closing.map(({ eventId }) => webhookNoOf(eventId)),
  );
  const known = new Set(rows.map((row) => row.webhook_no)); // an id may name anything
  await tx.lanes.lock(changing.map(({ eventId }) => webhookNoOf(eventId)).filter((no) => known.has(no)));
}

function nextRetryAt(tx: Transaction, { eventId, status, retryInMs }: Settlement): number | null {
  if (status === "SUCCESS" || retryInMs === null) return null;
  const lane = tx.lanes.find(webhookNoOf(eventId));
  return lane === null || lane.isDeleted ? null : Math.round(tx.now + retryInMs);
}

/**
 * By the primary key, in the partitions of the days, fenced by the lease. A leased event has the status that it was leased
 * with: FAILED for an automatic retry, which is counted, and PENDING for a first try and a resend.
 */
const END_LEASES = `
  update events e set status = u.status, next_attempt_at = u.next_attempt_at,
    retries_used = e.retries_used + e.is_retry::integer, last_code = u.code, last_status = u.response_status,
    last_status_text = u.response_text, updated_at = $11, abandoned_in_row = 0, next_trigger = 'AUTO',
    next_triggered_by = null, lease_worker = null, leased_at = null, is_begun = false
  from (
    select unnest($1::integer[]) as tenant, unnest($2::integer[]) as day, unnest($3::text[]) as id,
      unnest($5::text[]) as worker, unnest($6::integer[]) as attempt, unnest($7::text[]) as status,
      unnest($8::bigint[]) as next_attempt_at, unnest($9::text[]) as code, unnest($10::integer[]) as response_status,
      unnest($12::text[]) as response_text
  ) u
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])
    and ${IS_FENCED}
  returning e.tenant, e.id, u.worker as lease_worker, e.attempt_count, e.webhook_no, e.is_test,
    case when e.is_retry then 'FAILED' else 'PENDING' end as status, e.retries_used`;

/** The events whose lease was ended, by their fence. */
async function endLeases(tx: Transaction, endings: readonly Ending[]): Promise<Map<string, EndedRow>> {
  // One of each: a lease that is settled twice is ended by the first.
  const first = new Map(endings.toReversed().map((ending) => [fenceOf(ending), ending]));
  const sorted = [...first.values()].sort((one, other) => (one.settlement.eventId < other.settlement.eventId ? -1 : 1));
  if (sorted.length === 0) return new Map();
  const settlements = sorted.map(({ settlement }) => settlement);
  const keys = settlements.map(({ tenant, eventId }) => ({ tenant, day: idDay(eventId), id: eventId }));
  const rows = await tx.sql.forItsValues<EndedRow>(
    END_LEASES,
    ...eventKeys(keys),
    sorted.map(({ workerId }) => workerId),
    settlements.map(({ attempt }) => attempt),
    settlements.map(({ status }) => status),
    sorted.map(({ nextAttemptAt }) => nextAttemptAt),
    settlements.map(({ code }) => code),
    settlements.map(({ record }) => record.response?.status ?? null),
    tx.now,
    settlements.map(({ record }) => record.response?.statusText ?? null),
  );
  return new Map(rows.map((row) => [`${row.tenant} ${row.id} ${row.attempt_count} ${row.lease_worker}`, row]));
}

function fenceOf({ workerId, settlement: { tenant, eventId, attempt } }: Ending): string {
  return `${tenant} ${eventId} ${attempt} ${workerId}`;
}

/** Counts what one call has settled. What it finds in `ended` is taken out, and added to `settled`. */
async function settleCall(
  tx: Transaction,
  call: SettleCall & { endings: readonly Ending[]; ended: Map<string, EndedRow>; settled: Ending[] },
): Promise<Settled> {
  const result: Settled = { late: [], disabled: [], states: [] };
  const statesOf = new Set(call.statesOf);
  for (const ending of call.endings) {
    const { settlement, nextAttemptAt } = ending;
    const { tenant, eventId, attempt, status, webhookId, disableAs } = settlement;
    const row = call.ended.get(fenceOf(ending));
    if (row === undefined) {
      result.late.push(eventId);
      continue;
    }
    call.ended.delete(fenceOf(ending));
    call.settled.push(ending);
    const { webhook_no: webhookNo, retries_used: retriesUsed } = row;
    const day = idDay(eventId);
    countStatus(tx, { ...row, day }, status);
    if (nextAttemptAt !== null) tx.lanes.waits(webhookNo, { day, dueAt: nextAttemptAt });
    if (statesOf.has(eventId)) result.states.push({ eventId, attempt, retriesUsed, nextAttemptAt, updatedAt: tx.now });
    tx.jobOutcomes.note(settlement, { webhookNo, status });
    if (!settlement.isTest) tx.minutes.attempted({ tenant, webhookNo }, settlement);
    const reason = disableAs ?? (await followFailingRun(tx, webhookNo, settlement));
    if (reason !== null && (await disableWebhook(tx, webhookNo, reason))) result.disabled.push({ webhookId, reason });
  }
  return result;
}

/** Extends or ends the webhook's run of failures; FAILING when it has become too long, unless its environment lets it be. */
async function followFailingRun(
  tx: Transaction,
  webhookNo: number,
  settlement: Settlement,
): Promise<DisabledReason | null> {
  const lane = tx.lanes.find(webhookNo);
  if (settlement.isTest || lane === null) return null;
  if (settlement.status === "SUCCESS") {
    if (lane.failingRun !== null) tx.lanes.change(webhookNo, { failingRun: null });
    return null;
  }
  if (!settlement.countsAsFailing) return null;
  const extended = extendFailingRun(lane.failingRun, tx.now);
  tx.lanes.change(webhookNo, { failingRun: extended });
  if (!isFailingTooLong(extended, tx.now)) return null;
  return (await environmentSettings(tx, settlement)).isAutoDisabling ? "FAILING" : null;
}
