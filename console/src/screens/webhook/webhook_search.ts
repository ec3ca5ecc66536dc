/** What the address of a webhook's page may hold: its tab, the chart, the filters of its events, and what is to be sent. */
import { chartSearch } from "../../parts/stats_chart_search.ts";
import type { ChartSearch } from "../../parts/stats_chart_search.ts";
import { searchOf, oneOf, textOf } from "../../search_params.ts";
import { eventsSearch } from "../events/events_search.ts";

/** In their order; the first is shown unless the address says otherwise. */
export const WEBHOOK_TABS = ["events", "topics", "settings", "snippets", "activity"] as const;
/** One of them. */
export type WebhookTab = (typeof WEBHOOK_TABS)[number];

/**
 * `send`: the panel that sends a test event is open, with this action (`TOPIC.ACTION`), or with the first one for any other
 * text. `entry`: the entry of the audit log whose details are open.
 */
export type WebhookSearch = ReturnType<typeof eventsSearch> &
  ChartSearch & { tab?: WebhookTab; send?: string; entry?: string };

/** For the route. */
export function webhookSearch(search: Record<string, unknown>): WebhookSearch {
  return {
    ...eventsSearch(search),
    ...chartSearch(search),
    ...searchOf({
      tab: oneOf(search["tab"], WEBHOOK_TABS),
      send: textOf(search["send"], 129),
      entry: textOf(search["entry"], 128),
    }),
  };
}
