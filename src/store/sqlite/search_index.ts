/**
 * The exact search: content values and idempotency keys, each leading to its messages. The index is cut into runs of so many
 * messages, and each is written when it is whole, sorted, at the end of the table: entries that came one by one would each
 * dirty a page of their own, which was two thirds of what a commit wrote. The messages behind the last run, which are few, are
 * looked through by their own columns. A log-structured merge tree (O'Neil et al., 1996) without the merging.
 */
import type { MessageId } from "../../ids.ts";
import type { Connection } from "./connection.ts";
import { readSetting, saveSetting } from "./settings.ts";
import type { Transaction } from "./transaction.ts";

/** Of a run, as the migration has it. A search looks into each run, so ten million messages are 2,442 looks of some µs. */
const RUN_MESSAGES = 4_096;
const INDEXED_UNTIL = "search_indexed_until";

/** What one message is found by; `no` is its number. */
type SearchEntries = {
  tenant: number;
  no: number;
  messageId: MessageId;
  searchValues: readonly string[];
  idempotencyKey: string | null;
};

/** By the primary key, backwards. */
const NEWEST_NUMBER = `select no from messages order by no desc limit 1`;
/** Messages by a range of the primary key; a key may be a value, too. */
const INDEX_RUN = `
  insert or ignore into search_index (run, tenant, value, message_id)
  select ?1, tenant, value, id from (
    select m.tenant, v.value, m.id from messages m cross join json_each(m.search_values) v where m.no between ?2 and ?3
    union all
    select tenant, idempotency_key, id from messages where no between ?2 and ?3 and idempotency_key is not null
  ) order by tenant, value, id`;
const DELETE_VALUE = `delete from search_index where run = ?1 and tenant = ?2 and value = ?3 and message_id = ?4`;
/** By the primary key, from either end. */
const NEWEST_RUN = `select run from search_index order by run desc limit 1`;
const OLDEST_RUN = `select run from search_index order by run limit 1`;
const FIND_IN_RUN = `
  select message_id as id from search_index
  where run = ?1 and tenant = ?2 and value = ?3 and message_id < ?4 order by message_id desc`;
/** By a range of the primary key, backwards. ?5, the value as JSON, is only seldom found where the value is not. */
const FIND_NOT_INDEXED = `
  select id from messages not indexed
  where no > ?1 and tenant = ?2 and id < ?4 and (
    idempotency_key = ?3
    or (instr(search_values, ?5) > 0 and exists (select 1 from json_each(search_values) where value = ?3)))
  order by no desc`;

/** See {@link MaintenanceStore.indexMessages}. */
export function indexMessages(tx: Transaction): { more: boolean } {
  const first = indexedUntil(tx.sql) + 1;
  const run = Math.floor(first / RUN_MESSAGES);
  const last = (run + 1) * RUN_MESSAGES - 1;
  const newest = newestNumber(tx.sql);
  if (newest < last) return { more: false };
  tx.sql.run(INDEX_RUN, run, first, last);
  saveSetting(tx.sql, INDEXED_UNTIL, String(last));
  return { more: newest >= last + RUN_MESSAGES };
}

/** Removes the entries given: an erasure keeps the idempotency key, which is not content. */
export function unindexMessage(sql: Connection, entries: SearchEntries): void {
  const { tenant, no, messageId, searchValues, idempotencyKey } = entries;
  if (no > indexedUntil(sql)) return;
  const run = Math.floor(no / RUN_MESSAGES);
  for (const value of searchValues) sql.run(DELETE_VALUE, run, tenant, value, messageId);
  if (idempotencyKey !== null) sql.run(DELETE_VALUE, run, tenant, idempotencyKey, messageId);
}

/** To be called when messages were deleted: the numbers of the newest ones are given again, to messages not indexed yet. */
export function keepNewestIndexable(sql: Connection): void {
  const newest = newestNumber(sql);
  if (newest < indexedUntil(sql)) saveSetting(sql, INDEXED_UNTIL, String(newest));
}

/** Messages that have the value, newest first, with ids below `before`. */
export function* findMessageIds(
  sql: Connection,
  { tenant, value, before }: { tenant: number; value: string; before: string },
): Generator<MessageId> {
  const indexed = indexedUntil(sql);
  yield* idsOf(sql.all<IdRow>(FIND_NOT_INDEXED, indexed, tenant, value, before, JSON.stringify(value)));
  const newest = sql.get<{ run: number }>(NEWEST_RUN)?.run ?? -1;
  const oldest = sql.get<{ run: number }>(OLDEST_RUN)?.run ?? 0;
  for (let run = newest; run >= oldest; run--) {
    yield* idsOf(sql.all<IdRow>(FIND_IN_RUN, run, tenant, value, before));
  }
}

type IdRow = { id: MessageId };

function idsOf(rows: readonly IdRow[]): MessageId[] {
  return rows.map(({ id }) => id);
}

function indexedUntil(sql: Connection): number {
  return Number(readSetting(sql, INDEXED_UNTIL) ?? 0);
}

function newestNumber(sql: Connection): number {
  return sql.get<{ no: number }>(NEWEST_NUMBER)?.no ?? 0;
}
