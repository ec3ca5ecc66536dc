/** The exact search: content values and idempotency keys, each leading to its messages. */
import type { MessageId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { Connection } from "./connection.ts";
import { dayOf } from "./keyset.ts";
import { storable } from "./text.ts";

/** A value and a message that is found by it. */
export type SearchEntry = { tenant: number; value: string; messageId: MessageId };

const INSERT_VALUES = `
  insert into search_index (tenant, day, value, message_id)
  select unnest($1::integer[]), unnest($2::integer[]), unnest($3::text[]), unnest($4::text[])`;
/** By the primary key, in the partitions of the days. */
const DELETE_VALUES = `
  delete from search_index s using unnest($1::integer[], $2::integer[], $3::text[], $4::text[])
    as u (tenant, day, value, message_id)
  where s.tenant = u.tenant and s.day = u.day and s.value = u.value and s.message_id = u.message_id
    and s.day = any($5::integer[])`;
/** By the primary key, backwards. */
const FIND_MESSAGES = `
  select message_id from search_index
  where tenant = $1 and value = $2 and message_id < $3 and day <= $4 order by message_id desc limit $5`;

/** Makes new messages findable. */
export async function indexMessages(sql: Connection, entries: readonly SearchEntry[]): Promise<void> {
  if (entries.length > 0) await sql.run(INSERT_VALUES, ...columnsOf(entries));
}

/** Removes entries. */
export async function unindexMessages(sql: Connection, entries: readonly SearchEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const [tenants, days, values, ids] = columnsOf(entries);
  await sql.run(DELETE_VALUES, tenants, days, values, ids, [...new Set(days)]);
}

/** What a message is found by: its values, and its idempotency key where that is given; each once, as it is stored. */
export function entriesOf(message: {
  tenant: number;
  messageId: MessageId;
  searchValues: readonly string[];
  idempotencyKey: string | null;
}): SearchEntry[] {
  const { tenant, messageId, searchValues, idempotencyKey } = message;
  const values = idempotencyKey === null ? searchValues : [...searchValues, idempotencyKey];
  return [...new Set(values.map(storable))].map((value) => ({ tenant, value, messageId }));
}

/** Messages that have the value, newest first, with ids below `before`. */
export async function findMessageIds(
  sql: Connection,
  params: { tenant: number; value: string; before: string; limit: number },
): Promise<MessageId[]> {
  const { tenant, value, before, limit } = params;
  const rows = await sql.everyDay<{ message_id: MessageId }>(
    FIND_MESSAGES,
    tenant,
    value,
    before,
    dayOf(before),
    limit,
  );
  return rows.map((row) => row.message_id);
}

function columnsOf(entries: readonly SearchEntry[]) {
  return [
    entries.map(({ tenant }) => tenant),
    entries.map(({ messageId }) => idDay(messageId)),
    entries.map(({ value }) => value),
    entries.map(({ messageId }) => messageId),
  ] as const;
}
