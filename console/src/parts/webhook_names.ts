/** What webhooks are called where only their id is at hand: their URL, as far as the session may read it. */
import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { useCan } from "../session.ts";
import { useTenant } from "../tenant.ts";
import { labelText } from "./label_text.ts";

/** A webhook to choose from. */
export type NamedWebhook = { id: string; name: string };

/** All webhooks of the environment by their names, and the name of one by its id; the id itself where it is not known. */
export function useWebhookNames(): { webhooks: readonly NamedWebhook[]; nameOf: (webhookId: string) => string } {
  const tenant = useTenant();
  const isAllowed = useCan("webhooks");
  const { data = [] } = useQuery({
    queryKey: ["webhooks", tenant.appId, tenant.appEnv],
    queryFn: ({ signal }) => call("listWebhooks", { path: tenant, signal }),
    enabled: isAllowed,
  });
  const webhooks = data.map(({ _id: id, url }) => ({ id, name: labelText(url).replace(/^https?:\/\//, "") }));
  const nameOf = (webhookId: string): string => webhooks.find(({ id }) => id === webhookId)?.name ?? webhookId;
  return { webhooks, nameOf };
}
