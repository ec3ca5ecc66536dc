/** Idempotency keys: written by the transaction of their messages, live for seven days. */
import type { MessageId } from "../../ids.ts";
import type { PublishParams, PublishResult } from "../delivery.ts";
import type { Transaction } from "./transaction.ts";

const IDEMPOTENCY_TTL_MS = 7 * 86_400_000;

type KeyRow = { body_hash: Uint8Array; message_ids: string };

/** By the primary key. */
const FIND_KEY = `
  select body_hash, message_ids from idempotency_keys
  where tenant = ?1 and route = ?2 and key = ?3 and expires_at > ?4`;
/** Replaces one that has expired and was not pruned yet. */
const SAVE_KEY = `
  insert or replace into idempotency_keys (tenant, route, key, body_hash, message_ids, expires_at)
  values (?1, ?2, ?3, ?4, ?5, ?6)`;

/** What a publish with a known key answers; null when the key is new (or there is none). */
export function earlierPublish(tx: Transaction, { tenant, idempotency }: PublishParams): PublishResult | null {
  if (idempotency === null) return null;
  const row = tx.sql.get<KeyRow>(FIND_KEY, tenant, idempotency.route, idempotency.key, tx.now);
  if (row === undefined) return null;
  if (Buffer.compare(row.body_hash, idempotency.bodyHash) !== 0) return { kind: "conflict" };
  return { kind: "repeated", messageIds: JSON.parse(row.message_ids) as MessageId[] }; // written below
}

/** Keeps the key of a publish that made these messages. */
export function saveIdempotencyKey(
  tx: Transaction,
  { tenant, idempotency }: PublishParams,
  messageIds: readonly MessageId[],
): void {
  if (idempotency === null) return;
  const { route, key, bodyHash } = idempotency;
  tx.sql.run(SAVE_KEY, tenant, route, key, bodyHash, JSON.stringify(messageIds), tx.now + IDEMPOTENCY_TTL_MS);
}
