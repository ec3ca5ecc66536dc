/** What the list of webhooks shows: their state and health, which of them the filters let through, and in which order. */
import type { Answer } from "../../api/client.ts";
import type { WEBHOOK_HEALTHS, WEBHOOK_STATES, WebhooksSearch } from "./webhooks_search.ts";

/** A webhook as the API has it. */
export type Webhook = Answer<"listWebhooks">[number];
/** What a list shows of its deliveries. */
export type WebhookStats = Answer<"listWebhookStats">["items"][number];
/** A line of the list; `stats` is null while they are unknown. */
export type WebhookRow = { webhook: Webhook; stats: WebhookStats | null };
/** What a webhook may be doing now. */
export type WebhookState = (typeof WEBHOOK_STATES)[number];
/** How its deliveries of the last 24 hours went. */
export type WebhookHealth = (typeof WEBHOOK_HEALTHS)[number];

/** Slow: 95 % of the attempts take up to more than this share of the time limit. */
const SLOW_SHARE = 0.8;

/** Throttled webhooks are enabled, with a rate limit of their own. */
export function stateOf({ isDisabled, disabledReason, rateLimit }: Webhook): WebhookState {
  if (!isDisabled) return rateLimit === null ? "enabled" : "throttled";
  return disabledReason === undefined || disabledReason === "MANUAL" ? "disabled" : "autoDisabled";
}

/** Null while nothing is known. `timeoutMs` is the limit of webhooks that have none of their own. */
export function healthOf({ webhook, stats }: WebhookRow, timeoutMs: number | null): WebhookHealth | null {
  if (stats === null) return null;
  const { success, failed, latency } = stats.totals;
  if (success + failed === 0) return "quiet";
  if (failed > success || (webhook.failingSince !== undefined && success === 0)) return "failing";
  const limitMs = webhook.timeoutMs ?? timeoutMs;
  return latency !== null && limitMs !== null && latency.p95 > SLOW_SHARE * limitMs ? "slow" : "healthy";
}

/** The rows that the filters let through, in the order asked for. */
export function shownRows(
  rows: readonly WebhookRow[],
  search: WebhooksSearch,
  timeoutMs: number | null,
): readonly WebhookRow[] {
  return rows
    .filter((row) => matches(row, search, timeoutMs))
    .toSorted((a, b) => compare(a, b, search.sort) || newestFirst(a, b));
}

function matches(row: WebhookRow, { q, state, topic, health }: WebhooksSearch, timeoutMs: number | null): boolean {
  const { webhook } = row;
  const words = q?.toLowerCase() ?? "";
  const text = `${webhook.url}\n${webhook.description}\n${webhook._id}`.toLowerCase();
  if (!text.includes(words)) return false;
  if (state !== undefined && !isIn(stateOf(webhook), state)) return false;
  if (topic !== undefined && !takesTopic(webhook, topic)) return false;
  return health === undefined || healthOf(row, timeoutMs) === health;
}

/** A throttled webhook is an enabled one, too. */
function isIn(actual: WebhookState, wanted: WebhookState): boolean {
  return actual === wanted || (wanted === "enabled" && actual === "throttled");
}

function takesTopic({ disabledTopics, disabledActions }: Webhook, name: string): boolean {
  const [topic = ""] = name.split(".");
  return !disabledTopics.includes(topic) && !disabledActions.includes(name);
}

function compare(a: WebhookRow, b: WebhookRow, sort: WebhooksSearch["sort"]): number {
  switch (sort) {
    case undefined:
      return 0;
    case "url":
      return a.webhook.url < b.webhook.url ? -1 : Number(a.webhook.url > b.webhook.url);
    case "success":
      return (successShare(a) ?? 2) - (successShare(b) ?? 2);
    case "latency":
      return (b.stats?.totals.latency?.p95 ?? -1) - (a.stats?.totals.latency?.p95 ?? -1);
    case "pending":
      return pendingCount(b) - pendingCount(a);
    case "last":
      return lastAt(b) - lastAt(a);
  }
}

function newestFirst(a: WebhookRow, b: WebhookRow): number {
  return Date.parse(b.webhook._createdAt) - Date.parse(a.webhook._createdAt);
}

/** From 0 to 1; null without an attempt. */
function successShare({ stats }: WebhookRow): number | null {
  const { success = 0, failed = 0 } = stats?.totals ?? {};
  return success + failed === 0 ? null : success / (success + failed);
}

/** Events that wait now. */
export function pendingCount({ webhook, stats }: WebhookRow): number {
  return stats?.pending.count ?? webhook.stats.pending;
}

function lastAt({ stats }: WebhookRow): number {
  return stats?.lastEvent === null || stats === null ? 0 : Date.parse(stats.lastEvent._updatedAt);
}
