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
const PARTITIONED = ["messages", "events", "attempts", "search_index"] as const;
/** So many days after today have partitions. */
const DAYS_AHEAD = 3;
/** Rather than let everybody wait behind us, it is tried again later. */
const LOCK_MS_MAX = 1_000;
/** Rows of the day are in the default partition already. */
const CHECK_VIOLATED = "23514";

const FIND_TABLES = `select relname::text as name from pg_class where relname = any($1::text[]) and relispartition`;

/** Makes the partitions of today and the next days, as far as they are missing. `now` by the store's clock, epoch ms. */
export async function makePartitions(pool: Pool, clock: (databaseNow: number) => number): Promise<void> {
  const missing = await pool.read(async ({ sql, now }) => await missingDays(sql, clock(now)));
  for (const day of missing) await makeDay(pool, day);
}

/** The name of a table's partition of a day, such as `events_2026_03_10`. */
function partitionName(table: (typeof PARTITIONED)[number], day: number): string {
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
        await sql.exec(
          `create table ${name} (like ${table} including all);
           alter table ${table} attach partition ${name} for values from (${day}) to (${day + 1})`,
        );
      }
      return nothing;
    });
  } catch (error) {
    if (sqlState(error) !== CHECK_VIOLATED) throw error;
  }
}
