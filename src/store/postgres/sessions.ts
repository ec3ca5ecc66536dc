/** Sessions of the console: a row for each, found by the hash of what its cookie holds. */
import type { KeyId, SessionId } from "../../ids.ts";
import type { Session, SessionStore } from "../sessions.ts";
import { SESSION_IDLE_MS, SESSION_USE_NOTED_MS, SESSIONS_PER_KEY_MAX } from "../sessions.ts";
import type { Actor, ApiKey } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { findApiKey, lockApiKey } from "./keys.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type SessionRow = {
  id: SessionId;
  key_id: KeyId;
  created_at: number;
  expires_at: number;
  last_seen_at: number;
  ip: string | null;
  user_agent: string | null;
};

const INSERT_SESSION = `
  insert into sessions (id, hash, key_id, created_at, expires_at, ip, user_agent) values ($1, $2, $3, $4, $5, $6, $7)`;
/** By the unique index on the hash. */
const FIND_SESSION = `
  select id, key_id, created_at, expires_at, coalesce(last_seen_at, created_at) as last_seen_at, ip, user_agent
  from sessions where hash = $1 and expires_at > $2 and coalesce(last_seen_at, created_at) > $3`;
/** By the unique index on the hash. What ended is not brought back, and of several processes one writes. */
const TOUCH_SESSION = `
  update sessions set last_seen_at = $2
  where hash = $1 and expires_at > $2 and coalesce(last_seen_at, created_at) > $3
    and coalesce(last_seen_at, created_at) <= $4`;
/** By two unique keys. */
const FIND_OWNED = `
  select s.id, k.tenant, k.id as key_id, k.kind, k.name from sessions s join api_keys k on k.id = s.key_id where s.hash = $1`;
/** By sessions_key, backwards: the oldest of a key that has its full number. */
const FIND_SURPLUS = `
  select s.id, k.tenant, k.id as key_id, k.kind, k.name
  from sessions s join api_keys k on k.id = s.key_id
  where s.key_id = $1 order by s.id desc offset $2`;
/** False where another one ends it at the same time. */
const DELETE_SESSION = `delete from sessions where id = $1`;

/** See {@link SessionStore.createSession}. The key's row is locked: a revocation comes before, or ends the session. */
export async function createSession(
  tx: Transaction,
  params: Parameters<SessionStore["createSession"]>[0],
): Promise<Awaited<ReturnType<SessionStore["createSession"]>>> {
  const { hash, keyId, userAgent, actor } = params;
  const key = await lockApiKey(tx, keyId);
  if (key === null || (key.expiresAt !== null && key.expiresAt <= tx.now)) return { kind: "keyGone" };
  if (params.replaces !== null) await deleteSession(tx, { hash: params.replaces, actor });
  const surplus = await tx.sql.all<OwnedRow>(FIND_SURPLUS, keyId, SESSIONS_PER_KEY_MAX - 1);
  for (const session of surplus) await end(tx, session, actor);
  const { id } = tx.mint("ses");
  const expiresAt = Math.min(tx.now + params.ttlMs, key.expiresAt ?? Number.MAX_SAFE_INTEGER);
  await tx.sql.run(INSERT_SESSION, id, hash, keyId, tx.now, expiresAt, actor.ip, userAgent);
  writeAudit(tx, {
    tenant: key.tenant?.tenant ?? null,
    actor,
    action: "session.create",
    target: { kind: "session", id },
    before: null,
    after: { userAgent, expiresAt },
  });
  return {
    kind: "created",
    session: { id, createdAt: tx.now, expiresAt, lastSeenAt: tx.now, ip: actor.ip, userAgent },
  };
}

/** See {@link SessionStore.findSession}. */
export async function findSession(
  view: ReadView,
  params: { hash: Uint8Array },
): Promise<{ session: Session; key: ApiKey } | null> {
  const row = await view.sql.get<SessionRow>(FIND_SESSION, params.hash, view.now, view.now - SESSION_IDLE_MS);
  const key = row === undefined ? null : await findApiKey(view, { id: row.key_id });
  if (row === undefined || key === null) return null;
  const { id, created_at: createdAt, expires_at: expiresAt, last_seen_at: lastSeenAt, ip, user_agent: userAgent } = row;
  return { session: { id, createdAt, expiresAt, lastSeenAt, ip, userAgent }, key };
}

/** See {@link SessionStore.touchSession}. */
export async function touchSession(tx: Transaction, { hash }: { hash: Uint8Array }): Promise<void> {
  await tx.sql.run(TOUCH_SESSION, hash, tx.now, tx.now - SESSION_IDLE_MS, tx.now - SESSION_USE_NOTED_MS);
}

/** See {@link SessionStore.deleteSession}. */
export async function deleteSession(tx: Transaction, params: { hash: Uint8Array; actor: Actor }): Promise<boolean> {
  const row = await tx.sql.get<OwnedRow>(FIND_OWNED, params.hash);
  return row !== undefined && (await end(tx, row, params.actor));
}

/** A session with its key. */
type OwnedRow = { id: SessionId; tenant: number | null; key_id: KeyId; kind: ApiKey["kind"]; name: string };

/** Told in the name of its own key: a new session of the same browser may be another tenant's, which is not to be seen here. */
async function end(tx: Transaction, session: OwnedRow, { ip, requestId }: Actor): Promise<boolean> {
  const { id, tenant, key_id: keyId, kind, name } = session;
  if ((await tx.sql.run(DELETE_SESSION, id)) === 0) return false;
  const actor = { kind, keyId, name, ip, requestId };
  const target = { kind: "session", id } as const;
  writeAudit(tx, { tenant, actor, action: "session.delete", target, before: null, after: null });
  return true;
}
