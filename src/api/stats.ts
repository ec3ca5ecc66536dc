/** Statistics for charts: of one webhook, of all together, of each in a list, and of published actions. */
import type { Static } from "typebox";
import { isoTime } from "../clock.ts";
import type { Percentiles, Summary } from "../domain/statistics.ts";
import { summaryOf } from "../domain/statistics.ts";
import type { StatsWindow } from "../domain/stats_window.ts";
import { pointTimes } from "../domain/stats_window.ts";
import type { WebhookId } from "../ids.ts";
import type { PendingEvents, WebhookStats } from "../store/stats.ts";
import { STATS_WEBHOOKS_MAX } from "../store/stats.ts";
import { tenantOf } from "./access.ts";
import { TENANT_PATH, WEBHOOK_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { CHART_LIMITS, hoursWindow, LIST_LIMITS, statsWindow } from "./stats_query.ts";
import {
  ACTION_COUNTS_SCHEMA,
  HOURS_QUERY_SCHEMA,
  STATS_QUERY_SCHEMA,
  STATS_SCHEMA,
  WEBHOOK_STATS_SCHEMA,
} from "./stats_schema.ts";
import { webhookOf } from "./webhook_lookup.ts";

type WebhookStatsView = Static<typeof WEBHOOK_STATS_SCHEMA>["items"][number];

const TENANT_URL = "/v4/applications/:appId/envs/:appEnv";

/** Registers the routes of this file. */
export function statsRoutes(app: Api, services: Services): void {
  getWebhookStatsRoute(app, services);
  getStatsRoute(app, services);
  listWebhookStatsRoute(app, services);
  countActionsRoute(app, services);
}

function getWebhookStatsRoute(app: Api, { store, clock }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/webhooks/:webhookId/stats",
    config: { access: "events", errors: ["WEBHOOK_NOT_FOUND"] },
    schema: {
      operationId: "getWebhookStats",
      summary: "Counts and percentiles of a webhook's deliveries over time; test events are left out",
      tags: ["statistics"],
      params: WEBHOOK_PATH,
      querystring: STATS_QUERY_SCHEMA,
      response: { 200: STATS_SCHEMA },
    },
    handler: async (request) => {
      const window = statsWindow(request.query, clock.now(), CHART_LIMITS);
      const { tenant, id: webhookId } = await webhookOf(store, request);
      return await statsView(store, { tenant, webhookId, ...window });
    },
  });
}

function getStatsRoute(app: Api, { store, clock }: Services): void {
  app.route({
    method: "GET",
    url: `${TENANT_URL}/stats`,
    config: { access: "events" },
    schema: {
      operationId: "getStats",
      summary: "Counts and percentiles of all webhooks together, deleted ones included; test events are left out",
      tags: ["statistics"],
      params: TENANT_PATH,
      querystring: STATS_QUERY_SCHEMA,
      response: { 200: STATS_SCHEMA },
    },
    handler: async (request) => {
      const window = statsWindow(request.query, clock.now(), CHART_LIMITS);
      return await statsView(store, { tenant: tenantOf(request).tenant, webhookId: null, ...window });
    },
  });
}

function listWebhookStatsRoute(app: Api, { store, clock }: Services): void {
  app.route({
    method: "GET",
    url: `${TENANT_URL}/webhooks/stats`,
    config: { access: "events" },
    schema: {
      operationId: "listWebhookStats",
      summary: "What a list of webhooks shows of each: totals, a small chart, what waits, the newest event",
      tags: ["statistics"],
      params: TENANT_PATH,
      querystring: STATS_QUERY_SCHEMA,
      response: { 200: WEBHOOK_STATS_SCHEMA },
    },
    handler: async (request) => {
      const window = statsWindow(request.query, clock.now(), LIST_LIMITS);
      const { tenant } = tenantOf(request);
      const webhookIds = (await store.listWebhooks({ tenant })).map(({ id }) => id);
      const items: WebhookStatsView[] = [];
      // A few at a time, so that other reads of the store get their turn.
      for (let at = 0; at < webhookIds.length; at += STATS_WEBHOOKS_MAX) {
        const some = webhookIds.slice(at, at + STATS_WEBHOOKS_MAX);
        const stats = await store.readWebhookStats({ tenant, webhookIds: some, ...window });
        items.push(...stats.map((one) => webhookStatsView(one, window)));
      }
      return { ...windowView(window), items };
    },
  });
}

function countActionsRoute(app: Api, { store, clock }: Services): void {
  app.route({
    method: "GET",
    url: `${TENANT_URL}/stats/actions`,
    config: { access: "events" },
    schema: {
      operationId: "countActions",
      summary: "How many messages of each action were published, in whole hours; test messages are left out",
      tags: ["statistics"],
      params: TENANT_PATH,
      querystring: HOURS_QUERY_SCHEMA,
      response: { 200: ACTION_COUNTS_SCHEMA },
    },
    handler: async (request) => {
      const { from, to } = hoursWindow(request.query, clock.now());
      const items = await store.countActions({ tenant: tenantOf(request).tenant, from, to });
      return { from: isoTime(from), to: isoTime(to), items };
    },
  });
}

async function statsView(
  store: Services["store"],
  asked: StatsWindow & { tenant: number; webhookId: WebhookId | null },
): Promise<Static<typeof STATS_SCHEMA>> {
  const { totals, points, pending } = await store.readStats(asked);
  const known = new Map(points.map((point) => [point.at, point]));
  const nothing = summaryView(summaryOf([]));
  const shown = pointTimes(asked).map((at) => {
    const point = known.get(at);
    return { at: isoTime(at), ...(point === undefined ? nothing : summaryView(point)) };
  });
  return { ...windowView(asked), totals: summaryView(totals), points: shown, pending: pendingView(pending) };
}

function webhookStatsView(stats: WebhookStats, window: StatsWindow): WebhookStatsView {
  const { webhookId, totals, points, pending, lastEvent } = stats;
  const known = new Map(points.map((point) => [point.at, point]));
  return {
    webhookId,
    totals: summaryView(totals),
    points: pointTimes(window).map((at) => {
      const { success = 0, failed = 0 } = known.get(at) ?? {};
      return { at: isoTime(at), success, failed };
    }),
    pending: pendingView(pending),
    lastEvent: lastEvent === null ? null : lastEventView(lastEvent),
  };
}

function windowView({ from, to, bucketMs }: StatsWindow) {
  return { from: isoTime(from), to: isoTime(to), bucketMs };
}

function summaryView(summary: Summary) {
  const { created, success, failed, firstAttempts, firstAttemptSuccess, codes, latency, queued } = summary;
  const counts = { created, success, failed, firstAttempts, firstAttemptSuccess, codes };
  return { ...counts, latency: percentilesView(latency), queued: percentilesView(queued) };
}

/** To a hundredth of a ms, which is finer than what is known. */
function percentilesView(percentiles: Percentiles | null): Percentiles | null {
  if (percentiles === null) return null;
  const [p50, p95, p99] = [percentiles.p50, percentiles.p95, percentiles.p99].map((ms) => Math.round(ms * 100) / 100);
  return { p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0 };
}

function pendingView({ count, oldestAt }: PendingEvents) {
  return { count, oldestAt: oldestAt === null ? null : isoTime(oldestAt) };
}

function lastEventView({ id, status, lastCode, updatedAt }: NonNullable<WebhookStats["lastEvent"]>) {
  return { _id: id, status, ...(lastCode === null ? {} : { lastCode }), _updatedAt: isoTime(updatedAt) };
}
