/**
 * Folding minutes into the sums of longer ranges and of whole tenants. A minute is folded once, when it is over; the
 * setting `stats_folded_until` says how far that has come. It is no part of delivering, where each commit would otherwise
 * touch six pages in place of one.
 */
import type { Measure } from "../../domain/statistics.ts";
import { MINUTE_MS } from "../../domain/stats_window.ts";
import type { Connection } from "./connection.ts";
import { readSetting, saveSetting } from "./settings.ts";
import type { Transaction } from "./transaction.ts";

/** Widths of sums, in minutes. */
export const WIDTH = { minute: 1, hour: 60, day: 1_440 } as const;
/** The number that stands for all webhooks of a tenant. */
export const ALL_WEBHOOKS = 0;

const FOLDED_UNTIL = "stats_folded_until";

/** The first entry of webhook_minutes_expiry from ?1 on. */
const NEXT_MINUTE = `
  select minute from webhook_minutes indexed by webhook_minutes_expiry
  where minute >= ?1 and minute < ?2 order by minute limit 1`;
/** Both by webhook_minutes_expiry; a count never shrinks, so the upsert's CHECK holds. */
const FOLD_WEBHOOKS = `
  insert into webhook_sums (tenant, webhook_no, width, start, measure, bucket, count)
  select tenant, webhook_no, ?2, minute - minute % ?2, measure, bucket, count
  from webhook_minutes indexed by webhook_minutes_expiry where minute = ?1
  on conflict do update set count = count + excluded.count`;
const FOLD_TENANTS = `
  insert into webhook_sums (tenant, webhook_no, width, start, measure, bucket, count)
  select tenant, ${ALL_WEBHOOKS}, ?2, minute - minute % ?2, measure, bucket, sum(count)
  from webhook_minutes indexed by webhook_minutes_expiry where minute = ?1 group by tenant, measure, bucket
  on conflict do update set count = count + excluded.count`;
const ADD_TO_SUM = `
  insert into webhook_sums (tenant, webhook_no, width, start, measure, bucket, count) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
  on conflict do update set count = count + excluded.count`;

/** The number of the minute from which on nothing is folded. */
export function foldedUntil(sql: Connection): number {
  return Number(readSetting(sql, FOLDED_UNTIL) ?? 0);
}

/** See {@link StatsStore.foldStats}. This store has one writer, so a minute is over when its time is. */
export function foldStats(tx: Transaction, params: { limit: number }): { more: boolean } {
  tx.flush(); // the minutes are read below
  const present = Math.floor(tx.now / MINUTE_MS);
  for (let rows = 0; rows < params.limit;) {
    const next = tx.sql.get<{ minute: number }>(NEXT_MINUTE, foldedUntil(tx.sql), present);
    if (next === undefined) return { more: false };
    rows += tx.sql.run(FOLD_WEBHOOKS, next.minute, WIDTH.hour);
    tx.sql.run(FOLD_WEBHOOKS, next.minute, WIDTH.day);
    for (const width of Object.values(WIDTH)) tx.sql.run(FOLD_TENANTS, next.minute, width);
    saveSetting(tx.sql, FOLDED_UNTIL, String(next.minute + 1));
  }
  return { more: true };
}

/** Adds to the sums what came for a minute that is folded already, because the clock was set back. */
export function addToSums(
  sql: Connection,
  late: { tenant: number; webhookNo: number; minute: number; measure: Measure; bucket: number; count: number },
): void {
  const { tenant, webhookNo, minute, measure, bucket, count } = late;
  for (const width of Object.values(WIDTH)) {
    const start = minute - (minute % width);
    sql.run(ADD_TO_SUM, tenant, ALL_WEBHOOKS, width, start, measure, bucket, count);
    if (width !== WIDTH.minute) sql.run(ADD_TO_SUM, tenant, webhookNo, width, start, measure, bucket, count);
  }
}
