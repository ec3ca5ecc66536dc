/** What the engine needs to know of webhooks: settings and what signs, in clear, deleted webhooks included. */
import type { EnvironmentSettings } from "../../domain/environment_settings.ts";
import { DEFAULT_ENVIRONMENT_SETTINGS } from "../../domain/environment_settings.ts";
import type { WebhookSettings } from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import type { DeliverySettings } from "../webhooks.ts";
import { headersOf } from "../webhook_headers.ts";
import { environmentsSettings } from "./environment_settings.ts";
import { signingTextsOf } from "./secrets.ts";
import type { ReadView } from "./transaction.ts";
import type { WebhookRow } from "./webhook_rows.ts";
import { anyWebhookRows, settingsOf } from "./webhook_rows.ts";

type Opened = WebhookSettings & Pick<DeliverySettings, "secrets" | "isUnreadable">;

/** See {@link WebhookStore.deliverySettings}. */
export async function deliverySettings(
  view: ReadView,
  params: { webhookIds: readonly WebhookId[] },
): Promise<DeliverySettings[]> {
  const found = await anyWebhookRows(view, params.webhookIds);
  const rows = new Map(found.map((row) => [row.id, row]));
  const [textsOf, environments] = await Promise.all([
    signingTextsOf(view, found.map(ownerOf)),
    environmentsSettings(view, [...new Set(found.map((row) => row.tenant))]),
  ]);
  return params.webhookIds.flatMap((webhookId) => {
    const row = rows.get(webhookId);
    if (row === undefined) return [];
    const environment = environments.get(row.tenant) ?? DEFAULT_ENVIRONMENT_SETTINGS;
    const place = { webhookId, webhookNo: row.no, tenant: row.tenant, isDeleted: row.deleted_at !== null };
    return [{ ...within(environment, opened(view, row, textsOf)), ...place }];
  });
}

/** What does not open is its webhook's misfortune, and nobody else's. */
function opened({ secretBox }: ReadView, row: WebhookRow, textsOf: Awaited<ReturnType<typeof signingTextsOf>>): Opened {
  const settings = settingsOf(row);
  try {
    const headers = headersOf(secretBox, row);
    const secrets = textsOf({ ...ownerOf(row), versions: settings.signatureVersions });
    return { ...settings, headers, secrets, isUnreadable: false };
  } catch {
    return { ...settings, headers: [], secrets: [], isUnreadable: true };
  }
}

function ownerOf(row: WebhookRow) {
  return { tenant: row.tenant, webhookNo: row.no, webhookId: row.id };
}

/** What the webhook leaves open, its environment may say. */
function within({ retrySchedule, timeoutMs }: EnvironmentSettings, settings: Opened): Opened {
  return {
    ...settings,
    retrySchedule: settings.retrySchedule ?? retrySchedule,
    timeoutMs: settings.timeoutMs ?? timeoutMs,
  };
}
