/** What the engine needs to know of webhooks: settings and what signs, in clear, deleted webhooks included. */
import type { WebhookSettings } from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import type { DeliverySettings } from "../webhooks.ts";
import { environmentSettings } from "./environment_settings.ts";
import { signingTexts } from "./secrets.ts";
import type { ReadView } from "./transaction.ts";
import { anyWebhookRow, settingsOf } from "./webhook_rows.ts";

/** See {@link WebhookStore.deliverySettings}. */
export function deliverySettings(view: ReadView, params: { webhookIds: readonly WebhookId[] }): DeliverySettings[] {
  return params.webhookIds.flatMap((webhookId) => {
    const row = anyWebhookRow(view, webhookId);
    if (row === null) return [];
    const owner = { tenant: row.tenant, webhookNo: row.no, webhookId };
    const place = { webhookId, webhookNo: row.no, tenant: row.tenant, isDeleted: row.deleted_at !== null };
    const settings = withEnvironments(view, row.tenant, settingsOf(view.secretBox, row));
    return [{ ...settings, ...place, secrets: signingTexts(view, owner, settings.signatureVersions) }];
  });
}

/** What the webhook leaves open, its environment may say. */
function withEnvironments(view: ReadView, tenant: number, settings: WebhookSettings): WebhookSettings {
  const { retrySchedule, timeoutMs } = environmentSettings(view, { tenant });
  return {
    ...settings,
    retrySchedule: settings.retrySchedule ?? retrySchedule,
    timeoutMs: settings.timeoutMs ?? timeoutMs,
  };
}
