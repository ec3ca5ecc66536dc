/** What application environments set for themselves. A change writes its audit row and its change row in its transaction. */
import type { EnvironmentSettings } from "../../domain/environment_settings.ts";
import { DEFAULT_ENVIRONMENT_SETTINGS, retentionOf } from "../../domain/environment_settings.ts";
import type { AppEnv } from "../../domain/values.ts";
import type { SettingsUpdate, TenantRetention } from "../settings.ts";
import type { Actor } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { noteSettingsChange } from "./changes.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type SettingsRow = {
  retry_schedule: string | null;
  timeout_ms: number | null;
  is_auto_disabling: number;
  retention_ms: number | null;
  content_retention_ms: number | null;
};

/** By the primary key. */
const FIND_SETTINGS = `
  select retry_schedule, timeout_ms, is_auto_disabling, retention_ms, content_retention_ms
  from environment_settings where tenant = ?1`;
const SAVE_SETTINGS = `
  insert into environment_settings (tenant, retry_schedule, timeout_ms, is_auto_disabling, retention_ms,
    content_retention_ms, updated_at)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
  on conflict (tenant) do update set retry_schedule = excluded.retry_schedule, timeout_ms = excluded.timeout_ms,
    is_auto_disabling = excluded.is_auto_disabling, retention_ms = excluded.retention_ms,
    content_retention_ms = excluded.content_retention_ms, updated_at = excluded.updated_at`;
const FIND_NAMES = `select app_id, app_env from tenants where tenant = ?1`;
/** By the primary keys of both. */
const LIST_RETENTIONS = `
  select t.tenant, s.retention_ms, s.content_retention_ms
  from tenants t left join environment_settings s on s.tenant = t.tenant
  where t.tenant > ?1 order by t.tenant limit ?2`;

/** See {@link SettingsStore.environmentSettings}. */
export function environmentSettings(
  { sql }: Pick<ReadView, "sql">,
  { tenant }: { tenant: number },
): EnvironmentSettings {
  const row = sql.get<SettingsRow>(FIND_SETTINGS, tenant);
  if (row === undefined) return DEFAULT_ENVIRONMENT_SETTINGS;
  return {
    retrySchedule: row.retry_schedule === null ? null : (JSON.parse(row.retry_schedule) as number[]), // written below
    timeoutMs: row.timeout_ms,
    isAutoDisabling: row.is_auto_disabling === 1,
    retentionMs: row.retention_ms,
    contentRetentionMs: row.content_retention_ms,
  };
}

/** See {@link SettingsStore.updateEnvironmentSettings}. */
export function updateEnvironmentSettings(
  tx: Transaction,
  params: { tenant: number; change: Partial<EnvironmentSettings>; serverRetentionMs: number; actor: Actor },
): SettingsUpdate {
  const { tenant, actor } = params;
  const before = environmentSettings(tx, params);
  const after = { ...before, ...params.change };
  const { contentRetentionMs } = after;
  const { messageMs: retentionMs } = retentionOf(after, params.serverRetentionMs);
  if (contentRetentionMs !== null && contentRetentionMs > retentionMs) {
    return { kind: "contentOutlivesMessage", contentRetentionMs, retentionMs };
  }
  const schedule = after.retrySchedule === null ? null : JSON.stringify(after.retrySchedule);
  const kept = [after.retentionMs, contentRetentionMs];
  tx.sql.run(SAVE_SETTINGS, tenant, schedule, after.timeoutMs, after.isAutoDisabling ? 1 : 0, ...kept, tx.now);
  const names = tx.sql.get<{ app_id: string; app_env: AppEnv }>(FIND_NAMES, tenant);
  const target = { kind: "settings", id: `${names?.app_id}/${names?.app_env}` } as const;
  writeAudit(tx, { tenant, actor, action: "settings.update", target, before, after });
  noteSettingsChange(tx, tenant);
  return { kind: "updated", settings: after };
}

type RetentionRow = { tenant: number; retention_ms: number | null; content_retention_ms: number | null };

/** See {@link SettingsStore.listRetentions}. */
export function listRetentions({ sql }: ReadView, params: { after: number; limit: number }): TenantRetention[] {
  return sql.all<RetentionRow>(LIST_RETENTIONS, params.after, params.limit).map((row) => ({
    tenant: row.tenant,
    retentionMs: row.retention_ms,
    contentRetentionMs: row.content_retention_ms,
  }));
}
