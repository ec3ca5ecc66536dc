/** Event counters by webhook and status, kept by the transactions that change the rows: deltas are summed, then written once. */
import type { EventStatus } from "../../domain/values.ts";
import { EVENT_STATUSES } from "../../domain/values.ts";
import type { Connection } from "./connection.ts";
import { jobDifferences } from "./job_differences.ts";

/** So long may counting every row take. */
export const COUNTING_MS_MAX = 600_000;

/** What one counter counts. */
type CounterKey = { tenant: number; webhookNo: number; isTest: boolean; status: EventStatus };
/** The changes of a webhook's counters. */
type Deltas = Omit<CounterKey, "status"> & Record<EventStatus, number>;

/** By the primary key. The rows come in the order of their keys, in which every transaction locks them. */
const ADD_TO_COUNTERS = `
  insert into counters (tenant, webhook_no, is_test, slot, pending, success, failed)
  select unnest($2::integer[]), unnest($3::integer[]), unnest($4::boolean[]), $1::smallint, unnest($5::bigint[]),
    unnest($6::bigint[]), unnest($7::bigint[])
  on conflict (tenant, webhook_no, is_test, slot) do update set pending = counters.pending + excluded.pending,
    success = counters.success + excluded.success, failed = counters.failed + excluded.failed`;

/** The changes of one transaction. */
export class CounterDeltas {
  readonly #slot: number;
  readonly #deltas = new Map<string, Deltas>();

  /** `slot` is that of this process. */
  constructor(slot: number) {
    this.#slot = slot;
  }

  add({ tenant, webhookNo, isTest, status }: CounterKey, delta: number): void {
    const name = `${webhookNo} ${isTest}`; // a webhook number belongs to one tenant
    let known = this.#deltas.get(name);
    if (known === undefined)
      this.#deltas.set(name, (known = { tenant, webhookNo, isTest, PENDING: 0, SUCCESS: 0, FAILED: 0 }));
    known[status] += delta;
  }

  /** Writes what was added since the last time. */
  flush(sql: Connection): Promise<unknown>[] {
    const changed = [...this.#deltas.values()].filter((row) => EVENT_STATUSES.some((status) => row[status] !== 0));
    this.#deltas.clear();
    if (changed.length === 0) return [];
    const rows = changed.sort(inKeyOrder);
    const keys = [rows.map((row) => row.tenant), rows.map((row) => row.webhookNo), rows.map((row) => row.isTest)];
    const deltas = [rows.map((row) => row.PENDING), rows.map((row) => row.SUCCESS), rows.map((row) => row.FAILED)];
    return [sql.run(ADD_TO_COUNTERS, this.#slot, ...keys, ...deltas)];
  }
}

function inKeyOrder(one: Deltas, other: Deltas): number {
  return one.tenant - other.tenant || one.webhookNo - other.webhookNo || Number(one.isTest) - Number(other.isTest);
}

type CountRow = { webhook_no: number; pending: number; success: number; failed: number };

/** By a prefix of the primary key. */
const WEBHOOK_COUNTS = `
  select webhook_no, sum(pending)::bigint as pending, sum(success)::bigint as success, sum(failed)::bigint as failed
  from counters where tenant = $1 and webhook_no = any($2::integer[]) and not is_test group by webhook_no`;

/** What `stats` of webhooks show, by number; test events are in no statistic. */
export async function webhookStats(
  sql: Connection,
  which: { tenant: number; webhookNos: readonly number[] },
): Promise<(webhookNo: number) => { pending: number; success: number; failed: number }> {
  const rows = await sql.all<CountRow>(WEBHOOK_COUNTS, which.tenant, which.webhookNos);
  const counts = new Map(
    rows.map(({ webhook_no: no, pending, success, failed }) => [no, { pending, success, failed }]),
  );
  return (no) => counts.get(no) ?? { pending: 0, success: 0, failed: 0 };
}

/** A tenant has at most a few hundred counters: all of them are read by a prefix of the primary key. */
const TOTAL_OF_TENANT = `
  select sum(pending)::bigint as "PENDING", sum(success)::bigint as "SUCCESS", sum(failed)::bigint as "FAILED"
  from counters
  where tenant = $1 and ($2::integer is null or webhook_no = $2) and ($3::boolean is null or is_test = $3)`;

/** The exact number of events of a tenant, or of one of its webhooks; null does not narrow. */
export async function countedEvents(
  sql: Connection,
  which: { tenant: number; webhookNo: number | null; isTest: boolean | null; status: EventStatus | null },
): Promise<number> {
  const { tenant, webhookNo, isTest, status } = which;
  const row = await sql.get<Record<EventStatus, number | null>>(TOTAL_OF_TENANT, tenant, webhookNo, isTest);
  let total = 0;
  for (const one of status === null ? EVENT_STATUSES : [status]) total += row?.[one] ?? 0;
  return total;
}

const DIFFERENCES = `
  select tenant, webhook_no, is_test, status, sum(rows)::bigint as rows, sum(counted)::bigint as counted from (
    select tenant, webhook_no, is_test, status, count(*) as rows, 0 as counted from events group by 1, 2, 3, 4
    union all
    select tenant, webhook_no, is_test, status, 0, count
    from counters cross join lateral (values ('PENDING', pending), ('SUCCESS', success), ('FAILED', failed)) as v (status, count)
  ) c group by 1, 2, 3, 4 having sum(rows) <> sum(counted)`;

type DifferenceRow = {
  tenant: number;
  webhook_no: number;
  is_test: boolean;
  status: string;
  rows: number;
  counted: number;
};

/** A sentence for every counter that differs from the rows. Reads the whole table of events. */
export async function counterDifferences({ sql }: { sql: Connection }): Promise<string[]> {
  await sql.exec(`set local statement_timeout = ${COUNTING_MS_MAX}`);
  const ofWebhooks = await sql.long<DifferenceRow>(DIFFERENCES, COUNTING_MS_MAX);
  return [
    ...ofWebhooks.map(
      (row) =>
        `tenant ${row.tenant}, webhook number ${row.webhook_no}, ${row.is_test ? "test " : ""}${row.status}: ` +
        `${row.rows} events, but counted ${row.counted}`,
    ),
    ...(await jobDifferences(sql, COUNTING_MS_MAX)),
  ];
}
