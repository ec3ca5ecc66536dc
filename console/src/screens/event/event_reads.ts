/** What the details of an event read from the server, how often, and what is said when something new has happened. */
import type { UseQueryResult } from "@tanstack/react-query";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { call, callText } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { say } from "../../parts/announce.ts";
import { useCan } from "../../session.ts";
import type { TenantPath } from "../../tenant.ts";
import { useTenant } from "../../tenant.ts";
import type { Webhook } from "../webhooks/webhook_list.ts";
import { webhooksQuery } from "../webhooks/webhook_reads.ts";
import type { EventWithAttempts, ReadEvent } from "./event_model.ts";
import { hasPassed, pollMs, readEvent } from "./event_model.ts";

/** One event by its id alone: also one whose webhook was deleted. Read again while something is about to happen. */
export function eventQuery(tenant: TenantPath, eventId: string) {
  return queryOptions({
    queryKey: ["event", eventId],
    queryFn: async ({ signal }): Promise<ReadEvent> =>
      readEvent(await callText("getEvent", { path: { ...tenant, eventId }, signal })),
    refetchInterval: ({ state: { data } }) => (data === undefined ? false : pollMs(data.event, Date.now())),
  });
}

/** {@link eventQuery} of the page's environment. New attempts are said once, wherever the focus is. */
export function useEvent(eventId: string): UseQueryResult<ReadEvent> {
  const tenant = useTenant();
  const query = useQuery(eventQuery(tenant, eventId));
  useAnnouncedAttempts(query.data?.event);
  return query;
}

function useAnnouncedAttempts(event: EventWithAttempts | undefined): void {
  const t = useT();
  const known = useRef<{ eventId: string; number: number } | null>(null);
  useEffect(() => {
    if (event === undefined) return;
    const last = event.attempts.at(-1);
    const before = known.current;
    known.current = { eventId: event._id, number: last?.number ?? 0 };
    if (last === undefined || before === null || before.eventId !== event._id || last.number <= before.number) return;
    say(t(hasPassed(last) ? "event.said.passed" : "event.said.failed", { number: last.number }));
  }, [event, t]);
}

/** What is known of the endpoint of an event, as far as the session may read it; each is null where it is not known. */
export type Endpoint = {
  webhook: Webhook | null;
  /** Pauses before each retry, in ms. */
  retrySchedule: readonly number[] | null;
  tokenTtlMs: number | null;
};

/** Of the page's environment; the same function until something of it changes. A deleted webhook is not known. */
export function useEndpoints(): (webhookId: string) => Endpoint {
  const tenant = useTenant();
  const enabled = useCan("webhooks");
  const { data: webhooks } = useQuery({ ...webhooksQuery(tenant), enabled });
  const { data: settings } = useQuery({
    queryKey: ["settings", tenant.appId, tenant.appEnv],
    queryFn: ({ signal }) => call("getSettings", { path: tenant, signal }),
    staleTime: 60_000,
    enabled,
  });
  return useCallback(
    (webhookId) => {
      const webhook = webhooks?.find(({ _id }) => _id === webhookId) ?? null;
      const standard = settings === undefined ? null : (settings.retrySchedule ?? settings.server.retrySchedule);
      return {
        webhook,
        retrySchedule: webhook?.retrySchedule ?? standard,
        tokenTtlMs: settings?.server.tokenTtlMs ?? null,
      };
    },
    [webhooks, settings],
  );
}
