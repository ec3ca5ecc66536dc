/**
 * Statistics: what charts and lists show without reading events. They are summed up by minute, and folded into hours and
 * days, so that a query reads a bounded number of rows whatever its range. Test events are in none of them. Kept 90 days.
 */
import type { Summary } from "../domain/statistics.ts";
import type { StatsWindow } from "../domain/stats_window.ts";
import type { EventStatus } from "../domain/values.ts";
import type { EventId, WebhookId } from "../ids.ts";

/** So many webhooks are read in one call, so that other reads get their turn. */
export const STATS_WEBHOOKS_MAX = 5;
/** So many events are looked at for one that is no test's. */
export const STATS_LOOKED_AT_MAX = 1_000;

/** Events that wait for their first outcome, or for that of a resend. */
export type PendingEvents = {
  count: number;
  /**
   * When the oldest of them was created, epoch ms (a resent one when it was published). Null when there is none, or when the
   * oldest 1,000 that wait are all tests.
   */
  oldestAt: number | null;
};

/** A window summed up, as a whole and by point; points in which nothing happened are left out. Each `at` is epoch ms. */
export type Stats = { totals: Summary; points: (Summary & { at: number })[]; pending: PendingEvents };

/** What a list of webhooks shows of one. */
export type WebhookStats = {
  webhookId: WebhookId;
  totals: Summary;
  /** Attempts by how they ended; points without any are left out. */
  points: { at: number; success: number; failed: number }[];
  pending: PendingEvents;
  /** The newest event, as it is now; null when there is none among the newest 1,000 of each status that is no test's. */
  lastEvent: { id: EventId; status: EventStatus; lastCode: string | null; updatedAt: number } | null;
};

/** How many messages of an action were published. */
export type ActionCount = { topic: string; action: string; count: number };

export interface StatsStore {
  /** Of one webhook (deleted or not), or with null of all webhooks of the tenant, deleted ones included. */
  readStats(params: StatsWindow & { tenant: number; webhookId: WebhookId | null }): Promise<Stats>;
  /** Of up to {@link STATS_WEBHOOKS_MAX} webhooks of the tenant, in the order asked for; unknown ones are left out. */
  readWebhookStats(params: StatsWindow & { tenant: number; webhookIds: readonly WebhookId[] }): Promise<WebhookStats[]>;
  /** Messages published in the hours from `from` to `to` (epoch ms, whole hours), by topic and action, in their order. */
  countActions(params: { tenant: number; from: number; to: number }): Promise<ActionCount[]>;
  /**
   * Folds minutes that are over into hours and days, the oldest first, until about `limit` rows were read. `more`: call
   * again. What is asked for at the same time sees a minute either folded or not, and counts it once.
   */
  foldStats(params: { limit: number }): Promise<{ more: boolean }>;
}
