/** Leasing due events to a worker, and giving leases back unsent. */
import type { AppEnv, EventStatus, MsgNature, Trigger } from "../../domain/values.ts";
import type { EventId, MessageId, WebhookId, WorkerId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { DueLane, LeasedEvent } from "../delivery.ts";
import { parseTextCursor, textCursor } from "../cursor.ts";
import type { EventRow } from "./events.ts";
import { failWaiting } from "./events.ts";
import type { ReadView, Transaction } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** By lanes_due from the cursor on; a lane that is not due ends the range. */
const DUE_LANES = `
  select l.next_due_at, l.webhook_no, l.tenant, w.id
  from lanes l indexed by lanes_due join webhooks w on w.no = l.webhook_no
  where l.is_paused = 0 and l.next_due_at is not null and l.next_due_at <= ?1 and (l.next_due_at, l.webhook_no) > (?2, ?3)
  order by l.next_due_at, l.webhook_no limit ?4`;
/** The first entry of lanes_due after now. */
const NEXT_DUE_LANE = `
  select next_due_at from lanes indexed by lanes_due
  where is_paused = 0 and next_due_at is not null and next_due_at > ?1 order by next_due_at limit 1`;

type DueLaneRow = { next_due_at: number; webhook_no: number; tenant: number; id: WebhookId };

/** See {@link DeliveryStore.findDueLanes}. */
export function findDueLanes(
  { sql, now }: ReadView,
  params: { limit: number; cursor: string | null },
): { lanes: DueLane[]; nextCursor: string | null; nextDueAt: number | null } {
  const key = parseTextCursor(params.cursor, /^-?\d{1,15} \d{1,15}$/);
  const [dueAt = 0, webhookNo = 0] = (key ?? "0 0").split(" ").map(Number);
  const rows = sql.all<DueLaneRow>(DUE_LANES, now, dueAt, webhookNo, params.limit);
  const last = rows.length === params.limit ? rows.at(-1) : undefined;
  return {
    lanes: rows.map((row) => ({ tenant: row.tenant, webhookId: row.id })),
    nextCursor: last === undefined ? null : textCursor(`${last.next_due_at} ${last.webhook_no}`),
    nextDueAt: sql.get<{ next_due_at: number }>(NEXT_DUE_LANE, now)?.next_due_at ?? null,
  };
}

/** By events_due: in order, and nothing that is leased or not due is looked at. */
const DUE_EVENTS = `
  select tenant, day, id from events indexed by events_due
  where webhook_no = ?1 and next_attempt_at is not null and lease_worker is null and next_attempt_at <= ?2
  order by next_attempt_at, id limit ?3`;
/** By the primary key. */
const LEASE_EVENT = `
  update events set attempt_count = attempt_count + 1, lease_worker = ?4, leased_at = ?5
  where tenant = ?1 and day = ?2 and id = ?3
  returning topic, action, is_test, status, attempt_count, retries_used, abandoned_in_row, next_attempt_at,
    next_trigger,
    next_triggered_by`;
/** By the unique key of messages. An event and its message have the same day. */
const LEASED_MESSAGE = `
  select m.id, m.msg_nature, m.content, m.error, t.app_id, t.app_env
  from messages m join tenants t on t.tenant = m.tenant
  where m.tenant = ?1 and m.day = ?2 and m.id = 'msg_' || substr(?3, 5, 22)`;

type LeasedRow = {
  topic: string;
  action: string;
  is_test: number;
  status: EventStatus;
  attempt_count: number;
  retries_used: number;
  abandoned_in_row: number;
  next_attempt_at: number;
  next_trigger: Trigger;
  next_triggered_by: string | null;
};
type LeasedMessageRow = {
  id: MessageId;
  msg_nature: MsgNature;
  content: string | null;
  error: string | null;
  app_id: string;
  app_env: AppEnv;
};

/** See {@link DeliveryStore.claimDue}. */
export function claimDue(
  tx: Transaction,
  params: { workerId: WorkerId; lanes: readonly (DueLane & { room: number })[]; bytesMax: number },
): LeasedEvent[] {
  const claimed: LeasedEvent[] = [];
  let bytes = 0;
  for (const { tenant, webhookId, room } of params.lanes) {
    if (claimed.length > 0 && bytes >= params.bytesMax) break;
    const webhookNo = webhookNoFor(tx.sql, { tenant, webhookId });
    if (webhookNo === null || tx.lanes.get(webhookNo).isPaused) continue;
    for (const event of tx.sql.all<{ tenant: number; day: number; id: EventId }>(DUE_EVENTS, webhookNo, tx.now, room)) {
      if (claimed.length > 0 && bytes >= params.bytesMax) break;
      const leased = leaseEvent(tx, event, { workerId: params.workerId, webhookId });
      bytes += leased.content?.length ?? 0;
      claimed.push(leased);
    }
    tx.lanes.recompute(webhookNo);
  }
  return claimed;
}

function leaseEvent(
  tx: Transaction,
  { tenant, day, id }: { tenant: number; day: number; id: EventId },
  lease: { workerId: WorkerId; webhookId: WebhookId },
): LeasedEvent {
  const event = tx.sql.get<LeasedRow>(LEASE_EVENT, tenant, day, id, lease.workerId, tx.now);
  const message = tx.sql.get<LeasedMessageRow>(LEASED_MESSAGE, tenant, day, id);
  if (event === undefined || message === undefined) throw new Error(`event ${id} lost its row or its message`);
  return {
    id,
    messageId: message.id,
    tenant,
    appId: message.app_id,
    appEnv: message.app_env,
    webhookId: lease.webhookId,
    topic: event.topic,
    action: event.action,
    msgNature: message.msg_nature,
    content: message.content,
    error: message.error,
    isTest: event.is_test === 1,
    status: event.status,
    attempt: event.attempt_count,
    trigger: event.next_trigger,
    triggeredBy: event.next_triggered_by,
    // An attempt of a FAILED event is an automatic retry: its verdict sees itself counted.
    retriesUsed: event.retries_used + (event.status === "FAILED" ? 1 : 0),
    isRepeat: event.abandoned_in_row > 0,
    dueAt: event.next_attempt_at,
  };
}

/** By the primary key, fenced by the lease. */
const MARK_BEGUN = `
  update events set is_begun = 1
  where tenant = ?1 and day = ?2 and id = ?3 and lease_worker = ?4 and attempt_count = ?5`;

/** See {@link DeliveryStore.markBegun}. */
export function markBegun(
  tx: Transaction,
  params: { workerId: WorkerId; leases: readonly { tenant: number; eventId: EventId; attempt: number }[] },
): { lost: EventId[] } {
  const lost: EventId[] = [];
  for (const { tenant, eventId, attempt } of params.leases) {
    const changed = tx.sql.run(MARK_BEGUN, tenant, idDay(eventId), eventId, params.workerId, attempt);
    if (changed === 0) lost.push(eventId);
  }
  return { lost };
}

/** By the primary key, fenced by the lease. */
const RELEASE_LEASE = `
  update events set attempt_count = attempt_count - 1, lease_worker = null, leased_at = null, is_begun = 0
  where tenant = ?1 and day = ?2 and id = ?3 and lease_worker = ?4 and attempt_count = ?5
  returning tenant, day, id, webhook_no, is_test, status, next_attempt_at`;

/** See {@link DeliveryStore.releaseLeases}. */
export function releaseLeases(
  tx: Transaction,
  params: { workerId: WorkerId; leases: readonly { tenant: number; eventId: EventId; attempt: number }[] },
): void {
  for (const { tenant, eventId, attempt } of params.leases) {
    const event = tx.sql.get<EventRow & { next_attempt_at: number }>(
      RELEASE_LEASE,
      tenant,
      idDay(eventId),
      eventId,
      params.workerId,
      attempt,
    );
    if (event === undefined) continue;
    if (tx.lanes.get(event.webhook_no).isDeleted) failWaiting(tx, event, "WEBHOOK_DELETED");
    else tx.lanes.waits(event.webhook_no, event.next_attempt_at);
  }
}
