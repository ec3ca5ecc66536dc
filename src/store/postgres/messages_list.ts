/** Listing messages and reading some of them, each with where it went. */
import type { AppEnv, EventStatus, MsgNature } from "../../domain/values.ts";
import type { EventId, MessageId, WebhookId } from "../../ids.ts";
import { idDay, messageIdOf } from "../../ids.ts";
import type { MessageFilter, StoredMessage } from "../history.ts";
import { LIST_CONTENT_BYTES_MAX } from "../history.ts";
import type { PageRequest } from "../tenancy.ts";
import { allOf, numbered } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { messageCondition, messageKeyset } from "./event_filter.ts";
import { historyPage } from "./history_page.ts";
import type { ReadView } from "./transaction.ts";

type MessageList = { messages: StoredMessage[]; total: number; totalIsAtLeast: boolean; nextCursor: string | null };

/** See {@link HistoryStore.listMessages}. */
export async function listMessages(
  { sql }: ReadView,
  params: PageRequest & { tenant: number; filter: MessageFilter },
): Promise<MessageList> {
  const { tenant, filter } = params;
  const list = {
    kind: "msg" as const,
    tenant,
    filter,
    keyset: messageKeyset(tenant, filter),
    expand: (messageIds: readonly MessageId[]) => matchingIds(sql, tenant, messageIds, filter),
    knownTotal: null,
  };
  const { ids, ...page } = await historyPage(sql, list, params);
  return { messages: await readMessages(sql, { tenant, ids, contentBytesMax: LIST_CONTENT_BYTES_MAX }), ...page };
}

/** Those that the filter lets through, newest first. */
async function matchingIds(
  sql: Connection,
  tenant: number,
  messageIds: readonly MessageId[],
  filter: MessageFilter,
): Promise<string[]> {
  const days = messageIds.map(idDay);
  const where = allOf([
    { sql: "tenant = ? and day = u.message_day and id = u.message_id", values: [tenant] },
    messageCondition(filter),
  ]);
  const query = `
    select id from unnest(?::text[], ?::integer[]) as u (message_id, message_day), messages where ${where.sql} order by id desc`;
  const rows = await sql.everyDay<{ id: string }>(numbered(query), messageIds, days, ...where.values);
  return rows.map((row) => row.id);
}

/** See {@link HistoryStore.getMessages}. */
export async function getMessages(
  { sql }: ReadView,
  params: { tenant: number; messageIds: readonly MessageId[] },
): Promise<StoredMessage[]> {
  const { tenant, messageIds: ids } = params;
  return await readMessages(sql, { tenant, ids, contentBytesMax: WHOLE });
}

type MessageRow = {
  id: MessageId;
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
  idempotency_key: string | null;
  created_at: number;
};

const WHOLE = 2 ** 31 - 1;

/** By the primary key, in the partitions of the days; $5 is the size up to which the content is read. */
const READ_MESSAGES = `
  select m.id, m.tenant, t.app_id, t.app_env, m.topic, m.action, m.msg_nature,
    case when m.content_bytes <= $5 then m.content end as content, m.content_bytes, m.error, m.is_test,
    m.idempotency_key, m.created_at
  from unnest($2::integer[], $3::text[]) with ordinality as u (day, id, place)
    join messages m on m.tenant = $1 and m.day = u.day and m.id = u.id and m.day = any($4::integer[])
    join tenants t on t.tenant = m.tenant
  order by u.place`;
/** By ranges of the primary key. */
const READ_EVENTS = `
  select e.id, w.id as webhook_id, e.status
  from unnest($2::integer[], $3::text[]) as u (day, id)
    join events e on e.tenant = $1 and e.day = u.day and e.day = any($4::integer[])
      and e.id > 'evt_' || substr(u.id, 5) and e.id < 'evt_' || substr(u.id, 5) || '~'
    join webhooks w on w.no = e.webhook_no
  order by e.id`;

type EventRow = { id: EventId; webhook_id: WebhookId; status: EventStatus };

async function readMessages(
  sql: Connection,
  which: { tenant: number; ids: readonly string[]; contentBytesMax: number },
): Promise<StoredMessage[]> {
  const { tenant, ids, contentBytesMax } = which;
  if (ids.length === 0) return [];
  const days = ids.map(idDay);
  const keys = [tenant, days, ids, [...new Set(days)]];
  const [rows, events] = await Promise.all([
    sql.all<MessageRow>(READ_MESSAGES, ...keys, contentBytesMax),
    sql.all<EventRow>(READ_EVENTS, ...keys),
  ]);
  const byMessage = Map.groupBy(events, ({ id }) => messageIdOf(id));
  return rows.map((row) => storedMessage(row, byMessage.get(row.id) ?? []));
}

function storedMessage(row: MessageRow, events: readonly EventRow[]): StoredMessage {
  return {
    id: row.id,
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
    idempotencyKey: row.idempotency_key,
    createdAt: row.created_at,
    events: events.map(({ id, webhook_id, status }) => ({ id, webhookId: webhook_id, status })),
  };
}
