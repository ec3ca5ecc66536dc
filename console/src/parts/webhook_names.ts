/** What webhooks are called where only their id is at hand: their URL, as far as the session may read it. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Answer } from "../api/client.ts";
import { call } from "../api/client.ts";
import { useCan } from "../session.ts";
import { useTenant } from "../tenant.ts";
import { labelText } from "./label_text.ts";

/** A webhook to choose from. */
type NamedWebhook = { id: string; name: string };

/** All webhooks of an environment by their names, and the name of one by its id; the id itself where it is not known. */
type WebhookNames = { webhooks: readonly NamedWebhook[]; nameOf: (webhookId: string) => string };

const NONE: Answer<"listWebhooks"> = [];

/** Of the page's environment; the same object until a webhook changes. */
export function useWebhookNames(): WebhookNames {
  const tenant = useTenant();
  const isAllowed = useCan("webhooks");
  const { data = NONE } = useQuery({
    queryKey: ["webhooks", tenant.appId, tenant.appEnv],
    queryFn: ({ signal }) => call("listWebhooks", { path: tenant, signal }),
    enabled: isAllowed,
  });
  return useMemo(() => namesOf(data), [data]);
}

function namesOf(list: Answer<"listWebhooks">): WebhookNames {
  const names = new Map(list.map(({ _id, url }) => [_id, labelText(url).replace(/^https?:\/\//, "")]));
  const webhooks = [...names].map(([id, name]) => ({ id, name }));
  return { webhooks, nameOf: (webhookId) => names.get(webhookId) ?? webhookId };
}
