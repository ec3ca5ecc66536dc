/** Event counters by webhook and status, kept by the transactions that change the rows: deltas are summed, then written once. */
import type { EventStatus } from "../../domain/values.ts";
import type { Connection } from "./connection.ts";
import { jobDifferences } from "./job_differences.ts";

/** What one counter counts. */
type CounterKey = { tenant: number; webhookNo: number; isTest: boolean; status: EventStatus };

/** By the primary key. An update before the insert, since an upsert would hold a negative delta against the CHECK. */
const ADD_TO_COUNTER = `
  update counters set count = count + ?5
  where tenant = ?1 and webhook_no = ?2 and is_test = ?3 and status = ?4 and slot = 0`;
const INSERT_COUNTER = `
  insert into counters (tenant, webhook_no, is_test, status, slot, count) values (?1, ?2, ?3, ?4, 0, ?5)`;

/** The changes of one transaction. */
export class CounterDeltas {
  readonly #deltas = new Map<string, CounterKey & { delta: number }>();

  add(key: CounterKey, delta: number): void {
    const name = `${key.webhookNo} ${key.status} ${key.isTest}`; // a webhook number belongs to one tenant
    const known = this.#deltas.get(name);
    if (known === undefined) this.#deltas.set(name, { ...key, delta });
    else known.delta += delta;
  }

  /** Writes what was added since the last flush. */
  flush(sql: Connection): void {
    for (const { tenant, webhookNo, isTest, status, delta } of this.#deltas.values()) {
      if (delta === 0) continue;
      const changed = sql.run(ADD_TO_COUNTER, tenant, webhookNo, isTest ? 1 : 0, status, delta);
      if (changed === 0) sql.run(INSERT_COUNTER, tenant, webhookNo, isTest ? 1 : 0, status, delta);
    }
    this.#deltas.clear();
  }
}

type CountRow = { webhook_no: number; status: EventStatus; total: number };

/** By a prefix of the primary key. */
const WEBHOOK_COUNTS = `
  select webhook_no, status, sum(count) as total from counters
  where tenant = ?1 and webhook_no = ?2 and is_test = 0 group by status`;

/** What a webhook's `stats` show; test events are in no statistic. */
export function webhookStats(
  sql: Connection,
  webhook: { tenant: number; webhookNo: number },
): { pending: number; success: number; failed: number } {
  const stats = { PENDING: 0, SUCCESS: 0, FAILED: 0 };
  const rows = sql.all<CountRow>(WEBHOOK_COUNTS, webhook.tenant, webhook.webhookNo);
  for (const row of rows) stats[row.status] = row.total;
  return { pending: stats.PENDING, success: stats.SUCCESS, failed: stats.FAILED };
}

/** A tenant has at most a few hundred counters: all of them are read by a prefix of the primary key. */
const TOTAL_OF_TENANT = `
  select coalesce(sum(count), 0) as total from counters
  where tenant = ?1 and (?2 is null or webhook_no = ?2) and (?3 is null or is_test = ?3) and (?4 is null or status = ?4)`;

/** The exact number of events of a tenant, or of one of its webhooks; null does not narrow. */
export function countedEvents(
  sql: Connection,
  which: { tenant: number; webhookNo: number | null; isTest: boolean | null; status: EventStatus | null },
): number {
  const isTest = which.isTest === null ? null : Number(which.isTest);
  const row = sql.get<{ total: number }>(TOTAL_OF_TENANT, which.tenant, which.webhookNo, isTest, which.status);
  return row?.total ?? 0;
}

const DIFFERENCES = `
  select tenant, webhook_no, is_test, status, sum(rows) as rows, sum(counted) as counted from (
    select tenant, webhook_no, is_test, status, count(*) as rows, 0 as counted from events group by 1, 2, 3, 4
    union all
    select tenant, webhook_no, is_test, status, 0, count from counters
  ) group by 1, 2, 3, 4 having sum(rows) <> sum(counted)`;

type DifferenceRow = {
  tenant: number;
  webhook_no: number;
  is_test: number;
  status: string;
  rows: number;
  counted: number;
};

/** A sentence for every counter that differs from the rows. Reads the whole table of events. */
export function counterDifferences({ sql }: { sql: Connection }): string[] {
  const ofWebhooks = sql
    .all<DifferenceRow>(DIFFERENCES)
    .map(
      (row) =>
        `tenant ${row.tenant}, webhook number ${row.webhook_no}, ${row.is_test === 1 ? "test " : ""}${row.status}: ` +
        `${row.rows} events, but counted ${row.counted}`,
    );
  return [...ofWebhooks, ...jobDifferences(sql)];
}
