/**
 * Reading statistics: one range of the primary key of the widest rows that make up the points, and the minutes that are not
 * folded into them yet.
 */
import { assert } from "../../assert.ts";
import type { MeasureCount } from "../../domain/statistics.ts";
import { summaryOf } from "../../domain/statistics.ts";
import type { StatsWindow } from "../../domain/stats_window.ts";
import { MINUTE_MS, resolutionOf } from "../../domain/stats_window.ts";
import type { EventStatus } from "../../domain/values.ts";
import type { EventId, WebhookId } from "../../ids.ts";
import type { PendingEvents, Stats, WebhookStats } from "../stats.ts";
import { STATS_LOOKED_AT_MAX, STATS_WEBHOOKS_MAX } from "../stats.ts";
import type { Connection } from "./connection.ts";
import { countedEvents } from "./counters.ts";
import { ALL_WEBHOOKS, foldedUntil, WIDTH } from "./stats_sums.ts";
import { UNPACK, measureOf } from "./tally.ts";
import type { ReadView } from "./transaction.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** Whose statistics: a webhook's, or with null its tenant's. */
type Owner = { tenant: number; webhookNo: number | null };

type PointCount = MeasureCount & { point: number };
type CountRow = { point: number; what: number; count: number };

/** $1 to $5 of each: tenant, webhook number, first minute, end, minutes of a point. By the primary key. */
const MINUTES_OF_WEBHOOK = `
  select (t.minute - $3::integer) / $5::integer as point, u.what, sum(u.count)::bigint as count
  from webhook_minutes t, ${UNPACK}
  where t.tenant = $1 and t.webhook_no = $2 and t.minute >= $3 and t.minute < $4
  group by point, what`;
/**
 * $6 is the width of the sums, $7 the first minute that is not folded into them (but for what came late, which is under the
 * slot -1). Both halves by their primary key.
 */
const SUMS_OF_WEBHOOK = `
  select (minute - $3::integer) / $5::integer as point, what, sum(count)::bigint as count from (
    select t.start as minute, u.what, u.count from webhook_sums t, ${UNPACK}
    where t.tenant = $1 and t.webhook_no = $2 and t.width = $6 and t.start >= $3 and t.start < $4
    union all
    select t.minute, u.what, u.count from webhook_minutes t, ${UNPACK}
    where t.tenant = $1 and t.webhook_no = $2 and t.minute >= greatest($3::integer, $7::integer) and t.minute < $4
      and t.slot >= 0
  ) m group by point, what`;
/** The second half by webhook_minutes_expiry: what is not folded yet is the last minute or two of everybody. */
const SUMS_OF_TENANT = `
  select (minute - $3::integer) / $5::integer as point, what, sum(count)::bigint as count from (
    select t.start as minute, u.what, u.count from webhook_sums t, ${UNPACK}
    where t.tenant = $1 and t.webhook_no = $2 and t.width = $6 and t.start >= $3 and t.start < $4
    union all
    select t.minute, u.what, u.count from webhook_minutes t, ${UNPACK}
    where t.tenant = $1 and t.minute >= greatest($3::integer, $7::integer) and t.minute < $4 and t.slot >= 0
  ) m group by point, what`;

/** By events_pending and events_leased, the oldest first. */
const OLDEST_PENDING = `
  select created_at, is_test from (
    (select id, created_at, is_test from events
      where tenant = $1 and status = 'PENDING' and lease_worker is null order by id limit $2)
    union all
    (select id, created_at, is_test from events
      where tenant = $1 and status = 'PENDING' and lease_worker is not null order by id limit $2)
  ) e order by id limit $2`;
/** By events_pending_webhook and events_leased, the oldest first. */
const OLDEST_PENDING_OF_WEBHOOK = `
  select created_at, is_test from (
    (select id, created_at, is_test from events
      where tenant = $1 and webhook_no = $2 and status = 'PENDING' and lease_worker is null order by id limit $3)
    union all
    (select id, created_at, is_test from events
      where tenant = $1 and webhook_no = $2 and status = 'PENDING' and lease_worker is not null order by id limit $3)
  ) e order by id limit $3`;
/** The newest first of each index range that the events of a webhook are in. */
const NEWEST_EVENTS = [
  "status = 'SUCCESS'",
  "status = 'FAILED'",
  "status = 'PENDING' and lease_worker is null",
  "status = 'PENDING' and lease_worker is not null",
].map(
  (range) => `
  select id, status, last_code, updated_at, is_test from events
  where tenant = $1 and webhook_no = $2 and ${range} order by id desc limit $3`,
);

/** See {@link StatsStore.readStats}. */
export async function readStats(
  { sql }: ReadView,
  params: StatsWindow & { tenant: number; webhookId: WebhookId | null },
): Promise<Stats> {
  const { tenant, webhookId } = params;
  const webhookNo = webhookId === null ? null : await webhookNoFor(sql, { tenant, webhookId });
  if (webhookId !== null && webhookNo === null)
    return { totals: summaryOf([]), points: [], pending: { count: 0, oldestAt: null } };
  const counts = await readCounts(sql, { tenant, webhookNo }, params);
  const points = byPoint(params, counts).map(([at, ofPoint]) => {
    const summary = summaryOf(ofPoint);
    return { at, ...summary };
  });
  return { totals: summaryOf(counts), points, pending: await pendingEvents(sql, { tenant, webhookNo }) };
}

/** See {@link StatsStore.readWebhookStats}. */
export async function readWebhookStats(
  { sql }: ReadView,
  params: StatsWindow & { tenant: number; webhookIds: readonly WebhookId[] },
): Promise<WebhookStats[]> {
  const { tenant, webhookIds } = params;
  assert(webhookIds.length <= STATS_WEBHOOKS_MAX, `statistics of ${webhookIds.length} webhooks were asked for at once`);
  const found = await Promise.all(webhookIds.map((webhookId) => oneWebhook(sql, { ...params, tenant, webhookId })));
  return found.flat();
}

async function oneWebhook(
  sql: Connection,
  params: StatsWindow & { tenant: number; webhookId: WebhookId },
): Promise<WebhookStats[]> {
  const { tenant, webhookId } = params;
  const webhookNo = await webhookNoFor(sql, { tenant, webhookId });
  if (webhookNo === null) return [];
  const [counts, pending, last] = await Promise.all([
    readCounts(sql, { tenant, webhookNo }, params),
    pendingEvents(sql, { tenant, webhookNo }),
    lastEvent(sql, tenant, webhookNo),
  ]);
  const points = byPoint(params, counts.filter(isOutcome)).map(([at, ofPoint]) => {
    const { success, failed } = summaryOf(ofPoint);
    return { at, success, failed };
  });
  return [{ webhookId, totals: summaryOf(counts), points, pending, lastEvent: last }];
}

async function readCounts(sql: Connection, owner: Owner, window: StatsWindow): Promise<PointCount[]> {
  const rows = await readRows(sql, owner, window);
  return rows.map(({ point, what, count }) => {
    const { measure, bucket } = measureOf(what);
    return { point, measure, bucket, count };
  });
}

async function readRows(sql: Connection, { tenant, webhookNo }: Owner, window: StatsWindow): Promise<CountRow[]> {
  const range = [window.from / MINUTE_MS, window.to / MINUTE_MS, window.bucketMs / MINUTE_MS];
  const width = WIDTH[resolutionOf(window.bucketMs)];
  if (webhookNo !== null && width === WIDTH.minute) {
    return await sql.all<CountRow>(MINUTES_OF_WEBHOOK, tenant, webhookNo, ...range);
  }
  const sums = webhookNo === null ? SUMS_OF_TENANT : SUMS_OF_WEBHOOK;
  return await sql.all<CountRow>(sums, tenant, webhookNo ?? ALL_WEBHOOKS, ...range, width, await foldedUntil(sql));
}

function isOutcome({ measure }: MeasureCount): boolean {
  return measure === "SUCCESS" || measure === "FAILED";
}

/** The counts of each point, in their order; `at` is when it begins, epoch ms. */
function byPoint({ from, bucketMs }: StatsWindow, counts: readonly PointCount[]): [at: number, counts: PointCount[]][] {
  const points = [...Map.groupBy(counts, ({ point }) => point)].sort(([one], [other]) => one - other);
  return points.map(([point, ofPoint]) => [from + point * bucketMs, ofPoint]);
}

async function pendingEvents(sql: Connection, { tenant, webhookNo }: Owner): Promise<PendingEvents> {
  const count = await countedEvents(sql, { tenant, webhookNo, isTest: false, status: "PENDING" });
  type Row = { created_at: number; is_test: boolean };
  const oldest = await firstCounted((limit) =>
    webhookNo === null
      ? sql.everyDay<Row>(OLDEST_PENDING, tenant, limit)
      : sql.everyDay<Row>(OLDEST_PENDING_OF_WEBHOOK, tenant, webhookNo, limit),
  );
  return { count, oldestAt: oldest?.created_at ?? null };
}

async function lastEvent(sql: Connection, tenant: number, webhookNo: number): Promise<WebhookStats["lastEvent"]> {
  type Row = { id: EventId; status: EventStatus; last_code: string | null; updated_at: number; is_test: boolean };
  const firsts = await Promise.all(
    NEWEST_EVENTS.map((newest) => firstCounted((limit) => sql.everyDay<Row>(newest, tenant, webhookNo, limit))),
  );
  const [first, ...others] = firsts.filter((row) => row !== null);
  if (first === undefined) return null;
  const last = others.reduce((one, other) => (other.id > one.id ? other : one), first);
  return { id: last.id, status: last.status, lastCode: last.last_code, updatedAt: last.updated_at };
}

/** The first row that is no test's. Nearly always that is the very first one, so more are only read where it is not. */
async function firstCounted<Row extends { is_test: boolean }>(
  read: (limit: number) => Promise<Row[]>,
): Promise<Row | null> {
  for (const limit of [1, STATS_LOOKED_AT_MAX]) {
    const found = (await read(limit)).find((row) => !row.is_test);
    if (found !== undefined) return found;
  }
  return null;
}
