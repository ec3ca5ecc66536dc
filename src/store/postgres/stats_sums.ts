/**
 * Folding minutes into the sums of longer ranges and of whole tenants. A minute is folded once, when it is over; the
 * setting `stats_folded_until` says how far that has come, and `stats_closed_until` up to where minutes get no more rows
 * that are to be folded (minute_stats.ts). It is no part of delivering, where each commit would otherwise touch six pages in
 * place of one.
 */
import { MINUTE_MS } from "../../domain/stats_window.ts";
import { STATISTICS_ALONE, TRY_FOLDING } from "./advisory_locks.ts";
import type { Connection } from "./connection.ts";
import { readSetting, saveSetting } from "./settings.ts";
import type { Transaction } from "./transaction.ts";

/** Widths of sums, in minutes. */
export const WIDTH = { minute: 1, hour: 60, day: 1_440 } as const;
/** The number that stands for all webhooks of a tenant. */
export const ALL_WEBHOOKS = 0;

const FOLDED_UNTIL = "stats_folded_until";
const CLOSED_UNTIL = "stats_closed_until";

/** The first entry of webhook_minutes_expiry from $1 on that is to be folded. */
const NEXT_MINUTE = `
  select minute from webhook_minutes where minute >= $1 and minute < $2 and slot >= 0 order by minute limit 1`;
/** An array of more elements is summed up when something is added. */
const ELEMENTS_MAX = 128;
const ADD = `
  on conflict (tenant, webhook_no, width, start) do update set tally = case
    when cardinality(s.tally) < ${ELEMENTS_MAX} then s.tally || excluded.tally
    else sum_tally(s.tally || excluded.tally) end`;
/** All by webhook_minutes_expiry, in the order of the primary key. */
const FOLD_WEBHOOKS = `
  insert into webhook_sums as s (tenant, webhook_no, width, start, tally)
  select tenant, webhook_no, $2::integer, $1 - $1 % $2::integer, array_agg(e)
  from webhook_minutes cross join unnest(tally) as e
  where minute = $1 and slot >= 0 group by tenant, webhook_no order by tenant, webhook_no ${ADD}`;
const FOLD_TENANTS = `
  insert into webhook_sums as s (tenant, webhook_no, width, start, tally)
  select tenant, ${ALL_WEBHOOKS}, $2::integer, $1 - $1 % $2::integer, sum_tally(array_agg(e))
  from webhook_minutes cross join unnest(tally) as e
  where minute = $1 and slot >= 0 group by tenant order by tenant ${ADD}`;
const ADD_TO_SUMS = `
  insert into webhook_sums as s (tenant, webhook_no, width, start, tally)
  select tenant, case when $1::boolean then ${ALL_WEBHOOKS} else webhook_no end as no, $2::integer, $3::integer,
    array_agg(what::bigint << 32 | count)
  from unnest($4::integer[], $5::integer[], $6::integer[], $7::bigint[]) as u (tenant, webhook_no, what, count)
  group by tenant, no order by tenant, no ${ADD}`;

/** The number of the minute from which on nothing is folded. */
export async function foldedUntil(sql: Connection): Promise<number> {
  return Number((await readSetting(sql, FOLDED_UNTIL)) ?? 0);
}

/** The number of the minute from which on minutes are open. */
export async function closedUntil(sql: Connection): Promise<number> {
  return Number((await readSetting(sql, CLOSED_UNTIL)) ?? 0);
}

/**
 * Closes the minutes that are over, for {@link foldStats}, in a transaction of its own: it waits for the transactions that
 * add to them, and lets new ones wait for it, which must not be for long.
 */
export async function closeMinutes(tx: Transaction): Promise<void> {
  const present = Math.floor(tx.now / MINUTE_MS);
  if (present <= (await closedUntil(tx.sql))) return;
  await tx.sql.run(`select ${STATISTICS_ALONE}`);
  if (present > (await closedUntil(tx.sql))) await saveSetting(tx.sql, CLOSED_UNTIL, String(present));
}

/** See {@link StatsStore.foldStats}. One process folds at a time. */
export async function foldStats(tx: Transaction, params: { limit: number }): Promise<{ more: boolean }> {
  const lock = await tx.sql.get<{ taken: boolean }>(`select ${TRY_FOLDING} as taken`);
  if (lock?.taken !== true) return { more: false };
  const closed = await closedUntil(tx.sql);
  let folded = await foldedUntil(tx.sql);
  for (let rows = 0; rows < params.limit;) {
    const next = await tx.sql.get<{ minute: number }>(NEXT_MINUTE, folded, closed);
    if (next === undefined) return { more: false };
    const { minute } = next;
    const [ofHour] = await Promise.all([
      tx.sql.run(FOLD_WEBHOOKS, minute, WIDTH.hour),
      tx.sql.run(FOLD_WEBHOOKS, minute, WIDTH.day),
      ...Object.values(WIDTH).map((width) => tx.sql.run(FOLD_TENANTS, minute, width)),
    ]);
    rows += ofHour;
    folded = minute + 1;
    await saveSetting(tx.sql, FOLDED_UNTIL, String(folded));
  }
  return { more: true };
}

/** So many of something that came for a minute that is closed already; see tally.ts. */
export type LateCount = { tenant: number; webhookNo: number; what: number; count: number };

/** Adds to the sums what came for a minute that is closed already. */
export function addToSums(sql: Connection, minute: number, counts: readonly LateCount[]): Promise<unknown>[] {
  const columns = [
    counts.map(({ tenant }) => tenant),
    counts.map(({ webhookNo }) => webhookNo),
    counts.map(({ what }) => what),
    counts.map(({ count }) => count),
  ];
  return Object.values(WIDTH).flatMap((width) => {
    const start = minute - (minute % width);
    const ofTenants = sql.run(ADD_TO_SUMS, true, width, start, ...columns);
    return width === WIDTH.minute ? [ofTenants] : [ofTenants, sql.run(ADD_TO_SUMS, false, width, start, ...columns)];
  });
}
