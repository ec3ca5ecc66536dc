/** What the addresses of the list of webhooks and of the page that adds one may hold. */
import { searchOf, oneOf, textOf } from "../../search_params.ts";

/** What a webhook may be doing now. */
export const WEBHOOK_STATES = ["enabled", "disabled", "autoDisabled", "throttled"] as const;
/** How deliveries of the last 24 hours went. */
export const WEBHOOK_HEALTHS = ["healthy", "slow", "failing", "quiet"] as const;
/** Orders of the list; unset: as registered, newest first. */
export const WEBHOOK_SORTS = ["url", "success", "latency", "pending", "last"] as const;

/** The filters of the list, as the address has them. */
export type WebhooksSearch = {
  /** A part of the URL, the description or the id. */
  q?: string;
  state?: (typeof WEBHOOK_STATES)[number];
  /** `TOPIC` or `TOPIC.ACTION` that the webhook takes. */
  topic?: string;
  health?: (typeof WEBHOOK_HEALTHS)[number];
  sort?: (typeof WEBHOOK_SORTS)[number];
};

/** For the route. */
export function webhooksSearch(search: Record<string, unknown>): WebhooksSearch {
  return searchOf({
    q: textOf(search["q"]),
    state: oneOf(search["state"], WEBHOOK_STATES),
    topic: textOf(search["topic"]),
    health: oneOf(search["health"], WEBHOOK_HEALTHS),
    sort: oneOf(search["sort"], WEBHOOK_SORTS),
  });
}

/** What the form begins with: from the catalogue, one topic or action; from elsewhere, a list of them. */
export type NewWebhookSearch = { topic?: string; action?: string; topics?: string };

/** For the route. */
export function newWebhookSearch(search: Record<string, unknown>): NewWebhookSearch {
  return searchOf({
    topic: textOf(search["topic"]),
    action: textOf(search["action"]),
    topics: textOf(search["topics"], 2_048),
  });
}

/** The names (`TOPIC`, `TOPIC.ACTION`) that an address presets; none: everything. */
export function presetTopics({ topic, action, topics }: NewWebhookSearch): string[] {
  const one = topic === undefined ? [] : [action === undefined ? topic : `${topic}.${action}`];
  return [...one, ...(topics?.split(",") ?? [])].map((name) => name.trim()).filter((name) => name !== "");
}
