/** Giving leases back unsent, and marking repeated attempts as begun. Each statement is fenced by worker and number. */
import type { EventId, WorkerId } from "../../ids.ts";
import { idDay, webhookNoOf } from "../../ids.ts";
import type { WaitingRow } from "./events.ts";
import { IS_FENCED, WAITING_COLUMNS, eventKeys, failWaiting } from "./events.ts";
import type { Transaction } from "./transaction.ts";

/** A lease as its holder knows it. */
export type Lease = { workerId: WorkerId; tenant: number; eventId: EventId; attempt: number };

/** What several workers, or calls of one, ask for at a time. */
type LeaseCall = { workerId: WorkerId; leases: readonly Omit<Lease, "workerId">[] };

/** By the primary key. */
const MARK_BEGUN = `
  update events e set is_begun = true
  from unnest($1::integer[], $2::integer[], $3::text[], $5::text[], $6::integer[]) as u (tenant, day, id, worker, attempt)
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])
    and ${IS_FENCED}
  returning e.id, e.lease_worker`;

/** See {@link DeliveryStore.markBegun}: that of several calls. */
export async function markBegun(tx: Transaction, calls: readonly LeaseCall[]): Promise<{ lost: EventId[] }[]> {
  const leases = calls.flatMap(leasesOf);
  if (leases.length === 0) return calls.map(() => ({ lost: [] }));
  const rows = await tx.sql.forItsValues<{ id: EventId; lease_worker: WorkerId }>(MARK_BEGUN, ...leaseKeys(leases));
  const marked = new Set(rows.map((row) => `${row.lease_worker} ${row.id}`));
  return calls.map(({ workerId, leases: asked }) => ({
    lost: asked.flatMap(({ eventId }) => (marked.has(`${workerId} ${eventId}`) ? [] : [eventId])),
  }));
}

/** By the primary key. */
const RELEASE_LEASES = `
  update events e set attempt_count = e.attempt_count - 1, lease_worker = null, leased_at = null, is_begun = false
  from unnest($1::integer[], $2::integer[], $3::text[], $5::text[], $6::integer[]) as u (tenant, day, id, worker, attempt)
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])
    and ${IS_FENCED}
  returning ${WAITING_COLUMNS}, e.next_attempt_at`;

/** See {@link DeliveryStore.releaseLeases}: that of several calls. */
export async function releaseLeases(tx: Transaction, calls: readonly LeaseCall[]): Promise<void[]> {
  const leases = calls.flatMap(leasesOf);
  const none = calls.map(() => undefined);
  if (leases.length === 0) return none;
  await tx.lanes.lock(leases.map(({ eventId }) => webhookNoOf(eventId)));
  const events = await tx.sql.forItsValues<WaitingRow & { next_attempt_at: number }>(
    RELEASE_LEASES,
    ...leaseKeys(leases),
  );
  const [deleted, waiting] = [[] as WaitingRow[], [] as typeof events];
  for (const event of events) (tx.lanes.get(event.webhook_no).isDeleted ? deleted : waiting).push(event);
  for (const event of waiting) {
    tx.lanes.waits(event.webhook_no, { day: event.day, dueAt: event.next_attempt_at });
    tx.leavesWork = true;
  }
  await failWaiting(tx, deleted, "WEBHOOK_DELETED");
  return none;
}

function leasesOf({ workerId, leases }: LeaseCall): Lease[] {
  return leases.map((lease) => ({ ...lease, workerId }));
}

/** In the order of the ids, in which event rows are locked. */
function leaseKeys(leases: readonly Lease[]) {
  const sorted = leases.toSorted((one, other) => (one.eventId < other.eventId ? -1 : 1));
  const keys = sorted.map(({ tenant, eventId }) => ({ tenant, day: idDay(eventId), id: eventId }));
  return [...eventKeys(keys), sorted.map(({ workerId }) => workerId), sorted.map(({ attempt }) => attempt)] as const;
}
