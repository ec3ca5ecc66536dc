/** What the screens of webhooks read from the server, under the keys by which it is cached. */
import type { UseQueryResult } from "@tanstack/react-query";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useNow } from "../../parts/now.ts";
import { useCan } from "../../session.ts";
import type { TenantPath } from "../../tenant.ts";
import { useTenant } from "../../tenant.ts";
import type { Webhook, WebhookStats } from "./webhook_list.ts";

/** The most that an application environment may have. */
export const WEBHOOKS_MAX = 100;
/** How often counts that move by themselves are read again, in ms. */
const REFRESH_MS = 15_000;
const DAY_MS = 86_400_000;
/** Of a list's small charts, in ms: an hour. */
const BUCKET_MS = 3_600_000;

/** The catalogue of topics. */
export type Topics = Answer<"getCatalog">["topics"];

/** All webhooks of the environment. */
export function webhooksQuery(tenant: TenantPath) {
  return queryOptions({
    queryKey: ["webhooks", tenant.appId, tenant.appEnv],
    queryFn: ({ signal }): Promise<Webhook[]> => call("listWebhooks", { path: tenant, signal }),
  });
}

/** One webhook. */
export function webhookQuery(webhookId: string) {
  return queryOptions({
    queryKey: ["webhook", webhookId],
    queryFn: ({ signal }): Promise<Webhook> => call("getWebhook", { path: { webhookId }, signal }),
    refetchInterval: REFRESH_MS,
  });
}

/** What the list shows of each webhook's last 24 hours, by id; empty where the session may not read events. */
export function useListStats(): UseQueryResult<ReadonlyMap<string, WebhookStats>> {
  const tenant = useTenant();
  const isAllowed = useCan("events");
  return useQuery({
    queryKey: ["stats", tenant.appId, tenant.appEnv, "webhooks"],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - DAY_MS + BUCKET_MS).toISOString();
      return call("listWebhookStats", { path: tenant, query: { from, bucket: BUCKET_MS }, signal });
    },
    select: byWebhook,
    refetchInterval: REFRESH_MS,
    enabled: isAllowed,
  });
}

function byWebhook({ items }: Answer<"listWebhookStats">): ReadonlyMap<string, WebhookStats> {
  return new Map(items.map((item) => [item.webhookId, item]));
}

/** Topics and actions with their samples. */
export function useCatalog(): UseQueryResult<Topics> {
  return useQuery({
    queryKey: ["catalog"],
    queryFn: ({ signal }) => call("getCatalog", { signal }),
    select: ({ topics }): Topics => topics,
    staleTime: Infinity,
  });
}

/** What holds for webhooks that set nothing themselves. */
export function useEnvironmentSettings(): UseQueryResult<Answer<"getSettings">> {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["settings", tenant.appId, tenant.appEnv],
    queryFn: ({ signal }) => call("getSettings", { path: tenant, signal }),
    staleTime: 60_000,
  });
}

/** How often each action was published within so many days, by `TOPIC.ACTION`. Null while or where that is not known. */
export function useActionCounts(days = 7): ReadonlyMap<string, number> | null {
  const tenant = useTenant();
  const isAllowed = useCan("events");
  const hour = useNow(BUCKET_MS);
  const { data } = useQuery({
    queryKey: ["stats", tenant.appId, tenant.appEnv, "actions", days, hour],
    queryFn: ({ signal }) => {
      const from = new Date(hour - days * DAY_MS).toISOString();
      return call("countActions", { path: tenant, query: { from }, signal });
    },
    placeholderData: keepPreviousData,
    enabled: isAllowed,
  });
  return data === undefined
    ? null
    : new Map(data.items.map(({ topic, action, count }) => [`${topic}.${action}`, count]));
}
