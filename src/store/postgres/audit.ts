/**
 * The audit log, written by the transaction that it tells of. Rows are never changed or deleted (a trigger sees to it), and
 * each one's hash covers the one before it of the same tenant. So whoever adds to the chain of a tenant locks a row of the
 * tenant until the commit: two transactions never follow the same entry.
 */
import type { NewAuditEntry } from "../audit_hash.ts";
import { auditHash, FIRST_PREV_HASH } from "../audit_hash.ts";
import type { AuditEntry } from "../tenancy.ts";
import type { Connection } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

/** Also for what must be done for a tenant by one at a time. Foreign keys do not wait for it. */
const LOCK_TENANT = `select 1 from tenants where tenant = $1 for no key update`;
const LOCK_NO_TENANT = `select 1 from settings where name = 'audit_lock' for no key update`;
/** The last entry of audit_log_tenant for the tenant. */
const LAST_HASH = `select hash from audit_log where tenant = $1 order by seq desc limit 1`;
const LAST_HASH_OF_NO_TENANT = `select hash from audit_log where tenant is null order by seq desc limit 1`;
/** The identity column numbers the rows in their order. */
const INSERT_ENTRIES = `
  insert into audit_log (id, tenant, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action,
    target_kind, target_id, before_json, after_json, prev_hash, hash)
  select id, $2::integer, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action, target_kind,
    target_id, before_json, after_json, prev_hash, hash
  from unnest($1::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::bytea[], $15::bytea[]) with ordinality
    as u (id, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action, target_kind, target_id,
      before_json, after_json, prev_hash, hash, place)
  order by place`;

/** The entries of one transaction. */
export class AuditEntries {
  readonly #byTenant = new Map<number | null, AuditEntry[]>();

  get isEmpty(): boolean {
    return this.#byTenant.size === 0;
  }

  add(entry: AuditEntry): void {
    const entries = this.#byTenant.get(entry.tenant);
    if (entries === undefined) this.#byTenant.set(entry.tenant, [entry]);
    else entries.push(entry);
  }

  /** Appends them to the chains, tenant by tenant in the order of their numbers, in which every transaction locks them. */
  async flush(sql: Connection): Promise<void> {
    const chains = [...this.#byTenant].sort(([one], [other]) => (one ?? 0) - (other ?? 0));
    this.#byTenant.clear();
    for (const [tenant, entries] of chains) await append(sql, tenant, entries);
  }
}

/** Lets one transaction at a time do this for the tenant (or, with null, for what belongs to none). */
export async function lockTenant(sql: Connection, tenant: number | null): Promise<void> {
  await (tenant === null ? sql.run(LOCK_NO_TENANT) : sql.run(LOCK_TENANT, tenant));
}

/** Adds an entry, at the time of the transaction; it is written before the commit. */
export function writeAudit(tx: Transaction, written: NewAuditEntry): void {
  const { tenant, actor, action, target } = written;
  const before = written.before === null ? null : JSON.stringify(written.before);
  const after = written.after === null ? null : JSON.stringify(written.after);
  tx.audit.add({ id: tx.mint("aud").id, at: tx.now, tenant, actor, action, target, before, after });
}

async function append(sql: Connection, tenant: number | null, entries: readonly AuditEntry[]): Promise<void> {
  await lockTenant(sql, tenant);
  const last =
    tenant === null
      ? await sql.get<{ hash: Uint8Array }>(LAST_HASH_OF_NO_TENANT)
      : await sql.get<{ hash: Uint8Array }>(LAST_HASH, tenant);
  let previous = last?.hash ?? FIRST_PREV_HASH;
  const rows = entries.map((entry) => {
    const prevHash = previous;
    const hash = (previous = auditHash(prevHash, entry));
    return { ...entry, prevHash, hash };
  });
  await sql.run(
    INSERT_ENTRIES,
    rows.map(({ id }) => id),
    tenant,
    rows.map(({ at }) => at),
    rows.map(({ actor }) => actor.kind),
    rows.map(({ actor }) => actor.keyId),
    rows.map(({ actor }) => actor.name),
    rows.map(({ actor }) => actor.ip),
    rows.map(({ actor }) => actor.requestId),
    rows.map(({ action }) => action),
    rows.map(({ target }) => target.kind),
    rows.map(({ target }) => target.id),
    rows.map(({ before }) => before),
    rows.map(({ after }) => after),
    rows.map(({ prevHash }) => prevHash),
    rows.map(({ hash }) => hash),
  );
}
