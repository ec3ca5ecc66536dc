/**
 * The audit log, written by the transaction that it tells of. Rows are never changed or deleted (triggers see to it), and
 * each one's hash covers the one before it of the same tenant.
 */
import type { NewAuditEntry } from "../audit_hash.ts";
import { auditHash, FIRST_PREV_HASH } from "../audit_hash.ts";
import type { AuditEntry } from "../tenancy.ts";
import type { Transaction } from "./transaction.ts";

/** The last entry of audit_log_tenant for the tenant. */
const LAST_HASH = `select hash from audit_log where tenant is ?1 order by seq desc limit 1`;
const INSERT_ENTRY = `
  insert into audit_log (id, tenant, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action,
    target_kind, target_id, before_json, after_json, prev_hash, hash)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)`;

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
