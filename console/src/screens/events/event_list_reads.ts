/** What a list of events reads: its pages, the counts of its tabs, and what is new since it was read. */
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { keepPreviousData, useInfiniteQuery, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useTenant } from "../../tenant.ts";
import type { ListedEvent } from "../event/event_model.ts";
import type { EventsQuery } from "./events_filter.ts";
import type { EventTab } from "./events_search.ts";
import { EVENT_FILTERS } from "./events_search.ts";

/** A page of a list. */
export type EventsPage = Answer<"listEvents">;
type Pages = InfiniteData<EventsPage, string | null>;

/** How often the counts and the newest rows are read again, in ms. */
const REFRESH_MS = 10_000;

/** One page, of one webhook or of all; `cursor` null is the first. */
function readPage(
  of: { webhookId: string | null; tenant: ReturnType<typeof useTenant>; query: EventsQuery },
  { cursor, signal }: { cursor: string | null; signal?: AbortSignal },
): Promise<EventsPage> {
  const page = { ...of.query, ...(cursor === null ? null : { cursor }) };
  const rest = signal === undefined ? null : { signal };
  if (of.webhookId === null) return call("listEvents", { path: of.tenant, query: page, ...rest });
  const { webhookId: _webhookId, ...query } = page;
  return call("listWebhookEvents", { path: { webhookId: of.webhookId }, query, ...rest });
}

/** The rows that are loaded, and more on demand. They stay where they are until somebody asks for the new ones. */
export function useEventPages(webhookId: string | null, query: EventsQuery): UseInfiniteQueryResult<Pages> {
  const tenant = useTenant();
  return useInfiniteQuery({
    queryKey: pagesKey(tenant, webhookId, query),
    queryFn: ({ pageParam, signal }) => readPage({ webhookId, tenant, query }, { cursor: pageParam, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

/** How many events each tab has with the filters in force; `isAtLeast`: there are more. Undefined while it is unknown. */
export type TabCounts = Record<EventTab, { total: number; isAtLeast: boolean } | undefined>;

/** Read again every few seconds. */
export function useTabCounts(webhookId: string | null, query: EventsQuery): TabCounts {
  const tenant = useTenant();
  const filters = { all: "ALL", passed: "PASSED", failed: "FAILED", pending: "PENDING" } as const;
  return useQueries({
    queries: EVENT_FILTERS.map((tab) => {
      const ofTab: EventsQuery = { ...query, filter: filters[tab], limit: 1 };
      return {
        queryKey: ["events", tenant.appId, tenant.appEnv, "count", webhookId, ofTab],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          readPage({ webhookId, tenant, query: ofTab }, { cursor: null, signal }),
        refetchInterval: REFRESH_MS,
        placeholderData: keepPreviousData,
      };
    }),
    combine: (results) => {
      const counts = EVENT_FILTERS.map((tab, at) => {
        const data = results[at]?.data?.searchData;
        return [tab, data && { total: data.total, isAtLeast: data.totalIsAtLeast === true }] as const;
      });
      return Object.fromEntries(counts) as TabCounts; // one for each tab
    },
  });
}

/** The newest page as it is now, beside the one that is shown. */
export function useNewestPage(
  webhookId: string | null,
  query: EventsQuery,
  isEnabled: boolean,
): EventsPage | undefined {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["events", tenant.appId, tenant.appEnv, "newest", webhookId, query],
    queryFn: ({ signal }) => readPage({ webhookId, tenant, query }, { cursor: null, signal }),
    refetchInterval: REFRESH_MS,
    enabled: isEnabled,
  }).data;
}

/** Puts an event that has changed into every list that shows it, without moving a row. */
export function useEventPatch(): (event: ListedEvent) => void {
  const tenant = useTenant();
  const queries = useQueryClient();
  return (event) => {
    queries.setQueriesData<Pages>({ queryKey: ["events", tenant.appId, tenant.appEnv, "pages"] }, (pages) =>
      pages === undefined ? pages : { ...pages, pages: pages.pages.map((page) => patched(page, event)) },
    );
    void queries.invalidateQueries({ queryKey: ["events", tenant.appId, tenant.appEnv, "count"] });
  };
}

/** Reads the list anew from its beginning. */
export function useListRefresh(webhookId: string | null, query: EventsQuery): () => void {
  const tenant = useTenant();
  const queries = useQueryClient();
  return () => {
    void queries.resetQueries({ queryKey: pagesKey(tenant, webhookId, query) });
    void queries.invalidateQueries({ queryKey: ["events", tenant.appId, tenant.appEnv, "newest"] });
    void queries.invalidateQueries({ queryKey: ["events", tenant.appId, tenant.appEnv, "count"] });
  };
}

function pagesKey(tenant: ReturnType<typeof useTenant>, webhookId: string | null, query: EventsQuery) {
  return ["events", tenant.appId, tenant.appEnv, "pages", webhookId, query];
}

function patched(page: EventsPage, event: ListedEvent): EventsPage {
  if (!page.events.some(({ _id }) => _id === event._id)) return page;
  return { ...page, events: page.events.map((old) => (old._id === event._id ? event : old)) };
}
