/** Recomputing the chain of the audit log: a row that was changed, or whose predecessor is missing, does not fit. */
import { auditHash, FIRST_PREV_HASH } from "../audit_hash.ts";
import type { AuditChainPlace, AuditChainSlice } from "../audit_log.ts";
import type { AuditRow } from "./audit_list.ts";
import { AUDIT_COLUMNS, auditEntry } from "./audit_list.ts";
import type { Connection } from "./connection.ts";

type ChainRow = AuditRow & { prev_hash: Uint8Array };

/** By audit_log_tenant. */
const SLICE = `select ${AUDIT_COLUMNS}, prev_hash from audit_log where tenant = $1 and seq > $2 order by seq limit $3`;
const SLICE_OF_NO_TENANT = `
  select ${AUDIT_COLUMNS}, prev_hash from audit_log where tenant is null and seq > $1 order by seq limit $2`;

/** See {@link AuditLogStore.checkAuditChain}. */
export async function checkAuditChain(
  { sql }: { sql: Connection },
  params: { tenant: number | null; after: AuditChainPlace | null; limit: number },
): Promise<AuditChainSlice> {
  const { tenant, after, limit } = params;
  const from = after?.seq ?? 0;
  const rows =
    tenant === null
      ? await sql.all<ChainRow>(SLICE_OF_NO_TENANT, from, limit)
      : await sql.all<ChainRow>(SLICE, tenant, from, limit);
  let previous = after === null ? Buffer.from(FIRST_PREV_HASH) : Buffer.from(after.hash, "hex");
  for (const [intact, row] of rows.entries()) {
    const isIntact = previous.equals(row.prev_hash) && auditHash(previous, auditEntry(row)).equals(row.hash);
    if (!isIntact) return { intact, brokenAt: row.id, next: null };
    previous = Buffer.from(row.hash);
  }
  const last = rows.length === limit ? rows.at(-1) : undefined;
  const next = last === undefined ? null : { seq: last.seq, hash: previous.toString("hex") };
  return { intact: rows.length, brokenAt: null, next };
}
