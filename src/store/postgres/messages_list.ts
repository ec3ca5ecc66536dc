/** Listing messages and reading some of them, each with where it went. */
import type { AppEnv, EventStatus, MsgNature } from "../../domain/values.ts";
import type { EventId, MessageId, WebhookId } from "../../ids.ts";
import { eventIdRange, idDay } from "../../ids.ts";
import type { MessageFilter, StoredMessage } from "../history.ts";
import { LIST_CONTENT_BYTES_MAX } from "../history.ts";
import type { PageRequest } from "../tenancy.ts";
import type { Connection } from "./connection.ts";
import { messageConditions } from "./event_filter.ts";
import { historyPage } from "./history_page.ts";
import type { Keyset } from "./keyset.ts";
import { allOf } from "./keyset.ts";
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
    expand: (messageId: MessageId) => await matchingId(sql, tenant, messageId, filter),
    knownTotal: null,
  };
  const { ids, ...page } = await historyPage(sql, list, params);
  return { messages: await readMessages(sql, { tenant, ids, contentBytesMax: LIST_CONTENT_BYTES_MAX }), ...page };
}

/** By the unique key on tenant, day and id: as days follow from ids, its order is theirs. */
function messageKeyset(tenant: number, filter: MessageFilter): Keyset {
  return {
    segments: [{ from: "messages", where: [{ sql: "tenant = ?", values: [tenant] }] }],
    unserved: messageConditions(filter),
    order: "day desc, id desc",
    between: ({ lowest, before }) => ({
      sql: "(day, id) >= (?, ?) and (day, id) < (?, ?)",
      values: [lowest === "msg_" ? 0 : idDay(lowest), lowest, idDay(before), before],
    }),
  };
}

async function matchingId(sql: Connection, tenant: number, messageId: MessageId, filter: MessageFilter): Promise<string[]> {
  const where = allOf([
    { sql: "tenant = ? and day = ? and id = ?", values: [tenant, idDay(messageId), messageId] },
    ...messageConditions(filter),
  ]);
  const rows = await sql.all<{ id: string }>(`select id from messages where ${where.sql}`, ...where.values);
  return rows.map((row) => row.id);
}

/** See {@link HistoryStore.getMessages}. */
export async function getMessages(
  { sql }: ReadView,
  params: { tenant: number; messageIds: readonly MessageId[] },
): Promise<StoredMessage[]> {
  const { tenant, messageIds: ids } = params;
  return await readMessages(sql, { tenant, ids, contentBytesMax: Number.MAX_SAFE_INTEGER });
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
  is_test: number;
  idempotency_key: string | null;
  created_at: number;
};

/** By the unique key; $4 is the size up to which the content is read. */
const READ_MESSAGE = `
  select m.id, m.tenant, t.app_id, t.app_env, m.topic, m.action, m.msg_nature,
    case when m.content_bytes <= $4 then m.content end as content, m.content_bytes, m.error, m.is_test,
    m.idempotency_key, m.created_at
  from messages m join tenants t on t.tenant = m.tenant where m.tenant = $1 and m.day = $2 and m.id = $3`;
/** By a range of the primary key. */
const READ_EVENTS = `
  select e.id, w.id as webhook_id, e.status from events e join webhooks w on w.no = e.webhook_no
  where e.tenant = $1 and e.day = $2 and e.id >= $3 and e.id <= $4 order by e.id`;

async function readMessages(
  sql: Connection,
  which: { tenant: number; ids: readonly string[]; contentBytesMax: number },
): Promise<StoredMessage[]> {
  const { tenant, ids, contentBytesMax } = which;
  return ids.flatMap((id) => {
    const row = await sql.get<MessageRow>(READ_MESSAGE, tenant, idDay(id), id, contentBytesMax);
    return row === undefined ? [] : [await storedMessage(sql, row)];
  });
}

async function storedMessage(sql: Connection, row: MessageRow): Promise<StoredMessage> {
  const { lowest, highest } = eventIdRange(row.id);
  const events = await sql.all<{ id: EventId; webhook_id: WebhookId; status: EventStatus }>(
    READ_EVENTS,
    row.tenant,
    idDay(row.id),
    lowest,
    highest,
  );
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
    isTest: row.is_test === 1,
    idempotencyKey: row.idempotency_key,
    createdAt: row.created_at,
    events: events.map(({ id, webhook_id, status }) => ({ id, webhookId: webhook_id, status })),
  };
}
