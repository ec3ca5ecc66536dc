/** The rows of webhooks: reading them in each of their forms, header values opened. */
import type { AppEnv } from "../../domain/values.ts";
import type {
  DisabledReason,
  SignatureVersion,
  SuccessStatus,
  Webhook,
  WebhookSettings,
} from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import { storedHeadersOf } from "../webhook_headers.ts";
import type { Connection } from "./connection.ts";
import { webhookStats } from "./counters.ts";
import type { ReadView, Transaction } from "./transaction.ts";

/**
 * A row of webhooks with its tenant's names, its failing run, the public key that is not rotated away, and when the last of
 * what was rotated away expires.
 */
export type WebhookRow = {
  no: number;
  id: WebhookId;
  tenant: number;
  app_id: string;
  app_env: AppEnv;
  url: string;
  description: string;
  is_disabled: boolean;
  disabled_reason: DisabledReason | null;
  disabled_topics: string;
  disabled_actions: string;
  success_status: SuccessStatus;
  retry_schedule: string | null;
  timeout_ms: number | null;
  max_concurrency: number;
  rate_limit: number | null;
  signature_versions: string;
  headers: string;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  failing_since: number | null;
  public_key: string | null;
  previous_secrets_until: number | null;
};

const WEBHOOKS = `
  select w.no, w.id, w.tenant, w.url, w.description, w.is_disabled, w.disabled_reason, w.disabled_topics, w.disabled_actions,
    w.success_status, w.retry_schedule, w.timeout_ms, w.max_concurrency, w.rate_limit, w.signature_versions, w.headers,
    w.created_at, w.updated_at, w.deleted_at, t.app_id, t.app_env, l.failing_since,
    (select s.public_key from webhook_secrets s
      where s.webhook_no = w.no and s.public_key is not null and s.expires_at is null) as public_key,
    (select max(s.expires_at) from webhook_secrets s where s.webhook_no = w.no) as previous_secrets_until
  from webhooks w join tenants t on t.tenant = w.tenant join lanes l on l.webhook_no = w.no`;
/** By the unique index on the id, all three; the public key by webhook_secrets_current, what is rotated away by webhook_secrets_webhook. */
const FIND = `${WEBHOOKS} where w.id = any($1::text[])`;
const LOCK = `select 1 from webhooks where id = $1 for no key update`;
const FIND_NO = `select no from webhooks where id = $1 and tenant = $2`;
/** By webhooks_live. */
const LIST = `${WEBHOOKS} where w.tenant = $1 and w.deleted_at is null order by w.no`;

/** The number of a webhook of the tenant, deleted or not; null when there is none. */
export async function webhookNoFor(
  sql: Connection,
  which: { tenant: number; webhookId: WebhookId },
): Promise<number | null> {
  return (await sql.get<{ no: number }>(FIND_NO, which.webhookId, which.tenant))?.no ?? null;
}

/** The row of a webhook that is not deleted, of that tenant (or of any, with null). */
export async function findWebhookRow(
  view: Pick<ReadView, "sql">,
  { tenant, webhookId }: { tenant: number | null; webhookId: WebhookId },
): Promise<WebhookRow | null> {
  const [row] = await anyWebhookRows(view, [webhookId]);
  if (row === undefined || row.deleted_at !== null) return null;
  return tenant === null || row.tenant === tenant ? row : null;
}

/** The same, kept from being changed by others until the commit. */
export async function lockWebhookRow(
  tx: Transaction,
  which: { tenant: number; webhookId: WebhookId },
): Promise<WebhookRow | null> {
  await tx.sql.run(LOCK, which.webhookId);
  return await findWebhookRow(tx, which);
}

/** See {@link WebhookStore.findWebhook}. */
export async function findWebhook(
  view: ReadView,
  params: { tenant: number | null; webhookId: WebhookId },
): Promise<Webhook | null> {
  const row = await findWebhookRow(view, params);
  return row === null ? null : await webhookOf(view, row);
}

/** See {@link WebhookStore.listWebhooks}. */
export async function listWebhooks(view: ReadView, params: { tenant: number }): Promise<Webhook[]> {
  return await webhooksOf(view, params.tenant, await view.sql.all<WebhookRow>(LIST, params.tenant));
}

/** The rows of those of the webhooks that exist, deleted or not, in any order. */
export async function anyWebhookRows(
  { sql }: Pick<ReadView, "sql">,
  webhookIds: readonly WebhookId[],
): Promise<WebhookRow[]> {
  return await sql.all<WebhookRow>(FIND, webhookIds);
}

/** The webhook as callers see it. Counters must be flushed. */
export async function webhookOf(view: ReadView, row: WebhookRow): Promise<Webhook> {
  const [webhook] = await webhooksOf(view, row.tenant, [row]);
  if (webhook === undefined) throw new Error(`the row of webhook ${row.id} went away`);
  return webhook;
}

async function webhooksOf(
  { sql, secretBox, now }: ReadView,
  tenant: number,
  rows: readonly WebhookRow[],
): Promise<Webhook[]> {
  const statsOf = await webhookStats(sql, { tenant, webhookNos: rows.map(({ no }) => no) });
  return rows.map((row) => {
    const settings = settingsOf(row);
    return {
      ...settings,
      headers: storedHeadersOf(secretBox, row),
      publicKey: settings.signatureVersions.includes("v1a") ? row.public_key : null,
      previousSecretsUntil: stillAhead(row.previous_secrets_until, now),
      id: row.id,
      tenant: row.tenant,
      appId: row.app_id,
      appEnv: row.app_env,
      disabledReason: row.disabled_reason,
      failingSince: row.failing_since,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      stats: statsOf(row.no),
    };
  });
}

function stillAhead(at: number | null, now: number): number | null {
  return at !== null && at > now ? at : null;
}

/** Lists in the columns were written by {@link settingValues}. */
export function settingsOf(row: WebhookRow): Omit<WebhookSettings, "headers"> {
  return {
    url: row.url,
    description: row.description,
    isDisabled: row.is_disabled,
    disabledTopics: JSON.parse(row.disabled_topics) as string[],
    disabledActions: JSON.parse(row.disabled_actions) as string[],
    successStatus: row.success_status,
    retrySchedule: row.retry_schedule === null ? null : (JSON.parse(row.retry_schedule) as number[]),
    timeoutMs: row.timeout_ms,
    maxConcurrency: row.max_concurrency,
    rateLimit: row.rate_limit,
    signatureVersions: signatureVersionsOf(row),
  };
}

/** How the webhook asks to be signed for. */
export function signatureVersionsOf(row: WebhookRow): SignatureVersion[] {
  return JSON.parse(row.signature_versions) as SignatureVersion[]; // written by settingValues
}

/** The values of the settings' columns, from `url` to `headers`, in the order of the table. */
export function settingValues(
  settings: Omit<WebhookSettings, "headers"> & { disabledReason: DisabledReason | null; headers: string },
): (string | number | boolean | null)[] {
  return [
    settings.url,
    settings.description,
    settings.isDisabled,
    settings.disabledReason,
    JSON.stringify(settings.disabledTopics),
    JSON.stringify(settings.disabledActions),
    settings.successStatus,
    settings.retrySchedule === null ? null : JSON.stringify(settings.retrySchedule),
    settings.timeoutMs,
    settings.maxConcurrency,
    settings.rateLimit,
    JSON.stringify(settings.signatureVersions),
    settings.headers,
  ];
}
