/** Registering, changing and deleting webhooks. Each writes its audit row and its change row in the same transaction. */
import type { DisabledReason, Webhook, WebhookSettings } from "../../domain/webhook.ts";
import { WEBHOOKS_PER_TENANT_MAX } from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import type { Actor } from "../tenancy.ts";
import { sealedHeaders, storedHeadersOf } from "../webhook_headers.ts";
import { writeAudit } from "./audit.ts";
import { noteWebhookChange } from "./changes.ts";
import { addSecret, deleteSecrets, ensureKeyPair } from "./secrets.ts";
import type { Transaction } from "./transaction.ts";
import type { WebhookRow } from "./webhook_rows.ts";
import { findWebhookRow, settingValues, settingsOf, webhookOf } from "./webhook_rows.ts";

/** By webhooks_live. */
const COUNT_LIVE = `select count(*) as count from webhooks where tenant = ?1 and deleted_at is null`;
const INSERT_WEBHOOK = `
  insert into webhooks (id, tenant, created_at, updated_at, url, description, is_disabled, disabled_reason,
    disabled_topics, disabled_actions, success_status, retry_schedule, timeout_ms, max_concurrency, rate_limit,
    signature_versions, headers)
  values (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
  returning no`;
const UPDATE_WEBHOOK = `
  update webhooks set updated_at = ?2, url = ?3, description = ?4, is_disabled = ?5, disabled_reason = ?6,
    disabled_topics = ?7, disabled_actions = ?8, success_status = ?9, retry_schedule = ?10, timeout_ms = ?11,
    max_concurrency = ?12, rate_limit = ?13, signature_versions = ?14, headers = ?15
  where no = ?1`;
const DELETE_WEBHOOK = `update webhooks set deleted_at = ?2, updated_at = ?2 where no = ?1`;

/** See {@link WebhookStore.createWebhook}. */
export function createWebhook(
  tx: Transaction,
  params: { tenant: number; settings: WebhookSettings; secret: string; actor: Actor },
): { kind: "created"; webhook: Webhook } | { kind: "limit" } {
  const { tenant, settings, actor } = params;
  const live = tx.sql.get<{ count: number }>(COUNT_LIVE, tenant)?.count ?? 0;
  if (live >= WEBHOOKS_PER_TENANT_MAX) return { kind: "limit" };
  const { id, at } = tx.mint("whk");
  const disabledReason = settings.isDisabled ? "MANUAL" : null;
  const headers = sealedHeaders(tx.sealer(), { tenant, id }, settings.headers);
  const values = settingValues({ ...settings, disabledReason, headers });
  const webhookNo = tx.sql.get<{ no: number }>(INSERT_WEBHOOK, id, tenant, at, ...values)?.no ?? 0;
  tx.lanes.insert({ webhookNo, tenant, isPaused: settings.isDisabled });
  const owner = { tenant, webhookNo, webhookId: id };
  addSecret(tx, owner, params.secret);
  if (settings.signatureVersions.includes("v1a")) ensureKeyPair(tx, owner);
  tell(tx, { tenant, webhookId: id, actor, action: "webhook.create", before: null, after: audited(settings) });
  const row = findWebhookRow(tx, { tenant, webhookId: id });
  if (row === null) throw new Error("a webhook that was just made is not there");
  return { kind: "created", webhook: webhookOf(tx, row) };
}

/** See {@link WebhookStore.updateWebhook}. */
export function updateWebhook(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; change: Partial<WebhookSettings>; actor: Actor },
): Webhook | null {
  const { tenant, webhookId, change, actor } = params;
  const row = readFlushed(tx, params);
  if (row === null) return null;
  const before = { ...settingsOf(row), headers: storedHeadersOf(tx.secretBox, row) };
  const after = { ...before, ...change };
  const disabledReason = reasonAfter(row, after.isDisabled);
  const headers = change.headers === undefined ? row.headers : sealedHeaders(tx.sealer(), row, change.headers);
  const values = settingValues({ ...after, disabledReason, headers });
  tx.sql.run(UPDATE_WEBHOOK, row.no, tx.now, ...values);
  if (after.signatureVersions.includes("v1a")) ensureKeyPair(tx, { tenant, webhookNo: row.no, webhookId });
  if (before.isDisabled !== after.isDisabled) {
    tx.lanes.change(row.no, { isPaused: after.isDisabled, ...(after.isDisabled ? {} : { failingRun: null }) });
  }
  tell(tx, { tenant, webhookId, actor, action: "webhook.update", before: audited(before), after: audited(after) });
  const updated = readFlushed(tx, params);
  return updated === null ? null : webhookOf(tx, updated);
}

/** Disabling what is disabled keeps the first reason. */
function reasonAfter(row: WebhookRow, isDisabled: boolean): DisabledReason | null {
  return isDisabled ? (row.disabled_reason ?? "MANUAL") : null;
}

/** See {@link WebhookStore.deleteWebhook}. */
export function deleteWebhook(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; actor: Actor },
): Webhook | null {
  const { tenant, webhookId, actor } = params;
  const row = readFlushed(tx, params);
  if (row === null) return null;
  const deleted = webhookOf(tx, row);
  tx.sql.run(DELETE_WEBHOOK, row.no, tx.now);
  deleteSecrets(tx, { tenant, webhookNo: row.no, webhookId });
  tx.lanes.change(row.no, { isPaused: true, isDeleted: true });
  tell(tx, { tenant, webhookId, actor, action: "webhook.delete", before: audited(deleted), after: null });
  return deleted;
}

function readFlushed(tx: Transaction, which: { tenant: number; webhookId: WebhookId }): WebhookRow | null {
  tx.flush(); // the counters and the failing run that come with it
  return findWebhookRow(tx, which);
}

/** All that must hear of a change: the audit log, the caches of every process, and this transaction's own. */
function tell(
  tx: Transaction,
  change: {
    tenant: number;
    webhookId: WebhookId;
    actor: Actor;
    action: string;
    before: object | null;
    after: object | null;
  },
): void {
  const { webhookId, ...entry } = change;
  tx.targets.forget(change.tenant);
  writeAudit(tx, { ...entry, target: { kind: "webhook", id: webhookId } });
  noteWebhookChange(tx, webhookId);
}

/** The settings as the audit log shows them: header values are secrets. */
function audited(settings: Omit<WebhookSettings, "headers"> & Pick<Webhook, "headers">): object {
  const { url, description, isDisabled, disabledTopics, disabledActions, successStatus, retrySchedule } = settings;
  const { timeoutMs, maxConcurrency, rateLimit, signatureVersions } = settings;
  const headers = settings.headers.map(([name]) => [name, "***"]);
  const what = { url, description, isDisabled, disabledTopics, disabledActions, successStatus, retrySchedule };
  return { ...what, timeoutMs, maxConcurrency, rateLimit, signatureVersions, headers };
}
