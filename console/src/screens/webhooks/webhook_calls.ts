/** The documented calls behind what the menus of a webhook do. */
import type { ApiCall } from "../../parts/api_call_button.tsx";
import type { Webhook } from "./webhook_list.ts";

/** Read it, enable or disable it (what it is not now), delete it. */
export function webhookCalls({ _id: webhookId, isDisabled }: Pick<Webhook, "_id" | "isDisabled">): readonly ApiCall[] {
  const path = { webhookId };
  return [
    { id: "getWebhook", args: { path } },
    { id: "updateWebhook", args: { path, body: { isDisabled: !isDisabled } } },
    { id: "deleteWebhook", args: { path } },
  ];
}
