/** Deleting old messages of which no event waits, with all that hangs on them and their share of the counters. */
import type { EventStatus } from "../../domain/values.ts";
import type { EventId, MessageId } from "../../ids.ts";
import { idDay, lowestId, messageIdOf } from "../../ids.ts";
import { parseTextCursor, textCursor } from "../cursor.ts";
import { eventKeys } from "./events.ts";
import { entriesOf, unindexMessages } from "./search_index.ts";
import type { Transaction } from "./transaction.ts";

type MessageRow = { tenant: number; day: number; id: MessageId; search_values: string; idempotency_key: string | null };
type EventRow = {
  tenant: number;
  day: number;
  id: EventId;
  webhook_no: number;
  is_test: boolean;
  status: EventStatus;
  is_waiting: boolean;
};

/** By the unique key, oldest first. A replay that makes an event of one of them comes before or finds nothing any more. */
const LOCK_OLD_MESSAGES = `
  select tenant, day, id, search_values, idempotency_key from messages
  where tenant = $1 and day >= $2 and day <= $4 and (day, id) > ($2, $3) and (day, id) < ($4, $5)
  order by day, id limit $6 for update`;
/** By ranges of the primary key. A resend comes before, and the message stays, or finds nothing any more. */
const LOCK_EVENTS = `
  select e.tenant, e.day, e.id, e.webhook_no, e.is_test, e.status, e.next_attempt_at is not null as is_waiting
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
    join events e on e.tenant = u.tenant and e.day = u.day and e.day = any($4::integer[])
      and e.id > 'evt_' || substr(u.id, 5) and e.id < 'evt_' || substr(u.id, 5) || '~'
  order by e.id for update of e`;
/** All by primary or unique keys, in the partitions of the days. */
const KEYS = `unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)`;
const DELETE_EVENTS = `
  delete from events e using ${KEYS}
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])`;
const DELETE_ATTEMPTS = `
  delete from attempts a using ${KEYS}
  where a.tenant = u.tenant and a.day = u.day and a.event_id = u.id and a.day = any($4::integer[])`;
const DELETE_TOKENS = `
  delete from consumed_tokens c using ${KEYS}
  where c.tenant = u.tenant and c.day = u.day and c.event_id = u.id and c.day = any($4::integer[])`;
const DELETE_MESSAGES = `
  delete from messages m using ${KEYS}
  where m.tenant = u.tenant and m.day = u.day and m.id = u.id and m.day = any($4::integer[])`;

/** See {@link MaintenanceStore.pruneMessages}. */
export async function pruneMessages(
  tx: Transaction,
  params: { tenant: number; before: number; limit: number; cursor: string | null },
): Promise<{ deleted: number; nextCursor: string | null }> {
  const { tenant, limit } = params;
  const after = parseTextCursor(params.cursor, /^msg_\w{1,40}$/);
  const end = lowestId("msg", params.before);
  const from = [after === null ? -1 : idDay(after), after ?? ""];
  const messages = await tx.sql.all<MessageRow>(LOCK_OLD_MESSAGES, tenant, ...from, idDay(end), end, limit);
  const deleted = messages.length === 0 ? 0 : await deleteSettled(tx, messages);
  const last = messages.length === limit ? messages.at(-1) : undefined;
  return { deleted, nextCursor: last === undefined ? null : textCursor(last.id) };
}

/** Leaves messages of which an event still waits (or is under way); how many others there were. */
async function deleteSettled(tx: Transaction, messages: readonly MessageRow[]): Promise<number> {
  const events = await tx.sql.all<EventRow>(LOCK_EVENTS, ...eventKeys(messages));
  const waiting = new Set(events.filter((event) => event.is_waiting).map(({ id }) => messageIdOf(id)));
  const going = messages.filter(({ id }) => !waiting.has(id));
  const goingEvents = events.filter(({ id }) => !waiting.has(messageIdOf(id)));
  if (going.length === 0) return 0;
  for (const { tenant, webhook_no: webhookNo, is_test: isTest, status } of goingEvents) {
    tx.counters.add({ tenant, webhookNo, isTest, status }, -1);
  }
  const entries = going.flatMap(({ tenant, id: messageId, search_values, idempotency_key: idempotencyKey }) => {
    const searchValues = JSON.parse(search_values) as string[]; // written by publish
    return entriesOf({ tenant, messageId, searchValues, idempotencyKey });
  });
  const ofEvents = eventKeys(goingEvents);
  await Promise.all([
    unindexMessages(tx.sql, entries),
    ...[DELETE_ATTEMPTS, DELETE_TOKENS, DELETE_EVENTS].map((statement) => tx.sql.run(statement, ...ofEvents)),
    tx.sql.run(DELETE_MESSAGES, ...eventKeys(going)),
  ]);
  return going.length;
}
