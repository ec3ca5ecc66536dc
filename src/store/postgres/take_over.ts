/** What becomes of the leases of workers that are dead: silent for too long, or gone without giving them back. */
import { ABANDONED_MAX } from "../../domain/event.ts";
import { failure } from "../../domain/failure.ts";
import type { WorkerId } from "../../ids.ts";
import type { AttemptRecord, Silent } from "../delivery.ts";
import { TRY_TAKE_OVER } from "./advisory_locks.ts";
import { insertAttempts } from "./attempts.ts";
import type { WaitingRow } from "./events.ts";
import { WAITING_COLUMNS, countStatus, eventKeys, failWaiting } from "./events.ts";
import { releaseAllLanes } from "./lane_ownership.ts";
import { DECLARE_DEAD, isAlive } from "./liveness.ts";
import type { Transaction } from "./transaction.ts";

/** By events_leased: all that the workers hold in memory is looked at. */
const LEASES_OF_THE_DEAD = `
  select e.tenant, e.day, e.id, e.webhook_no, e.lease_worker from events e
  where e.lease_worker is not null and not exists (
    select 1 from workers w where w.id = e.lease_worker and ${isAlive()})
  limit $1`;
const DEAD_WORKERS = `select w.id from workers w where not ${isAlive()}`;
const FORGET_WORKER = `delete from workers w where w.id = $1 and not ${isAlive()}`;
/** By the primary key: what the holder has settled meanwhile is not there any more. */
const LOCK_LEASES = `
  select ${WAITING_COLUMNS}, e.attempt_count, e.abandoned_in_row, e.leased_at, e.is_begun, e.next_attempt_at, w.url
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
    join events e on e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])
    join webhooks w on w.no = e.webhook_no
  where coalesce(e.lease_worker, '') = $5 order by e.id for no key update of e`;

type FoundLease = { tenant: number; day: number; id: string; webhook_no: number; lease_worker: WorkerId };
type LeasedRow = WaitingRow & {
  attempt_count: number;
  abandoned_in_row: number;
  leased_at: number;
  is_begun: boolean;
  next_attempt_at: number;
  url: string;
};

/** See {@link DeliveryStore.takeOverLeases}. One process does it at a time. */
export async function takeOverLeases(
  tx: Transaction,
  params: { limit: number; silent?: readonly Silent[] },
): Promise<{ takenOver: number; more: boolean }> {
  const lock = await tx.sql.get<{ taken: boolean }>(`select ${TRY_TAKE_OVER} as taken`);
  if (lock?.taken !== true) return { takenOver: 0, more: false };
  const { silent = [] } = params;
  if (silent.length > 0) {
    const [ids, heartbeats] = [silent.map(({ workerId }) => workerId), silent.map(({ heartbeatAt }) => heartbeatAt)];
    await tx.sql.run(DECLARE_DEAD, tx.now, ids, heartbeats);
  }
  const found = await tx.sql.everyDay<FoundLease>(LEASES_OF_THE_DEAD, params.limit + 1);
  const leases = found.slice(0, params.limit);
  await tx.lanes.lock(leases.map((lease) => lease.webhook_no));
  let takenOver = 0;
  for (const [holder, ofHolder] of Map.groupBy(leases, (lease) => lease.lease_worker)) {
    takenOver += await takeOver(tx, holder, ofHolder);
  }
  if (found.length > params.limit) return { takenOver, more: true };
  await forgetDeadWorkers(tx);
  return { takenOver, more: false };
}

/** Once nothing is left of them. Their lanes are anybody's already; this keeps the table small. */
async function forgetDeadWorkers(tx: Transaction): Promise<void> {
  for (const { id } of await tx.sql.all<{ id: string }>(DEAD_WORKERS)) {
    await releaseAllLanes(tx.sql, id);
    await tx.sql.run(FORGET_WORKER, id);
    tx.leavesWork = true;
  }
}

/** Ends leases of a dead worker: a repeat that was not begun gives its number back, anything else is ABANDONED. */
async function takeOver(tx: Transaction, holder: WorkerId, found: readonly FoundLease[]): Promise<number> {
  const leases = await tx.sql.all<LeasedRow>(LOCK_LEASES, ...eventKeys(found), holder);
  const isUnsent = (event: LeasedRow): boolean => event.abandoned_in_row > 0 && !event.is_begun;
  await takeBack(tx, leases.filter(isUnsent));
  await abandon(
    tx,
    holder,
    leases.filter((event) => !isUnsent(event)),
  );
  tx.leavesWork = true;
  return leases.length;
}

/** By the primary key. */
const TAKE_BACK = `
  update events e set attempt_count = e.attempt_count - 1, lease_worker = null, leased_at = null
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])`;

async function takeBack(tx: Transaction, events: readonly LeasedRow[]): Promise<void> {
  if (events.length === 0) return;
  await tx.sql.run(TAKE_BACK, ...eventKeys(events));
  await failDeleted(tx, events);
  for (const event of events) waitAgain(tx, event);
}

/** By the primary key. */
const ABANDON = `
  update events e set status = u.status, next_attempt_at = u.next_attempt_at, abandoned_in_row = e.abandoned_in_row + 1,
    next_trigger = u.next_trigger, next_triggered_by = u.next_triggered_by, lease_worker = null, leased_at = null,
    is_begun = false, last_code = 'ABANDONED', last_status = null, last_status_text = null, updated_at = $9
  from unnest($1::integer[], $2::integer[], $3::text[], $5::text[], $6::bigint[], $7::text[], $8::text[])
    as u (tenant, day, id, status, next_attempt_at, next_trigger, next_triggered_by)
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])`;

/** Ends the attempts: repeated at once for the same reason, unless it was the last chance. */
async function abandon(tx: Transaction, holder: WorkerId, events: readonly LeasedRow[]): Promise<void> {
  if (events.length === 0) return;
  await insertAttempts(
    tx.sql,
    events.map((event) => {
      const { tenant, id, attempt_count: attempt, next_trigger: trigger, next_triggered_by: triggeredBy } = event;
      const settlement = { tenant, eventId: id, attempt, trigger, triggeredBy, record: abandonedRecord(event) };
      return { workerId: holder, settlement };
    }),
  );
  await failDeleted(tx, events);
  const left = events
    .filter((event) => !tx.lanes.get(event.webhook_no).isDeleted)
    .map((event) => ({ event, isLast: event.abandoned_in_row + 1 >= ABANDONED_MAX }));
  if (left.length === 0) return;
  await tx.sql.run(
    ABANDON,
    ...eventKeys(left.map(({ event }) => event)),
    left.map(({ event, isLast }) => (isLast ? "FAILED" : event.status)),
    // Due already, and it keeps its place before what was published later.
    left.map(({ event, isLast }) => (isLast ? null : event.next_attempt_at)),
    left.map(({ event, isLast }) => (isLast ? "AUTO" : event.next_trigger)),
    left.map(({ event, isLast }) => (isLast ? null : event.next_triggered_by)),
    tx.now,
  );
  for (const { event, isLast } of left) {
    if (isLast) endForGood(tx, event);
    else waitAgain(tx, event);
  }
}

function endForGood(tx: Transaction, event: LeasedRow): void {
  const { tenant, id: eventId, webhook_no: webhookNo, next_trigger: trigger, next_triggered_by: triggeredBy } = event;
  countStatus(tx, event, "FAILED");
  tx.jobOutcomes.note({ tenant, eventId, trigger, triggeredBy }, { webhookNo, status: "FAILED" });
}

async function failDeleted(tx: Transaction, events: readonly LeasedRow[]): Promise<void> {
  await failWaiting(
    tx,
    events.filter((event) => tx.lanes.get(event.webhook_no).isDeleted),
    "WEBHOOK_DELETED",
  );
}

function waitAgain(tx: Transaction, event: LeasedRow): void {
  if (tx.lanes.get(event.webhook_no).isDeleted) return;
  tx.lanes.waits(event.webhook_no, { day: event.day, dueAt: event.next_attempt_at });
}

function abandonedRecord(event: LeasedRow): AttemptRecord {
  return {
    startedAt: event.leased_at,
    durationMs: 0,
    timings: { queuedMs: 0, dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
    address: null,
    tls: null,
    url: event.url,
    requestHeaders: "[]",
    response: null,
    failure: failure("ABANDONED"),
  };
}
