/** What application environments set for themselves. A change writes its audit row and its change row in its transaction. */
import type { EnvironmentSettings } from "../../domain/environment_settings.ts";
import { DEFAULT_ENVIRONMENT_SETTINGS, retentionOf } from "../../domain/environment_settings.ts";
import type { AppEnv } from "../../domain/values.ts";
import type { SettingsUpdate, TenantRetention } from "../settings.ts";
import type { Actor } from "../tenancy.ts";
import { lockTenant, writeAudit } from "./audit.ts";
import { noteSettingsChange } from "./changes.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type SettingsRow = {
  tenant: number;
  retry_schedule: string | null;
  timeout_ms: number | null;
  is_auto_disabling: boolean;
  retention_ms: number | null;
  content_retention_ms: number | null;
};

/** By the primary key. */
const FIND_SETTINGS = `
  select tenant, retry_schedule, timeout_ms, is_auto_disabling, retention_ms, content_retention_ms
  from environment_settings where tenant = any($1::integer[])`;
const SAVE_SETTINGS = `
  insert into environment_settings (tenant, retry_schedule, timeout_ms, is_auto_disabling, retention_ms,
    content_retention_ms, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (tenant) do update set retry_schedule = excluded.retry_schedule, timeout_ms = excluded.timeout_ms,
    is_auto_disabling = excluded.is_auto_disabling, retention_ms = excluded.retention_ms,
    content_retention_ms = excluded.content_retention_ms, updated_at = excluded.updated_at`;
const FIND_NAMES = `select app_id, app_env from tenants where tenant = $1`;
/** By the primary keys of both. */
const LIST_RETENTIONS = `
  select t.tenant, s.retention_ms, s.content_retention_ms
  from tenants t left join environment_settings s on s.tenant = t.tenant
  where t.tenant > $1 order by t.tenant limit $2`;

/** See {@link SettingsStore.environmentSettings}. */
export async function environmentSettings(
  view: Pick<ReadView, "sql">,
  { tenant }: { tenant: number },
): Promise<EnvironmentSettings> {
  return (await environmentsSettings(view, [tenant])).get(tenant) ?? DEFAULT_ENVIRONMENT_SETTINGS;
}

/** What those of the tenants that have set something have set. */
export async function environmentsSettings(
  { sql }: Pick<ReadView, "sql">,
  tenants: readonly number[],
): Promise<Map<number, EnvironmentSettings>> {
  const rows = await sql.all<SettingsRow>(FIND_SETTINGS, tenants);
  return new Map(
    rows.map((row) => [
      row.tenant,
      {
        retrySchedule: row.retry_schedule === null ? null : (JSON.parse(row.retry_schedule) as number[]), // written below
        timeoutMs: row.timeout_ms,
        isAutoDisabling: row.is_auto_disabling,
        retentionMs: row.retention_ms,
        contentRetentionMs: row.content_retention_ms,
      },
    ]),
  );
}

/** See {@link SettingsStore.updateEnvironmentSettings}. */
export async function updateEnvironmentSettings(
  tx: Transaction,
  params: { tenant: number; change: Partial<EnvironmentSettings>; serverRetentionMs: number; actor: Actor },
): Promise<SettingsUpdate> {
  const { tenant, actor } = params;
  await lockTenant(tx.sql, tenant);
  const before = await environmentSettings(tx, params);
  const after = { ...before, ...params.change };
  const { contentRetentionMs } = after;
  const { messageMs: retentionMs } = retentionOf(after, params.serverRetentionMs);
  if (contentRetentionMs !== null && contentRetentionMs > retentionMs) {
    return { kind: "contentOutlivesMessage", contentRetentionMs, retentionMs };
  }
  const schedule = after.retrySchedule === null ? null : JSON.stringify(after.retrySchedule);
  const kept = [after.retentionMs, contentRetentionMs];
  await tx.sql.run(SAVE_SETTINGS, tenant, schedule, after.timeoutMs, after.isAutoDisabling, ...kept, tx.now);
  const names = await tx.sql.get<{ app_id: string; app_env: AppEnv }>(FIND_NAMES, tenant);
  const target = { kind: "settings", id: `${names?.app_id}/${names?.app_env}` } as const;
  writeAudit(tx, { tenant, actor, action: "settings.update", target, before, after });
  noteSettingsChange(tx, tenant);
  return { kind: "updated", settings: after };
}

type RetentionRow = { tenant: number; retention_ms: number | null; content_retention_ms: number | null };

/** See {@link SettingsStore.listRetentions}. */
export async function listRetentions(
  { sql }: ReadView,
  params: { after: number; limit: number },
): Promise<TenantRetention[]> {
  const rows = await sql.all<RetentionRow>(LIST_RETENTIONS, params.after, params.limit);
  return rows.map((row) => ({
    tenant: row.tenant,
    retentionMs: row.retention_ms,
    contentRetentionMs: row.content_retention_ms,
  }));
}
