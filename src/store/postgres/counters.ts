/** Event counters by webhook and status, kept by the transactions that change the rows: deltas are summed, then written once. */
import type { EventStatus } from "../../domain/values.ts";
import type { Connection } from "./connection.ts";
import { jobDifferences } from "./job_differences.ts";

/** What one counter counts. */
type CounterKey = { tenant: number; webhookNo: number; isTest: boolean; status: EventStatus };

/** By the primary key. The rows come in the order of their keys, in which every transaction locks them. */
const ADD_TO_COUNTERS = `
  insert into counters (tenant, webhook_no, is_test, status, slot, count)
  select tenant, webhook_no, is_test, status, $1::smallint, delta
  from unnest($2::integer[], $3::integer[], $4::boolean[], $5::text[], $6::bigint[])
    as u (tenant, webhook_no, is_test, status, delta)
  on conflict (tenant, webhook_no, is_test, status, slot) do update set count = counters.count + excluded.count`;

/** The changes of one transaction. */
export class CounterDeltas {
  readonly #slot: number;
  readonly #deltas = new Map<string, CounterKey & { delta: number }>();

  /** `slot` is that of this process. */
  constructor(slot: number) {
    this.#slot = slot;
  }

  add(key: CounterKey, delta: number): void {
    const name = `${key.webhookNo} ${key.status} ${key.isTest}`; // a webhook number belongs to one tenant
    const known = this.#deltas.get(name);
    if (known === undefined) this.#deltas.set(name, { ...key, delta });
    else known.delta += delta;
  }

  /** Writes what was added since the last time. */
  flush(sql: Connection): Promise<unknown>[] {
    const rows = [...this.#deltas.values()].filter(({ delta }) => delta !== 0).sort(inKeyOrder);
    this.#deltas.clear();
    if (rows.length === 0) return [];
    const keys = [rows.map((row) => row.tenant), rows.map((row) => row.webhookNo), rows.map((row) => row.isTest)];
    const rest = [rows.map((row) => row.status), rows.map((row) => row.delta)];
    return [sql.run(ADD_TO_COUNTERS, this.#slot, ...keys, ...rest)];
  }
}

function inKeyOrder(one: CounterKey, other: CounterKey): number {
  const byNumber = one.tenant - other.tenant || one.webhookNo - other.webhookNo;
  return byNumber || Number(one.isTest) - Number(other.isTest) || (one.status < other.status ? -1 : 1);
}

type CountRow = { webhook_no: number; status: EventStatus; total: number };

/** By a prefix of the primary key. */
const WEBHOOK_COUNTS = `
  select webhook_no, status, sum(count)::bigint as total from counters
  where tenant = $1 and webhook_no = any($2::integer[]) and not is_test group by webhook_no, status`;

/** What `stats` of webhooks show, by number; test events are in no statistic. */
export async function webhookStats(
  sql: Connection,
  which: { tenant: number; webhookNos: readonly number[] },
): Promise<(webhookNo: number) => { pending: number; success: number; failed: number }> {
  const rows = await sql.all<CountRow>(WEBHOOK_COUNTS, which.tenant, which.webhookNos);
  const totals = new Map(rows.map((row) => [`${row.webhook_no} ${row.status}`, row.total]));
  const of = (webhookNo: number, status: EventStatus): number => totals.get(`${webhookNo} ${status}`) ?? 0;
  return (no) => ({ pending: of(no, "PENDING"), success: of(no, "SUCCESS"), failed: of(no, "FAILED") });
}

/** A tenant has at most a few hundred counters: all of them are read by a prefix of the primary key. */
const TOTAL_OF_TENANT = `
  select coalesce(sum(count), 0)::bigint as total from counters
  where tenant = $1 and ($2::integer is null or webhook_no = $2) and ($3::boolean is null or is_test = $3)
    and ($4::text is null or status = $4)`;

/** The exact number of events of a tenant, or of one of its webhooks; null does not narrow. */
export async function countedEvents(
  sql: Connection,
  which: { tenant: number; webhookNo: number | null; isTest: boolean | null; status: EventStatus | null },
): Promise<number> {
  const { tenant, webhookNo, isTest, status } = which;
  const row = await sql.get<{ total: number }>(TOTAL_OF_TENANT, tenant, webhookNo, isTest, status);
  return row?.total ?? 0;
}

const DIFFERENCES = `
  select tenant, webhook_no, is_test, status, sum(rows)::bigint as rows, sum(counted)::bigint as counted from (
    select tenant, webhook_no, is_test, status, count(*) as rows, 0 as counted from events group by 1, 2, 3, 4
    union all
    select tenant, webhook_no, is_test, status, 0, count from counters
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
  await sql.exec("set local statement_timeout = 0");
  const ofWebhooks = await sql.all<DifferenceRow>(DIFFERENCES);
  return [
    ...ofWebhooks.map(
      (row) =>
        `tenant ${row.tenant}, webhook number ${row.webhook_no}, ${row.is_test ? "test " : ""}${row.status}: ` +
        `${row.rows} events, but counted ${row.counted}`,
    ),
    ...(await jobDifferences(sql)),
  ];
}
