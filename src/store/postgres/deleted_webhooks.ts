/** Ending what still waits for deleted webhooks. */
import type { WaitingRow } from "./events.ts";
import { WAITING_COLUMNS, failWaiting } from "./events.ts";
import { raiseLanes } from "./lanes.ts";
import type { Transaction } from "./transaction.ts";

/** The next entry of lanes_deleted_waiting. */
const NEXT_LANE = `
  select webhook_no, oldest_day from lanes
  where is_deleted and next_due_at is not null and webhook_no > $1 order by webhook_no limit 1`;
/** By events_due, in the partitions since the oldest day. */
const LOCK_WAITING = `
  select ${WAITING_COLUMNS} from events e
  where e.webhook_no = $1 and e.next_attempt_at is not null and e.lease_worker is null and e.day >= $3
  order by e.next_attempt_at, e.id limit $2 for no key update`;
const IS_WAITING = `select 1 from lanes where webhook_no = $1 and next_due_at is not null`;

/** See {@link MaintenanceStore.failEventsOfDeletedWebhooks}. Of two processes, the second waits and finds nothing left. */
export async function failEventsOfDeletedWebhooks(
  tx: Transaction,
  params: { limit: number },
): Promise<{ failed: number; more: boolean }> {
  let failed = 0;
  for (let lane = await nextLane(tx, 0); lane !== undefined; lane = await nextLane(tx, lane.webhook_no)) {
    if (failed === params.limit) return { failed, more: true };
    const { webhook_no: webhookNo, oldest_day: oldestDay } = lane;
    await tx.lanes.lock([webhookNo]);
    const events = await tx.sql.everyDay<WaitingRow>(LOCK_WAITING, webhookNo, params.limit - failed, oldestDay);
    await failWaiting(tx, events, "WEBHOOK_DELETED");
    failed += events.length;
    await raiseLanes(tx.sql, [webhookNo], tx.now);
    if (failed === params.limit && (await tx.sql.get(IS_WAITING, webhookNo)) !== undefined)
      return { failed, more: true };
  }
  return { failed, more: false };
}

async function nextLane(
  tx: Transaction,
  after: number,
): Promise<{ webhook_no: number; oldest_day: number } | undefined> {
  return await tx.sql.get(NEXT_LANE, after);
}
