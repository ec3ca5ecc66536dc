/** Deleting old messages of which no event waits, with all that hangs on them and their share of the counters. */
import type { EventStatus } from "../../domain/values.ts";
import type { MessageId } from "../../ids.ts";
import { eventIdRange, idDay, lowestId } from "../../ids.ts";
import { parseTextCursor, textCursor } from "../cursor.ts";
import { keepNewestIndexable, unindexMessage } from "./search_index.ts";
import type { Transaction } from "./transaction.ts";

type MessageRow = { no: number; id: MessageId; day: number; search_values: string; idempotency_key: string | null };
type EventRow = { webhook_no: number; is_test: number; status: EventStatus; next_attempt_at: number | null };

/** By the unique key, oldest first. */
const OLD_MESSAGES = `
  select no, id, day, search_values, idempotency_key from messages
  where tenant = ?1 and (day, id) > (?2, ?3) and (day, id) < (?4, ?5) order by day, id limit ?6`;
/** By ranges of primary or unique keys, all of them. */
const EVENTS_OF = `
  select webhook_no, is_test, status, next_attempt_at from events
  where tenant = ?1 and day = ?2 and id >= ?3 and id <= ?4`;
const DELETE_EVENTS = `delete from events where tenant = ?1 and day = ?2 and id >= ?3 and id <= ?4`;
const DELETE_ATTEMPTS = `delete from attempts where tenant = ?1 and day = ?2 and event_id >= ?3 and event_id <= ?4`;
const DELETE_TOKENS = `delete from consumed_tokens where tenant = ?1 and day = ?2 and event_id >= ?3 and event_id <= ?4`;
const DELETE_MESSAGE = `delete from messages where tenant = ?1 and day = ?2 and id = ?3`;

/** See {@link MaintenanceStore.pruneMessages}. */
export function pruneMessages(
  tx: Transaction,
  params: { tenant: number; before: number; limit: number; cursor: string | null },
): { deleted: number; nextCursor: string | null } {
  const { tenant, limit } = params;
  const after = parseTextCursor(params.cursor, /^msg_\w{1,40}$/);
  const end = lowestId("msg", params.before);
  const from = [after === null ? -1 : idDay(after), after ?? ""];
  const messages = tx.sql.all<MessageRow>(OLD_MESSAGES, tenant, ...from, idDay(end), end, limit);
  let deleted = 0;
  for (const message of messages) {
    if (deleteMessage(tx, tenant, message)) deleted += 1;
  }
  keepNewestIndexable(tx.sql);
  const last = messages.length === limit ? messages.at(-1) : undefined;
  return { deleted, nextCursor: last === undefined ? null : textCursor(last.id) };
}

/** False when an event of it still waits (or is under way). */
function deleteMessage(tx: Transaction, tenant: number, message: MessageRow): boolean {
  const { lowest, highest } = eventIdRange(message.id);
  const range = [tenant, message.day, lowest, highest];
  const events = tx.sql.all<EventRow>(EVENTS_OF, ...range);
  if (events.some((event) => event.next_attempt_at !== null)) return false;
  for (const { webhook_no: webhookNo, is_test, status } of events) {
    tx.counters.add({ tenant, webhookNo, isTest: is_test === 1, status }, -1);
  }
  tx.sql.run(DELETE_ATTEMPTS, ...range);
  tx.sql.run(DELETE_TOKENS, ...range);
  tx.sql.run(DELETE_EVENTS, ...range);
  const { no, id: messageId, idempotency_key: idempotencyKey } = message;
  const searchValues = JSON.parse(message.search_values) as string[]; // written by publish
  unindexMessage(tx.sql, { tenant, no, messageId, searchValues, idempotencyKey });
  tx.sql.run(DELETE_MESSAGE, tenant, message.day, message.id);
  return true;
}
