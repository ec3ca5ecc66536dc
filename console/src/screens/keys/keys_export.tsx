/** Saves the environment's keys, as far as they are shown, as CSV or NDJSON. */
import type { Answer } from "../../api/client.ts";
import { callText } from "../../api/client.ts";
import { PagedExport } from "../../parts/list_export.tsx";
import { EXPORTED_PAGE_ROWS } from "../../parts/paged_rows.ts";
import { useTenant } from "../../tenant.ts";

type ApiKey = Answer<"listApiKeys">["items"][number];

const HEADER = "id name prefix scopes createdBy createdAt expiresAt lastUsedAt lastUsedIp newNetworkAt".split(" ");

/** The button with its two forms. */
export function KeysExport() {
  const tenant = useTenant();
  const readText = (cursor: string | null): Promise<string> =>
    callText("listApiKeys", {
      path: tenant,
      query: { limit: EXPORTED_PAGE_ROWS, ...(cursor === null ? null : { cursor }) },
    });
  const name = `api-keys-${tenant.appEnv.toLowerCase()}`;
  return <PagedExport name={name} header={HEADER} readText={readText} cellsOf={cellsOf} />;
}

function cellsOf(key: ApiKey): (string | null)[] {
  const { _id, name, prefix, scopes, createdBy, _createdAt, expiresAt, lastUsedAt, lastUsedIp, newNetworkAt } = key;
  return [_id, name, prefix, scopes.join(" "), createdBy, _createdAt, expiresAt, lastUsedAt, lastUsedIp, newNetworkAt];
}
