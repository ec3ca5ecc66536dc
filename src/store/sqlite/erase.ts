/** Erasing a payload: content, error and search values go, the history of its delivery stays. */
import type { MessageId } from "../../ids.ts";
import { eventIdRange, idDay } from "../../ids.ts";
import type { Actor } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { noteContentErased } from "./changes.ts";
import type { EventRow } from "./events.ts";
import { failWaiting } from "./events.ts";
import { unindexMessage } from "./search_index.ts";
import type { Transaction } from "./transaction.ts";

type MessageRow = { no: number; search_values: string; is_erased: number };

/** By the unique key. */
const READ_MESSAGE = `
  select no, search_values, content is null as is_erased from messages where tenant = ?1 and day = ?2 and id = ?3`;
const ERASE = `
  update messages set content = null, content_bytes = 0, error = null, search_values = '[]'
  where tenant = ?1 and day = ?2 and id = ?3`;
/** By a range of the primary key. A leased event is not ended here: its worker is told, and ends it if it was not sent yet. */
const WAITING_EVENTS = `
  select tenant, day, id, webhook_no, is_test, status from events
  where tenant = ?1 and day = ?2 and id >= ?3 and id <= ?4 and next_attempt_at is not null and lease_worker is null`;

/** See {@link HistoryStore.eraseContent}. */
export function eraseContent(tx: Transaction, params: { tenant: number; messageId: MessageId; actor: Actor }): boolean {
  const { tenant, messageId, actor } = params;
  const day = idDay(messageId);
  const message = tx.sql.get<MessageRow>(READ_MESSAGE, tenant, day, messageId);
  if (message === undefined) return false;
  if (message.is_erased === 1) return true;
  tx.sql.overwriting(() =>
    erasePayload(tx, { tenant, no: message.no, day, messageId, searchValues: message.search_values }),
  );
  const { lowest, highest } = eventIdRange(messageId);
  const waiting = tx.sql.all<EventRow>(WAITING_EVENTS, tenant, day, lowest, highest);
  for (const event of waiting) failWaiting(tx, event, "CONTENT_ERASED");
  noteContentErased(tx, { tenant, messageId });
  const target = { kind: "message", id: messageId } as const;
  writeAudit(tx, { tenant, actor, action: "message.erase", target, before: null, after: null });
  return true;
}

/** Takes content, error and search values out of a message's row; `searchValues` is the text of its column. */
export function erasePayload(
  tx: Transaction,
  message: { tenant: number; no: number; day: number; messageId: MessageId; searchValues: string },
): void {
  const { tenant, no, day, messageId } = message;
  const searchValues = JSON.parse(message.searchValues) as string[]; // written by publish
  unindexMessage(tx.sql, { tenant, no, messageId, searchValues, idempotencyKey: null });
  tx.sql.run(ERASE, tenant, day, messageId);
}
