/** Listing events and reading one with its attempts. */
import type { AppEnv, EventStatus, MsgNature } from "../../domain/values.ts";
import type { EventId, MessageId, WebhookId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { EventFilter, EventList, StoredAttempt, StoredEvent } from "../history.ts";
import { LIST_CONTENT_BYTES_MAX } from "../history.ts";
import type { PageRequest } from "../tenancy.ts";
import { listAttempts } from "./attempts.ts";
import { allOf, numbered } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { countedEvents } from "./counters.ts";
import type { EventScope } from "./event_filter.ts";
import {
  eventCondition,
  eventKeyset,
  isCounted,
  natureConditions,
  NATURE_OF_EVENT,
  webhookCondition,
} from "./event_filter.ts";
import { historyPage } from "./history_page.ts";
import type { ReadView } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** See {@link HistoryStore.listEvents}. */
export async function listEvents(
  { sql }: ReadView,
  params: PageRequest & { tenant: number; webhookId: WebhookId | null; filter: EventFilter },
): Promise<EventList> {
  const { tenant, webhookId, filter } = params;
  const webhookNo = webhookId === null ? null : await webhookNoFor(sql, { tenant, webhookId });
  if (webhookId !== null && webhookNo === null) {
    return { events: [], total: 0, totalIsAtLeast: false, nextCursor: null };
  }
  const scope = { tenant, webhookNo };
  const list = {
    kind: "evt" as const,
    tenant,
    filter,
    keyset: eventKeyset(scope, filter),
    expand: (messageIds: readonly MessageId[], eventId: EventId | null) =>
      eventIdsOf(sql, { scope, filter, messageIds, eventId }),
    knownTotal: isCounted(filter) ? () => countedEvents(sql, { ...scope, ...filter }) : null,
  };
  const { ids, ...page } = await historyPage(sql, list, params);
  return { events: await readEvents(sql, tenant, ids), ...page };
}

/** The events of messages (or the one named) that the filter lets through, newest first. */
async function eventIdsOf(
  sql: Connection,
  which: { scope: EventScope; filter: EventFilter; messageIds: readonly MessageId[]; eventId: EventId | null },
): Promise<string[]> {
  const { scope, filter, messageIds, eventId } = which;
  const days = messageIds.map(idDay);
  // By ranges of the primary key. The offset keeps the planner from any other way than one range after the other.
  const where = allOf([
    { sql: "tenant = ? and day = u.message_day", values: [scope.tenant] },
    { sql: "id > 'evt_' || substr(u.message_id, 5) and id < 'evt_' || substr(u.message_id, 5) || '~'", values: [] },
    { sql: "(?::text is null or id = ?)", values: [eventId, eventId] },
    webhookCondition(scope),
    eventCondition(filter),
    ...natureConditions(NATURE_OF_EVENT, filter),
  ]);
  const query = `
    select e.id from unnest(?::text[], ?::integer[]) as u (message_id, message_day)
      cross join lateral (select id from events where ${where.sql} offset 0) e
    order by e.id desc`;
  const rows = await sql.everyDay<{ id: string }>(numbered(query), messageIds, days, ...where.values);
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
  is_test: boolean;
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
 * By primary and unique keys alone, in the partitions of the days; the last attempt that ended, too (a lease has taken the
 * next number). $5 is the size up to which the content is read.
 */
const READ_EVENTS = `
  select e.id, w.id as webhook_id, m.id as message_id, e.tenant, t.app_id, t.app_env, e.topic, e.action, m.msg_nature,
    case when m.content_bytes <= $5 then m.content end as content, m.content_bytes, m.error, e.is_test, e.status,
    e.attempt_count, e.retries_used, e.next_attempt_at, e.last_code, e.last_status, e.last_status_text, e.created_at,
    e.updated_at, a.duration_ms as last_duration_ms
  from unnest($2::integer[], $3::text[]) with ordinality as u (day, id, place)
    join events e on e.tenant = $1 and e.day = u.day and e.id = u.id and e.day = any($4::integer[])
    join webhooks w on w.no = e.webhook_no
    join tenants t on t.tenant = e.tenant
    join messages m on m.tenant = $1 and m.day = u.day and m.id = 'msg_' || substr(u.id, 5, 22) and m.day = any($4::integer[])
    left join attempts a on a.tenant = $1 and a.day = u.day and a.event_id = u.id and a.day = any($4::integer[])
      and a.number = e.attempt_count - (e.lease_worker is not null)::integer
      and a.failure_code is distinct from 'ABANDONED'
  order by u.place`;
const WHOLE = 2 ** 31 - 1;

/** See {@link HistoryStore.getEvents}. */
export async function getEvents(
  { sql }: ReadView,
  params: { tenant: number; eventIds: readonly EventId[] },
): Promise<StoredEvent[]> {
  return await readEvents(sql, params.tenant, params.eventIds);
}

/** The events of these ids that exist, in their order, as lists show them (or whole). */
export async function readEvents(
  sql: Connection,
  tenant: number,
  ids: readonly string[],
  contentBytesMax = LIST_CONTENT_BYTES_MAX,
): Promise<StoredEvent[]> {
  if (ids.length === 0) return [];
  const days = ids.map(idDay);
  const rows = await sql.all<EventRow>(READ_EVENTS, tenant, days, ids, [...new Set(days)], contentBytesMax);
  return rows.map(storedEvent);
}

/** See {@link HistoryStore.getEvent}. */
export async function getEvent(
  { sql }: ReadView,
  params: { tenant: number; webhookId: WebhookId | null; eventId: EventId },
): Promise<{ event: StoredEvent; attempts: StoredAttempt[] } | null> {
  const { tenant, webhookId, eventId } = params;
  const [event] = await readEvents(sql, tenant, [eventId], WHOLE);
  if (event === undefined || (webhookId !== null && event.webhookId !== webhookId)) return null;
  return { event, attempts: await listAttempts(sql, { tenant, eventId }) };
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
    isTest: row.is_test,
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
