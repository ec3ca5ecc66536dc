/** Listing events and reading one with its attempts. */
import type { AppEnv, EventStatus, MsgNature } from "../../domain/values.ts";
import type { EventId, MessageId, WebhookId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { EventFilter, EventList, StoredAttempt, StoredEvent } from "../history.ts";
import { LIST_CONTENT_BYTES_MAX } from "../history.ts";
import type { PageRequest } from "../tenancy.ts";
import { listAttempts } from "./attempts.ts";
import type { Connection } from "./connection.ts";
import { countedEvents } from "./counters.ts";
import type { EventScope } from "./event_filter.ts";
import { eventConditions, eventKeyset, isCounted } from "./event_filter.ts";
import { historyPage } from "./history_page.ts";
import { allOf } from "./keyset.ts";
import type { ReadView } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** See {@link HistoryStore.listEvents}. */
export function listEvents(
  { sql }: ReadView,
  params: PageRequest & { tenant: number; webhookId: WebhookId | null; filter: EventFilter },
): EventList {
  const { tenant, webhookId, filter } = params;
  const webhookNo = webhookId === null ? null : webhookNoFor(sql, { tenant, webhookId });
  if (webhookId !== null && webhookNo === null) {
    return { events: [], total: 0, totalIsAtLeast: false, nextCursor: null };
  }
  const scope = { tenant, webhookNo };
  const list = {
    kind: "evt" as const,
    tenant,
    filter,
    keyset: eventKeyset(scope, filter),
    expand: (messageId: MessageId, eventId: EventId | null) => eventIdsOf(sql, { scope, filter, messageId, eventId }),
    knownTotal: isCounted(filter) ? () => countedEvents(sql, { ...scope, ...filter }) : null,
  };
  const { ids, ...page } = historyPage(sql, list, params);
  return { events: readEvents(sql, tenant, ids), ...page };
}

/** The events of a message (or the one named) that the filter lets through, newest first. */
function eventIdsOf(
  sql: Connection,
  which: { scope: EventScope; filter: EventFilter; messageId: MessageId; eventId: EventId | null },
): string[] {
  const { scope, filter, messageId, eventId } = which;
  const body = messageId.slice(4);
  // By a range of the primary key.
  const where = allOf([
    { sql: "tenant = ? and day = ?", values: [scope.tenant, idDay(messageId)] },
    { sql: "id >= ? and id < ?", values: [eventId ?? `evt_${body}`, `${eventId ?? `evt_${body}`}~`] },
    ...eventConditions(scope, filter),
  ]);
  const query = `select id from events where ${where.sql} order by day desc, id desc`;
  const rows = sql.all<{ id: string }>(query, ...where.values);
  return rows.map((row) => row.id);
}

type EventRow = {
  id: EventId;
  webhook_id: WebhookId;
  message_id: MessageId;
  tenant: number;
  app_id: string;
  app_env: AppEnv;
  topic: string;
  action: string;
  msg_nature: MsgNature;
  content: string | null;
  content_bytes: number;
  error: string | null;
  is_test: number;
  status: EventStatus;
  attempt_count: number;
  retries_used: number;
  next_attempt_at: number | null;
  last_code: string | null;
  last_status: number | null;
  last_status_text: string | null;
  last_duration_ms: number | null;
  created_at: number;
  updated_at: number;
};

/**
 * By primary and unique keys alone; the last attempt that ended, too (a lease has taken the next number). ?4 is the size up
 * to which the content is read.
 */
const READ_EVENT = `
  select e.id, w.id as webhook_id, m.id as message_id, e.tenant, t.app_id, t.app_env, e.topic, e.action, m.msg_nature,
    case when m.content_bytes <= ?4 then m.content end as content, m.content_bytes, m.error, e.is_test, e.status,
    e.attempt_count, e.retries_used, e.next_attempt_at, e.last_code, e.last_status, e.last_status_text, e.created_at,
    e.updated_at, a.duration_ms as last_duration_ms
  from events e
    join webhooks w on w.no = e.webhook_no
    join tenants t on t.tenant = e.tenant
    join messages m on m.tenant = e.tenant and m.day = e.day and m.id = 'msg_' || substr(e.id, 5, 22)
    left join attempts a on a.tenant = e.tenant and a.day = e.day and a.event_id = e.id
      and a.number = e.attempt_count - (e.lease_worker is not null) and a.failure_code is not 'ABANDONED'
  where e.tenant = ?1 and e.day = ?2 and e.id = ?3`;

/** See {@link HistoryStore.getEvents}. */
export function getEvents({ sql }: ReadView, params: { tenant: number; eventIds: readonly EventId[] }): StoredEvent[] {
  return readEvents(sql, params.tenant, params.eventIds);
}

/** The events of these ids that exist, in their order, as lists show them. */
export function readEvents(sql: Connection, tenant: number, ids: readonly string[]): StoredEvent[] {
  return ids.flatMap((id) => {
    const row = sql.get<EventRow>(READ_EVENT, tenant, idDay(id), id, LIST_CONTENT_BYTES_MAX);
    return row === undefined ? [] : [storedEvent(row)];
  });
}

/** See {@link HistoryStore.getEvent}. */
export function getEvent(
  { sql }: ReadView,
  params: { tenant: number; webhookId: WebhookId | null; eventId: EventId },
): { event: StoredEvent; attempts: StoredAttempt[] } | null {
  const { tenant, webhookId, eventId } = params;
  const row = sql.get<EventRow>(READ_EVENT, tenant, idDay(eventId), eventId, Number.MAX_SAFE_INTEGER);
  if (row === undefined || (webhookId !== null && row.webhook_id !== webhookId)) return null;
  return { event: storedEvent(row), attempts: listAttempts(sql, { tenant, eventId }) };
}

function storedEvent(row: EventRow): StoredEvent {
  const isAnswered = row.last_status !== null && row.last_status_text !== null;
  return {
    id: row.id,
    webhookId: row.webhook_id,
    messageId: row.message_id,
    tenant: row.tenant,
    appId: row.app_id,
    appEnv: row.app_env,
    topic: row.topic,
    action: row.action,
    msgNature: row.msg_nature,
    content: row.content,
    contentBytes: row.content_bytes,
    error: row.error,
    isTest: row.is_test === 1,
    status: row.status,
    attemptCount: row.attempt_count,
    retriesUsed: row.retries_used,
    nextAttemptAt: row.next_attempt_at,
    lastCode: row.last_code,
    response: isAnswered ? { status: row.last_status ?? 0, statusText: row.last_status_text ?? "" } : null,
    lastDurationMs: row.last_duration_ms,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
