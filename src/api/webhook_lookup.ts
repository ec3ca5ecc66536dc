/** The webhook that a path names, for this caller: another tenant's is not found. */
import type { FastifyRequest } from "fastify";
import type { Webhook } from "../domain/webhook.ts";
import { ApiError } from "../errors.ts";
import { parseWebhookId } from "../ids.ts";
import type { Store } from "../store/store.ts";
import { ownTenantOf } from "./access.ts";

/** Throws WEBHOOK_NOT_FOUND, the same whether it does not exist, is deleted or belongs to another tenant. */
export async function webhookOf(
  store: Pick<Store, "findWebhook">,
  request: FastifyRequest<{ Params: { webhookId: string } }>,
): Promise<Webhook> {
  const webhookId = parseWebhookId(request.params.webhookId);
  const tenant = ownTenantOf(request)?.tenant ?? null;
  const webhook = webhookId === null ? null : await store.findWebhook({ tenant, webhookId });
  if (webhook === null) throw webhookNotFound();
  return webhook;
}

/** The 404 of webhooks. */
export function webhookNotFound(): ApiError {
  return new ApiError("WEBHOOK_NOT_FOUND", "There is no such webhook for this key. Check the id in the path.");
}
