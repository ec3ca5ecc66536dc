/**
 * The audit log, written by the transaction that it tells of. Rows are never changed or deleted (triggers see to it), and
 * each one's hash covers the one before it of the same tenant.
 */
import { createHash } from "node:crypto";
import type { Actor, AuditEntry } from "../tenancy.ts";
import type { Transaction } from "./transaction.ts";

/** The actor of what the store does by its own rules, such as disabling a failing webhook. */
export const SYSTEM_ACTOR: Actor = { kind: "system", keyId: null, name: "system", ip: null, requestId: null };

/** An entry as the one who writes it knows it; `before` and `after` become JSON and must hold no secrets. */
type NewAuditEntry = Pick<AuditEntry, "tenant" | "actor" | "action" | "target"> & {
  before: object | null;
  after: object | null;
};

/** The last entry of audit_log_tenant for the tenant. */
const LAST_HASH = `select hash from audit_log where tenant is ?1 order by seq desc limit 1`;
const INSERT_ENTRY = `
  insert into audit_log (id, tenant, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action,
    target_kind, target_id, before_json, after_json, prev_hash, hash)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)`;

/** What the hash of a tenant's first entry covers in place of one before it. */
export const FIRST_PREV_HASH: Uint8Array = new Uint8Array(32);

/** Appends an entry, at the time of the transaction. */
export function writeAudit(tx: Transaction, written: NewAuditEntry): void {
  const { tenant, actor, action, target } = written;
  const before = written.before === null ? null : JSON.stringify(written.before);
  const after = written.after === null ? null : JSON.stringify(written.after);
  const entry: AuditEntry = { id: tx.mint("aud").id, at: tx.now, tenant, actor, action, target, before, after };
  const prevHash = tx.sql.get<{ hash: Uint8Array }>(LAST_HASH, tenant)?.hash ?? FIRST_PREV_HASH;
  const who = [actor.kind, actor.keyId, actor.name, actor.ip, actor.requestId];
  const what = [action, target.kind, target.id, before, after];
  tx.sql.run(INSERT_ENTRY, entry.id, tenant, entry.at, ...who, ...what, prevHash, auditHash(prevHash, entry));
}

/** The hash of an entry that follows the one with `prevHash` (32 zero bytes for a tenant's first). */
export function auditHash(prevHash: Uint8Array, entry: AuditEntry): Buffer {
  const { id, at, tenant, actor, action, target, before, after } = entry;
  const who = [actor.kind, actor.keyId, actor.name, actor.ip, actor.requestId];
  const fields = JSON.stringify([id, at, tenant, ...who, action, target.kind, target.id, before, after]);
  return createHash("sha256").update(prevHash).update(fields).digest();
}
