/** Erasing the contents of old messages of which no event waits, where they go before their messages. */
import type { EventId, MessageId } from "../../ids.ts";
import { idDay, lowestId, messageIdOf } from "../../ids.ts";
import { parseTextCursor, textCursor } from "../cursor.ts";
import { erasePayloads } from "./erase.ts";
import { eventKeys } from "./events.ts";
import type { Transaction } from "./transaction.ts";

type MessageRow = { tenant: number; day: number; id: MessageId; search_values: string };

/** By messages_with_content, oldest first: erased ones are not in it. A resend waits, and then finds the content erased. */
const LOCK_MESSAGES = `
  select tenant, day, id, search_values from messages
  where tenant = $1 and content is not null and day >= $2 and day <= $4 and (day, id) > ($2, $3) and (day, id) < ($4, $5)
  order by day, id limit $6 for update`;
/** By ranges of the primary key. */
const WAITING_EVENTS = `
  select e.id from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
    join events e on e.tenant = u.tenant and e.day = u.day and e.day = any($4::integer[])
      and e.id > 'evt_' || substr(u.id, 5) and e.id < 'evt_' || substr(u.id, 5) || '~'
  where e.next_attempt_at is not null`;

/** See {@link MaintenanceStore.eraseOldContents}. */
export async function eraseOldContents(
  tx: Transaction,
  params: { tenant: number; before: number; limit: number; cursor: string | null },
): Promise<{ erased: number; nextCursor: string | null }> {
  const { tenant, limit } = params;
  const after = parseTextCursor(params.cursor, /^msg_\w{1,40}$/);
  const end = lowestId("msg", params.before);
  const from = [after === null ? -1 : idDay(after), after ?? ""];
  const messages = await tx.sql.all<MessageRow>(LOCK_MESSAGES, tenant, ...from, idDay(end), end, limit);
  if (messages.length === 0) return { erased: 0, nextCursor: null };
  const events = await tx.sql.all<{ id: EventId }>(WAITING_EVENTS, ...eventKeys(messages));
  const waiting = new Set(events.map(({ id }) => messageIdOf(id)));
  const settled = messages.filter(({ id }) => !waiting.has(id));
  await erasePayloads(tx, settled);
  const last = messages.length === limit ? messages.at(-1) : undefined;
  return { erased: settled.length, nextCursor: last === undefined ? null : textCursor(last.id) };
}
