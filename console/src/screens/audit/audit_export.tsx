/** Saves the entries of the present filter as CSV or NDJSON, page by page. */
import type { Query } from "../../api/client.ts";
import { callText } from "../../api/client.ts";
import { PagedExport } from "../../parts/list_export.tsx";
import { EXPORTED_PAGE_ROWS } from "../../parts/paged_rows.ts";
import type { TenantPath } from "../../tenant.ts";
import type { AuditEntry } from "./audit_entry.tsx";

const HEADER = ["at", "action", "actor", "actorKind", "keyId", "ip", "targetKind", "targetId", "requestId", "hash"];

/** The button with its two forms. */
export function AuditExport({ tenant, filter }: { tenant: TenantPath; filter: Query<"listAuditLog"> }) {
  const readText = (cursor: string | null): Promise<string> => {
    const query = { ...filter, limit: EXPORTED_PAGE_ROWS, ...(cursor === null ? null : { cursor }) };
    return callText("listAuditLog", { path: tenant, query });
  };
  const name = `audit-log-${tenant.appEnv.toLowerCase()}`;
  return <PagedExport name={name} header={HEADER} readText={readText} cellsOf={cellsOf} />;
}

function cellsOf({ at, action, actor, target, requestId, hash }: AuditEntry): (string | null)[] {
  return [at, action, actor.name, actor.kind, actor.keyId, actor.ip, target.kind, target.id, requestId, hash];
}
