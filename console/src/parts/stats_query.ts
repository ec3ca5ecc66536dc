/** Statistics of one webhook or of the whole environment, for the range that the address names; read again as time goes on. */
import type { UseQueryResult } from "@tanstack/react-query";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { useCan } from "../session.ts";
import { useTenant } from "../tenant.ts";
import { useNow } from "./now.ts";
import type { ChartSearch } from "./stats_chart_search.ts";
import { chartSearch } from "./stats_chart_search.ts";
import type { Marker, Stats } from "./stats_series.ts";
import { markersOf, statsRange } from "./stats_series.ts";

/** How often a range that ends now is read again, in ms. */
const REFRESH_MS = 15_000;
/** So many changes of webhooks are looked at for marks. */
const MARKER_ENTRIES_MAX = 100;

/** The chart's part of the page's address, on whatever page. */
export function useChartSearch(): ChartSearch {
  return chartSearch(useSearch({ strict: false }));
}

/** The range of the page's address, as statistics are asked for. */
export function useStatsRange(): { from: string; to?: string } {
  return statsRange(useChartSearch(), useNow(60_000));
}

/** Statistics of a webhook, or with null of all together. What was shown stays while the range changes. */
export function useStats(webhookId: string | null): UseQueryResult<Stats> {
  const tenant = useTenant();
  const range = useStatsRange();
  return useQuery({
    queryKey: ["stats", tenant.appId, tenant.appEnv, webhookId, range.from, range.to],
    queryFn: ({ signal }): Promise<Stats> =>
      webhookId === null
        ? call("getStats", { path: tenant, query: range, signal })
        : call("getWebhookStats", { path: { webhookId }, query: range, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: range.to === undefined ? REFRESH_MS : false,
  });
}

/** What was changed inside the window of the statistics; nothing where the session may not read the audit log. */
export function useMarkers(webhookId: string | null, stats: Stats | undefined): Marker[] {
  const tenant = useTenant();
  const isAllowed = useCan("admin");
  const { from, to } = stats ?? {};
  const { data } = useQuery({
    queryKey: ["audit", tenant.appId, tenant.appEnv, "markers", webhookId, from, to],
    queryFn: ({ signal }) => {
      const query = { action: "webhook.", limit: MARKER_ENTRIES_MAX };
      const about = webhookId === null ? query : { ...query, target: webhookId };
      return call("listAuditLog", { path: tenant, query: { ...about, from: from ?? "", to: to ?? "" }, signal });
    },
    enabled: isAllowed && stats !== undefined,
    placeholderData: keepPreviousData,
  });
  return data === undefined || stats === undefined ? [] : markersOf(data.items, stats);
}
