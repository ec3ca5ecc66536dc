/**
 * Idempotency keys: written by the transaction of their messages, live for seven days. Of two transactions with one key the
 * second waits at the insert for the first, and then finds what it has made.
 */
import type { MessageId } from "../../ids.ts";
import type { PublishParams, PublishResult } from "../delivery.ts";
import type { Transaction } from "./transaction.ts";

const IDEMPOTENCY_TTL_MS = 7 * 86_400_000;

type Idempotency = NonNullable<PublishParams["idempotency"]>;
/** A key as it is stored. */
export type KnownKey = { bodyHash: Uint8Array; messageIds: readonly MessageId[] };
type KeyRow = { tenant: number; route: string; key: string; body_hash: Uint8Array; message_ids: string };

/** By the primary key; with `limit`, each row is looked up by its whole key whatever the planner takes the table to be. */
const FIND_KEYS = `
  select u.tenant, u.route, u.key, i.body_hash, i.message_ids
  from unnest($1::integer[], $2::text[], $3::text[]) as u (tenant, route, key)
    cross join lateral (
      select body_hash, message_ids, expires_at from idempotency_keys
      where tenant = u.tenant and route = u.route and key = u.key limit 1
    ) i
  where i.expires_at > $4`;
/** Replaces one that has expired and was not pruned yet. In the order of the primary key, in which all lock them. */
const SAVE_KEYS = `
  insert into idempotency_keys (tenant, route, key, body_hash, message_ids, expires_at)
  select tenant, route, key, body_hash, message_ids, $6::bigint
  from unnest($1::integer[], $2::text[], $3::text[], $4::bytea[], $5::text[])
    as u (tenant, route, key, body_hash, message_ids)
  on conflict (tenant, route, key) do update
    set body_hash = excluded.body_hash, message_ids = excluded.message_ids, expires_at = excluded.expires_at
    where idempotency_keys.expires_at <= $7
  returning tenant, route, key`;

/** What a key is known by. */
export function keyName(tenant: number, { route, key }: Pick<Idempotency, "route" | "key">): string {
  return `${tenant} ${route} ${key}`;
}

/** Those of the keys that live, by their names. */
export async function findKeys(
  tx: Transaction,
  keys: readonly { tenant: number; idempotency: Idempotency }[],
): Promise<Map<string, KnownKey>> {
  if (keys.length === 0) return new Map();
  const rows = await tx.sql.all<KeyRow>(
    FIND_KEYS,
    keys.map(({ tenant }) => tenant),
    keys.map(({ idempotency }) => idempotency.route),
    keys.map(({ idempotency }) => idempotency.key),
    tx.now,
  );
  return new Map(
    rows.map((row) => {
      const messageIds = JSON.parse(row.message_ids) as MessageId[]; // written below
      return [`${row.tenant} ${row.route} ${row.key}`, { bodyHash: row.body_hash, messageIds }];
    }),
  );
}

/** What a publish with a known key answers. */
export function repeatedAnswer({ bodyHash }: Idempotency, known: KnownKey): PublishResult {
  if (Buffer.compare(known.bodyHash, bodyHash) !== 0) return { kind: "conflict" };
  return { kind: "repeated", messageIds: [...known.messageIds] };
}

/** Keeps the keys of publishes that make these messages; the names of those that are ours, and nobody else's meanwhile. */
export async function saveKeys(
  tx: Transaction,
  keys: readonly { tenant: number; idempotency: Idempotency; messageIds: readonly MessageId[] }[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const sorted = keys.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const rows = await tx.sql.all<{ tenant: number; route: "message" | "batch"; key: string }>(
    SAVE_KEYS,
    sorted.map(({ tenant }) => tenant),
    sorted.map(({ idempotency }) => idempotency.route),
    sorted.map(({ idempotency }) => idempotency.key),
    sorted.map(({ idempotency }) => idempotency.bodyHash),
    sorted.map(({ messageIds }) => JSON.stringify(messageIds)),
    tx.now + IDEMPOTENCY_TTL_MS,
    tx.now,
  );
  return new Set(rows.map((row) => keyName(row.tenant, row)));
}

function nameOf({ tenant, idempotency }: { tenant: number; idempotency: Idempotency }): string {
  return keyName(tenant, idempotency);
}
