/** Ending what still waits for deleted webhooks. */
import type { EventRow } from "./events.ts";
import { failWaiting } from "./events.ts";
import type { Transaction } from "./transaction.ts";

/** The first entry of lanes_deleted_waiting. */
const NEXT_LANE = `
  select webhook_no from lanes indexed by lanes_deleted_waiting
  where is_deleted = 1 and next_due_at is not null and webhook_no > ?1 order by webhook_no limit 1`;
/** By events_due. */
const WAITING_EVENTS = `
  select tenant, day, id, webhook_no, is_test, status from events indexed by events_due
  where webhook_no = ?1 and next_attempt_at is not null and lease_worker is null limit ?2`;

/** See {@link MaintenanceStore.failEventsOfDeletedWebhooks}. */
export function failEventsOfDeletedWebhooks(
  tx: Transaction,
  params: { limit: number },
): { failed: number; more: boolean } {
  tx.flush(); // lanes are searched below
  let failed = 0;
  for (let lane = nextLane(tx, 0); lane !== null; lane = nextLane(tx, lane)) {
    if (failed === params.limit) return { failed, more: true };
    const events = tx.sql.all<EventRow>(WAITING_EVENTS, lane, params.limit - failed);
    for (const event of events) failWaiting(tx, event, "WEBHOOK_DELETED");
    failed += events.length;
    tx.lanes.recompute(lane);
    if (tx.lanes.get(lane).nextDueAt !== null) return { failed, more: true };
  }
  return { failed, more: false };
}

function nextLane(tx: Transaction, after: number): number | null {
  return tx.sql.get<{ webhook_no: number }>(NEXT_LANE, after)?.webhook_no ?? null;
}
