/** What the engine needs to know of webhooks: settings and what signs, in clear, deleted webhooks included. */
import type { WebhookSettings } from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import type { DeliverySettings } from "../webhooks.ts";
import { headersOf } from "../webhook_headers.ts";
import { environmentSettings } from "./environment_settings.ts";
import { signingTexts } from "./secrets.ts";
import type { ReadView } from "./transaction.ts";
import type { WebhookRow } from "./webhook_rows.ts";
import { anyWebhookRow, settingsOf } from "./webhook_rows.ts";

type Opened = WebhookSettings & Pick<DeliverySettings, "secrets" | "isUnreadable">;

/** See {@link WebhookStore.deliverySettings}. */
export function deliverySettings(view: ReadView, params: { webhookIds: readonly WebhookId[] }): DeliverySettings[] {
  return params.webhookIds.flatMap((webhookId) => {
    const row = anyWebhookRow(view, webhookId);
    if (row === null) return [];
    const place = { webhookId, webhookNo: row.no, tenant: row.tenant, isDeleted: row.deleted_at !== null };
    return [{ ...withEnvironments(view, row.tenant, opened(view, row)), ...place }];
  });
}

/** What does not open is its webhook's misfortune, and nobody else's. */
function opened(view: ReadView, row: WebhookRow): Opened {
  const owner = { tenant: row.tenant, webhookNo: row.no, webhookId: row.id };
  const settings = settingsOf(row);
  try {
    const headers = headersOf(view.secretBox, row);
    const secrets = signingTexts(view, owner, settings.signatureVersions);
    return { ...settings, headers, secrets, isUnreadable: false };
  } catch {
    return { ...settings, headers: [], secrets: [], isUnreadable: true };
  }
}

/** What the webhook leaves open, its environment may say. */
function withEnvironments(view: ReadView, tenant: number, settings: Opened): Opened {
  const { retrySchedule, timeoutMs } = environmentSettings(view, { tenant });
  return {
    ...settings,
    retrySchedule: settings.retrySchedule ?? retrySchedule,
    timeoutMs: settings.timeoutMs ?? timeoutMs,
  };
}
