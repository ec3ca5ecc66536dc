/** The exact search: content values and idempotency keys, each leading to its messages. */
import type { MessageId } from "../../ids.ts";
import type { Connection } from "./connection.ts";

/** What one message is found by. */
type SearchEntries = {
  tenant: number;
  messageId: MessageId;
  searchValues: readonly string[];
  idempotencyKey: string | null;
};

/** A value may come twice in one message. */
const INSERT_VALUE = `insert or ignore into search_index (tenant, value, message_id) values (?1, ?2, ?3)`;
const DELETE_VALUE = `delete from search_index where tenant = ?1 and value = ?2 and message_id = ?3`;
/** By the primary key, backwards. */
const FIND_MESSAGES = `
  select message_id from search_index where tenant = ?1 and value = ?2 and message_id < ?3
  order by message_id desc limit ?4`;

/** Makes the message findable by these values and by its idempotency key. */
export function indexMessage(
  sql: Connection,
  { tenant, messageId, searchValues, idempotencyKey }: SearchEntries,
): void {
  for (const value of searchValues) sql.run(INSERT_VALUE, tenant, value, messageId);
  if (idempotencyKey !== null) sql.run(INSERT_VALUE, tenant, idempotencyKey, messageId);
}

/** Removes the entries given: an erasure keeps the idempotency key, which is not content. */
export function unindexMessage(
  sql: Connection,
  { tenant, messageId, searchValues, idempotencyKey }: SearchEntries,
): void {
  for (const value of searchValues) sql.run(DELETE_VALUE, tenant, value, messageId);
  if (idempotencyKey !== null) sql.run(DELETE_VALUE, tenant, idempotencyKey, messageId);
}

/** Messages that have the value, newest first, with ids below `before`. */
export function findMessageIds(
  sql: Connection,
  params: { tenant: number; value: string; before: string; limit: number },
): MessageId[] {
  const { tenant, value, before, limit } = params;
  return sql.all<{ message_id: MessageId }>(FIND_MESSAGES, tenant, value, before, limit).map((row) => row.message_id);
}
