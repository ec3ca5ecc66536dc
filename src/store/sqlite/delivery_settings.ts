/** What the engine needs to know of webhooks: settings and live secrets, in clear, deleted webhooks included. */
import type { WebhookId } from "../../ids.ts";
import type { DeliverySettings } from "../webhooks.ts";
import { liveSecrets } from "./secrets.ts";
import type { ReadView } from "./transaction.ts";
import { anyWebhookRow, settingsOf } from "./webhook_rows.ts";

/** See {@link WebhookStore.deliverySettings}. */
export function deliverySettings(view: ReadView, params: { webhookIds: readonly WebhookId[] }): DeliverySettings[] {
  return params.webhookIds.flatMap((webhookId) => {
    const row = anyWebhookRow(view, webhookId);
    if (row === null) return [];
    const secrets = liveSecrets(view, { tenant: row.tenant, webhookNo: row.no, webhookId });
    const place = { webhookId, webhookNo: row.no, tenant: row.tenant, isDeleted: row.deleted_at !== null };
    return [{ ...settingsOf(view.secretBox, row), ...place, secrets: secrets.map(({ secret }) => secret) }];
  });
}
