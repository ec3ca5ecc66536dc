/** Workers, and the leases of those that died. A row here is a live worker: the file has one process, which empties it at start. */
import { ABANDONED_MAX } from "../../domain/event.ts";
import { failure } from "../../domain/failure.ts";
import type { Trigger } from "../../domain/values.ts";
import type { WorkerId } from "../../ids.ts";
import type { AttemptRecord } from "../delivery.ts";
import { insertAttempt } from "./attempts.ts";
import type { Connection } from "./connection.ts";
import type { EventRow } from "./events.ts";
import { countStatus, failWaiting } from "./events.ts";
import { noteJobOutcome } from "./job_outcomes.ts";
import type { Transaction } from "./transaction.ts";

const REGISTER_WORKER = `
  insert into workers (id, role, host, pid, started_at, heartbeat_at) values (?1, ?2, ?3, ?4, ?5, ?5)
  on conflict (id) do update set heartbeat_at = excluded.heartbeat_at`;
const HEARTBEAT = `update workers set heartbeat_at = ?2 where id = ?1`;
const REMOVE_WORKER = `delete from workers where id = ?1`;
const FORGET_WORKERS = `delete from workers`;

/** See {@link DeliveryStore.registerWorker}. */
export function registerWorker(
  tx: Transaction,
  params: { workerId: WorkerId; role: string; host: string; pid: number },
): void {
  tx.sql.run(REGISTER_WORKER, params.workerId, params.role, params.host, params.pid, tx.now);
}

/** See {@link DeliveryStore.heartbeat}. */
export function heartbeat(tx: Transaction, params: { workerId: WorkerId }): boolean {
  return tx.sql.run(HEARTBEAT, params.workerId, tx.now) === 1;
}

/** See {@link DeliveryStore.removeWorker}. */
export function removeWorker(tx: Transaction, params: { workerId: WorkerId }): void {
  tx.sql.run(REMOVE_WORKER, params.workerId);
}

/** At the opening of the file, whose lock says that no other process uses it: whoever held a lease is dead. */
export function forgetWorkers(sql: Connection): void {
  sql.run(FORGET_WORKERS);
}

/** The next holder of leases after ?1: a step over events_leased, so live leases are not read one by one. */
const NEXT_HOLDER = `
  select min(lease_worker) as id from events indexed by events_leased where lease_worker is not null and lease_worker > ?1`;
const IS_ALIVE = `select 1 from workers where id = ?1`;
/** By events_leased. */
const LEASES_OF = `
  select e.tenant, e.day, e.id, e.webhook_no, e.is_test, e.status, e.attempt_count, e.abandoned_in_row, e.leased_at,
    e.is_begun, e.next_attempt_at,
    e.next_trigger, e.next_triggered_by, w.url
  from events e indexed by events_leased join webhooks w on w.no = e.webhook_no
  where e.lease_worker = ?1 limit ?2`;

type AbandonedRow = EventRow & {
  attempt_count: number;
  abandoned_in_row: number;
  leased_at: number;
  is_begun: number;
  next_attempt_at: number;
  next_trigger: Trigger;
  next_triggered_by: string | null;
  url: string;
};

/** See {@link DeliveryStore.takeOverLeases}. */
export function takeOverLeases(tx: Transaction, params: { limit: number }): { takenOver: number; more: boolean } {
  let takenOver = 0;
  for (let holder = nextHolder(tx.sql, ""); holder !== null; holder = nextHolder(tx.sql, holder)) {
    if (tx.sql.get(IS_ALIVE, holder) !== undefined) continue;
    const room = params.limit - takenOver;
    const abandoned = tx.sql.all<AbandonedRow>(LEASES_OF, holder, room + 1);
    for (const event of abandoned.slice(0, room)) takeOver(tx, holder, event);
    takenOver += Math.min(abandoned.length, room);
    if (abandoned.length > room) return { takenOver, more: true };
  }
  return { takenOver, more: false };
}

function nextHolder(sql: Connection, after: string): WorkerId | null {
  return sql.get<{ id: WorkerId | null }>(NEXT_HOLDER, after)?.id ?? null;
}

/** By the primary key. */
const ABANDON = `
  update events set status = ?4, next_attempt_at = ?5, abandoned_in_row = abandoned_in_row + 1, next_trigger = ?6,
    next_triggered_by = ?7, lease_worker = null, leased_at = null, is_begun = 0, last_code = 'ABANDONED', last_status = null,
    last_status_text = null, updated_at = ?8
  where tenant = ?1 and day = ?2 and id = ?3`;

/** By the primary key. */
const TAKE_BACK = `
  update events set attempt_count = attempt_count - 1, lease_worker = null, leased_at = null
  where tenant = ?1 and day = ?2 and id = ?3`;

/** Ends a dead worker's lease: a repeat that was not begun gives its number back, anything else is ABANDONED. */
function takeOver(tx: Transaction, holder: WorkerId, event: AbandonedRow): void {
  if (event.abandoned_in_row === 0 || event.is_begun === 1) {
    abandon(tx, holder, event);
    return;
  }
  tx.sql.run(TAKE_BACK, event.tenant, event.day, event.id);
  if (tx.lanes.get(event.webhook_no).isDeleted) failWaiting(tx, event, "WEBHOOK_DELETED");
  else tx.lanes.waits(event.webhook_no, event.next_attempt_at);
}

/** Ends a dead worker's attempt: repeated at once for the same reason, unless it was the last chance. */
function abandon(tx: Transaction, holder: WorkerId, event: AbandonedRow): void {
  const { tenant, id, next_trigger: trigger, next_triggered_by: triggeredBy } = event;
  const attempt = { tenant, eventId: id, attempt: event.attempt_count, trigger, triggeredBy };
  insertAttempt(tx.sql, holder, { ...attempt, record: abandonedRecord(event) });
  if (tx.lanes.get(event.webhook_no).isDeleted) {
    failWaiting(tx, event, "WEBHOOK_DELETED");
    return;
  }
  const isLast = event.abandoned_in_row + 1 >= ABANDONED_MAX;
  const status = isLast ? "FAILED" : event.status;
  // Due already, and it keeps its place before what was published later.
  const next = isLast ? [null, "AUTO", null] : [event.next_attempt_at, trigger, triggeredBy];
  tx.sql.run(ABANDON, tenant, event.day, id, status, ...next, tx.now);
  countStatus(tx, event, status);
  if (isLast) noteJobOutcome(tx, attempt, { webhookNo: event.webhook_no, status: "FAILED" });
  if (!isLast) tx.lanes.waits(event.webhook_no, event.next_attempt_at);
}

function abandonedRecord(event: AbandonedRow): AttemptRecord {
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
