/**
 * The partitions of the history, one for each UTC day. They are made some days ahead; what has no partition goes to the
 * default one, where it works as well and is only more work to delete. A new partition is made beside its table and then
 * attached, which keeps nobody from reading or writing for longer than a look into the default partition.
 */
import { DAY_MS } from "../../domain/stats_window.ts";
import { TRY_PARTITIONS } from "./advisory_locks.ts";
import type { Connection } from "./connection.ts";
import { sqlState } from "./failure.ts";
import type { Pool } from "./pool.ts";

/** The tables that are cut by day. */
export const PARTITIONED = ["messages", "events", "attempts", "search_index"] as const;
/** One of {@link PARTITIONED}. */
export type PartitionedTable = (typeof PARTITIONED)[number];
/** So many days after today have partitions. */
const DAYS_AHEAD = 3;
/** Rather than let everybody wait behind us, it is tried again later. */
const LOCK_MS_MAX = 1_000;
/** Rows of the day are in the default partition already. */
const CHECK_VIOLATED = "23514";

const FIND_TABLES = `select relname::text as name from pg_class where relname = any($1::text[]) and relispartition`;

/**
 * Rows by which a new partition gets statistics before it is attached and has rows of its own: without any, the planner takes
 * a day for one among hundreds in its own partition, and rather looks through all of it than for a key.
 */
const SEEDS: { readonly [table in PartitionedTable]: (name: string, day: number) => string } = {
  messages: (name, day) => `
    insert into ${name} (tenant, day, id, topic, action, msg_nature, is_test, search_values, content_bytes, created_at, content)
    select n % 50, ${day}, 'msg_' || md5(n::text), 'T' || n % 9, 'A' || n % 40, 'INFO', false, '[]', 2, n, '{}'
    from generate_series(1, 3000) as n`,
  events: (name, day) => `
    insert into ${name} (tenant, day, id, webhook_no, topic, action, is_test, status, next_attempt_at, attempt_count,
      next_trigger, lease_worker, leased_at, last_code, created_at, updated_at)
    select n % 50, ${day}, 'evt_' || md5(n::text), n % 200, 'T' || n % 9, 'A' || n % 40, false,
      case when n % 10 = 0 then 'PENDING' when n % 10 = 1 then 'FAILED' else 'SUCCESS' end, case when n % 10 = 0 then n end, 1,
      'AUTO', case when n % 20 = 0 then 'wrk_' || n % 3 end, case when n % 20 = 0 then n end, 200 + n % 300, n, n
    from generate_series(1, 3000) as n`,
  attempts: (name, day) => `
    insert into ${name} (tenant, day, event_id, number, trigger_kind, started_at, duration_ms, queued_ms, url, request_headers,
      failure_code, failure_message)
    select n % 50, ${day}, 'evt_' || md5(n::text), 1, 'AUTO', n, n, n, 'https://', '[]', 'C', 'M'
    from generate_series(1, 3000) as n`,
  search_index: (name, day) => `
    insert into ${name} (tenant, day, value, message_id)
    select n % 50, ${day}, 'V' || n % 1500, 'msg_' || md5(n::text) from generate_series(1, 3000) as n`,
};

/**
 * Every event leaves one version of its row behind, and its entries in the indexes of what is under way: these are cleaned up
 * when they are a tenth of the day. The others are only ever added to.
 */
const STORAGE: { readonly [table in PartitionedTable]: string } = {
  messages: "",
  events: " with (autovacuum_vacuum_scale_factor = 0.1)",
  attempts: "",
  search_index: "",
};

/** Makes the partitions of today and the next days, as far as they are missing. `now` by the store's clock, epoch ms. */
export async function makePartitions(pool: Pool, clock: (databaseNow: number) => number): Promise<void> {
  const missing = await pool.read(async ({ sql, now }) => await missingDays(sql, clock(now)));
  for (const day of missing) await makeDay(pool, day);
}

/** All of a day are made, and dropped, together. */
const FIND_DAYS = `
  select substr(relname, length('messages_') + 1) as date from pg_class
  where relispartition and relkind = 'r' and relname ~ '^messages_\\d{4}_\\d\\d_\\d\\d$' order by relname`;

/** The days that have partitions, ascending. */
export async function partitionedDays(sql: Connection): Promise<number[]> {
  const rows = await sql.all<{ date: string }>(FIND_DAYS);
  return rows.map(({ date }) => Math.floor(Date.parse(date.replaceAll("_", "-")) / DAY_MS));
}

/** The name of a table's partition of a day, such as `events_2026_03_10`. */
export function partitionName(table: PartitionedTable, day: number): string {
  return `${table}_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "_")}`;
}

async function missingDays(sql: Connection, now: number): Promise<number[]> {
  const today = Math.floor(now / DAY_MS);
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => today + ahead);
  const names = days.flatMap((day) => PARTITIONED.map((table) => partitionName(table, day)));
  const found = new Set((await sql.all<{ name: string }>(FIND_TABLES, names)).map(({ name }) => name));
  return days.filter((day) => PARTITIONED.some((table) => !found.has(partitionName(table, day))));
}

/** All tables of a day, or none: whoever finds one finds them all. */
async function makeDay(pool: Pool, day: number): Promise<void> {
  try {
    await pool.write(async ({ sql }) => {
      const nothing = { result: undefined, finish: () => [] };
      const [lock] = await sql.all<{ taken: boolean }>(`select ${TRY_PARTITIONS} as taken`);
      if (lock?.taken !== true || !(await missingDays(sql, day * DAY_MS)).includes(day)) return nothing;
      await sql.exec(`set local lock_timeout = ${LOCK_MS_MAX}`);
      for (const table of PARTITIONED) {
        const name = partitionName(table, day);
        await sql.exec(`create table ${name} (like ${table} including all)${STORAGE[table]}`);
        await sql.exec(SEEDS[table](name, day));
        await sql.exec(`analyze ${name}; truncate ${name}`);
        await sql.exec(`alter table ${table} attach partition ${name} for values from (${day}) to (${day + 1})`);
      }
      return nothing;
    });
  } catch (error) {
    if (sqlState(error) !== CHECK_VIOLATED) throw error;
  }
}
