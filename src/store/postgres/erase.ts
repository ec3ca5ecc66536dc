/**
 * Erasing a payload: content, error and search values go, the history of its delivery stays. The old version of the row is
 * in the table's file until vacuum has passed, as with any PostgreSQL.
 */
import type { MessageId } from "../../ids.ts";
import { eventIdRange, idDay } from "../../ids.ts";
import type { Actor } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { noteContentErased } from "./changes.ts";
import type { WaitingRow } from "./events.ts";
import { WAITING_COLUMNS, eventKeys, failWaiting } from "./events.ts";
import { forgetPassedItems } from "./live_sharing.ts";
import { entriesOf, unindexMessages } from "./search_index.ts";
import type { Transaction } from "./transaction.ts";

/** By a range of the primary key. */
const WEBHOOKS_OF = `
  select webhook_no from events where tenant = $1 and day = $2 and id >= $3 and id <= $4 and next_attempt_at is not null`;
/** By the unique key. */
const LOCK_MESSAGE = `
  select search_values, content is null as is_erased from messages where tenant = $1 and day = $2 and id = $3
  for no key update`;
/** By a range of the primary key. A leased event is not ended here: its worker is told, and ends it if it was not sent yet. */
const LOCK_WAITING = `
  select ${WAITING_COLUMNS} from events e
  where e.tenant = $1 and e.day = $2 and e.id >= $3 and e.id <= $4 and e.next_attempt_at is not null
    and e.lease_worker is null
  order by e.id for no key update`;

/** See {@link HistoryStore.eraseContent}. */
export async function eraseContent(
  tx: Transaction,
  params: { tenant: number; messageId: MessageId; actor: Actor },
): Promise<boolean> {
  const { tenant, messageId, actor } = params;
  const day = idDay(messageId);
  const { lowest, highest } = eventIdRange(messageId);
  const range = [tenant, day, lowest, highest] as const;
  const lanes = await tx.sql.all<{ webhook_no: number }>(WEBHOOKS_OF, ...range);
  await tx.lanes.lock(lanes.map((row) => row.webhook_no));
  const message = await tx.sql.get<{ search_values: string; is_erased: boolean }>(LOCK_MESSAGE, tenant, day, messageId);
  if (message === undefined) return false;
  if (message.is_erased) return true;
  await erasePayloads(tx, [{ tenant, day, id: messageId, search_values: message.search_values }]);
  await failWaiting(tx, await tx.sql.all<WaitingRow>(LOCK_WAITING, ...range), "CONTENT_ERASED");
  await forgetPassedItems(tx.sql, tenant);
  noteContentErased(tx, { tenant, messageId });
  const target = { kind: "message", id: messageId } as const;
  writeAudit(tx, { tenant, actor, action: "message.erase", target, before: null, after: null });
  return true;
}

/** By the unique key, in the partitions of the days. */
const ERASE = `
  update messages m set content = null, content_bytes = 0, error = null, search_values = '[]'
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
  where m.tenant = u.tenant and m.day = u.day and m.id = u.id and m.day = any($4::integer[])`;

/** A message's key, and the text of its column of search values. */
type ErasedMessage = { tenant: number; day: number; id: MessageId; search_values: string };

/** Takes content, error and search values out of messages. */
export async function erasePayloads(tx: Transaction, messages: readonly ErasedMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const entries = messages.flatMap(({ tenant, id: messageId, search_values }) => {
    const searchValues = JSON.parse(search_values) as string[]; // written by publish
    return entriesOf({ tenant, messageId, searchValues, idempotencyKey: null });
  });
  await Promise.all([unindexMessages(tx.sql, entries), tx.sql.run(ERASE, ...eventKeys(messages))]);
}
