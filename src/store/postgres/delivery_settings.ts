/** What the engine needs to know of webhooks: settings and what signs, in clear, deleted webhooks included. */
import type { EnvironmentSettings } from "../../domain/environment_settings.ts";
import { DEFAULT_ENVIRONMENT_SETTINGS } from "../../domain/environment_settings.ts";
import type { WebhookSettings } from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import type { DeliverySettings } from "../webhooks.ts";
import { environmentsSettings } from "./environment_settings.ts";
import { signingTextsOf } from "./secrets.ts";
import type { ReadView } from "./transaction.ts";
import { anyWebhookRows, settingsOf, signatureVersionsOf } from "./webhook_rows.ts";

/** See {@link WebhookStore.deliverySettings}. */
export async function deliverySettings(
  view: ReadView,
  params: { webhookIds: readonly WebhookId[] },
): Promise<DeliverySettings[]> {
  const found = await anyWebhookRows(view, params.webhookIds);
  const rows = new Map(found.map((row) => [row.id, row]));
  const signers = found.map((row) => {
    return { tenant: row.tenant, webhookNo: row.no, webhookId: row.id, versions: signatureVersionsOf(row) };
  });
  const [secrets, environments] = await Promise.all([
    signingTextsOf(view, signers),
    environmentsSettings(view, [...new Set(found.map((row) => row.tenant))]),
  ]);
  return params.webhookIds.flatMap((webhookId) => {
    const row = rows.get(webhookId);
    if (row === undefined) return [];
    const environment = environments.get(row.tenant) ?? DEFAULT_ENVIRONMENT_SETTINGS;
    const settings = within(environment, settingsOf(view.secretBox, row));
    const place = { webhookId, webhookNo: row.no, tenant: row.tenant, isDeleted: row.deleted_at !== null };
    return [{ ...settings, ...place, secrets: secrets.get(row.no) ?? [] }];
  });
}

/** What the webhook leaves open, its environment may say. */
function within({ retrySchedule, timeoutMs }: EnvironmentSettings, settings: WebhookSettings): WebhookSettings {
  return {
    ...settings,
    retrySchedule: settings.retrySchedule ?? retrySchedule,
    timeoutMs: settings.timeoutMs ?? timeoutMs,
  };
}
