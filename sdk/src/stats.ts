/** Statistics: counts and percentiles of deliveries over time, for charts. */
import type { IGNISIGN_WEBHOOK_EVENT_STATUS } from "./catalog.ts";
import type { Answer, Http } from "./http.ts";
import { path } from "./http.ts";

/** Which window; the server widens it to whole points. Default: the last 24 hours. Statistics are kept for 90 days. */
export type StatsQuery = {
  from?: Date | string;
  to?: Date | string;
  /** How wide a point is, in ms: a multiple of 60,000. Default: as suits the window. */
  bucket?: number;
};

/** In ms, each at most 19 % off. */
export type Percentiles = { p50: number; p95: number; p99: number };

/** What happened in a range of time. Test events are in none of it. */
export type StatsSummary = {
  /** New events. */
  created: number;
  /** Attempts, by how they ended. */
  success: number;
  failed: number;
  firstAttempts: number;
  firstAttemptSuccess: number;
  /** Attempts by response status; `none` are those without a response. */
  codes: { [code: string]: number };
  /** How long attempts took; null without any. */
  latency: Percentiles | null;
  /** How long first attempts had waited; null without any. */
  queued: Percentiles | null;
};

/** Events that wait now, and when the oldest of them was created. */
export type PendingEvents = { count: number; oldestAt: string | null };

type Window = { from: string; to: string; bucketMs: number };

/** Statistics of one webhook, or of all of an environment together. */
export type Stats = Window & {
  totals: StatsSummary;
  points: (StatsSummary & { at: string })[];
  pending: PendingEvents;
};

/** Statistics of each webhook of an environment. */
export type WebhookStatsList = Window & {
  items: {
    webhookId: string;
    totals: StatsSummary;
    points: { at: string; success: number; failed: number }[];
    pending: PendingEvents;
    /** The newest event. */
    lastEvent: { _id: string; status: IGNISIGN_WEBHOOK_EVENT_STATUS; lastCode?: string; _updatedAt: string } | null;
  }[];
};

/** How many messages of each action were published. */
export type ActionCounts = {
  from: string;
  to: string;
  items: { topic: string; action: string; count: number }[];
};

/** The calls about statistics. Each throws `IgnisignError` when it fails. */
export class StatsV4 {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Of all webhooks of the environment together, deleted ones included. */
  async getStats(appId: string, appEnv: string, query: StatsQuery = {}): Promise<Answer<Stats>> {
    return this.#http.call({ method: "GET", path: path`/v4/applications/${appId}/envs/${appEnv}/stats`, query });
  }

  /** Of one webhook. */
  async getWebhookStats(webhookId: string, query: StatsQuery = {}): Promise<Answer<Stats>> {
    return this.#http.call({ method: "GET", path: path`/v4/webhooks/${webhookId}/stats`, query });
  }

  /** Of each webhook of the environment: totals, a small chart, what waits, the newest event. */
  async getAllWebhookStats(appId: string, appEnv: string, query: StatsQuery = {}): Promise<Answer<WebhookStatsList>> {
    return this.#http.call({
      method: "GET",
      path: path`/v4/applications/${appId}/envs/${appEnv}/webhooks/stats`,
      query,
    });
  }

  /** How many messages of each action were published, in whole hours. */
  async getActionCounts(
    appId: string,
    appEnv: string,
    query: Omit<StatsQuery, "bucket"> = {},
  ): Promise<Answer<ActionCounts>> {
    return this.#http.call({
      method: "GET",
      path: path`/v4/applications/${appId}/envs/${appEnv}/stats/actions`,
      query,
    });
  }
}
