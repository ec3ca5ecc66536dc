/** Erasing the contents of old messages of which no event waits, where they go before their messages. */
import type { MessageId } from "../../ids.ts";
import { eventIdRange, lowestId } from "../../ids.ts";
import { numberCursor, parseNumberCursor } from "../cursor.ts";
import { erasePayload } from "./erase.ts";
import type { Transaction } from "./transaction.ts";

type MessageRow = { no: number; id: MessageId; day: number; search_values: string };

/** By messages_with_content, oldest first: erased ones are not in it. */
const MESSAGES_WITH_CONTENT = `
  select no, id, day, search_values from messages indexed by messages_with_content
  where tenant = ?1 and content is not null and no > ?2 order by no limit ?3`;
/** By a range of the primary key. */
const WAITING_EVENT = `
  select 1 from events where tenant = ?1 and day = ?2 and id >= ?3 and id <= ?4 and next_attempt_at is not null limit 1`;

/** See {@link MaintenanceStore.eraseOldContents}. */
export function eraseOldContents(
  tx: Transaction,
  params: { tenant: number; before: number; limit: number; cursor: string | null },
): { erased: number; nextCursor: string | null } {
  const { tenant, limit } = params;
  const after = parseNumberCursor(params.cursor) ?? 0;
  const end = lowestId("msg", params.before);
  const messages = tx.sql.all<MessageRow>(MESSAGES_WITH_CONTENT, tenant, after, limit);
  const old = messages.filter(({ id }) => id < end);
  const settled = old.filter((message) => !isWaiting(tx, tenant, message));
  tx.sql.overwriting(() => {
    for (const { no, id, day, search_values } of settled) {
      erasePayload(tx, { tenant, no, day, messageId: id, searchValues: search_values });
    }
  });
  const isEnd = old.length < limit;
  return { erased: settled.length, nextCursor: isEnd ? null : numberCursor(old.at(-1)?.no) };
}

/** Whether an event of the message waits, or is under way. */
function isWaiting(tx: Transaction, tenant: number, { id, day }: MessageRow): boolean {
  const { lowest, highest } = eventIdRange(id);
  return tx.sql.get(WAITING_EVENT, tenant, day, lowest, highest) !== undefined;
}
