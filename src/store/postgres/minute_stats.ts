/**
 * Statistics by webhook and minute, which charts and percentiles are merged from; test events are in none of them. What is
 * counted is told with {@link Measure}.
 *
 * Many transactions add at the same time, and a minute must not be folded into sums (stats_sums.ts) while one that belongs to
 * it is under way. So each of them holds a shared lock, and folding takes the lock alone for a moment, to note up to where
 * minutes are closed. What comes for a closed minute even so (a slow transaction, a clock that was set back) is added to the
 * sums at once, and kept under the slot -1, which is never folded.
 */
import { histogramBucket } from "../../domain/histogram.ts";
import type { Measure } from "../../domain/statistics.ts";
import { MINUTE_MS } from "../../domain/stats_window.ts";
import type { Settlement } from "../delivery.ts";
import { STATISTICS_SHARED } from "./advisory_locks.ts";
import type { Connection } from "./connection.ts";
import type { LateCount } from "./stats_sums.ts";
import { addToSums, closedUntil } from "./stats_sums.ts";
import { tallyText, whatOf } from "./tally.ts";

type Place = { tenant: number; webhookNo: number };
/** What was counted of a webhook, by its number (tally.ts). */
type Delta = Place & { counts: Map<number, number> };

/** The slot of what is in the sums already. */
const LATE = -1;
/** An array of more elements is summed up when something is added. */
const ELEMENTS_MAX = 64;

/** By the primary key, in its order. */
const ADD_TO_MINUTE = `
  insert into webhook_minutes as m (tenant, webhook_no, minute, slot, tally)
  select unnest($3::integer[]), unnest($4::integer[]), $1::integer, $2::smallint, unnest($5::text[])::bigint[]
  on conflict (tenant, webhook_no, minute, slot) do update set tally =
    case when cardinality(m.tally) < ${ELEMENTS_MAX} then m.tally || excluded.tally else sum_tally(m.tally || excluded.tally) end`;

/** The additions of one transaction, all in the minute of its time. */
export class MinuteDeltas {
  readonly #minute: number;
  readonly #slot: number;
  readonly #deltas = new Map<number, Delta>();
  #closedUntil: number | null = null;

  constructor(place: { now: number; slot: number }) {
    this.#minute = Math.floor(place.now / MINUTE_MS);
    this.#slot = place.slot;
  }

  created(place: Place): void {
    this.#add(place, "CREATED", 0);
  }

  /** An attempt that was made (ABANDONED ones were not, as far as is known). */
  attempted(place: Place, { attempt, status, record }: Settlement): void {
    this.#add(place, status, histogramBucket(record.durationMs));
    this.#add(place, "CODE", record.response?.status ?? 0);
    if (attempt !== 1) return;
    this.#add(place, "QUEUED", histogramBucket(record.timings.queuedMs));
    if (status === "SUCCESS") this.#add(place, "FIRST_SUCCESS", 0);
  }

  /** Takes the lock and learns what is closed: early, where it shares the round trip of other statements. */
  async open(sql: Connection): Promise<void> {
    if (this.#closedUntil !== null) return;
    const [, until] = await Promise.all([sql.run(`select ${STATISTICS_SHARED}`), closedUntil(sql)]);
    this.#closedUntil = until;
  }

  /** Whether {@link open} must come before {@link flush}. */
  get mustOpen(): boolean {
    return this.#deltas.size > 0 && this.#closedUntil === null;
  }

  /** Writes what was added since the last time. */
  flush(sql: Connection): Promise<unknown>[] {
    const rows = [...this.#deltas.values()].sort(inKeyOrder);
    this.#deltas.clear();
    if (rows.length === 0) return [];
    const isLate = this.#minute < (this.#closedUntil ?? 0);
    const minutes = sql.run(
      ADD_TO_MINUTE,
      this.#minute,
      isLate ? LATE : this.#slot,
      rows.map((row) => row.tenant),
      rows.map((row) => row.webhookNo),
      rows.map((row) => tallyText(row.counts)),
    );
    return isLate ? [minutes, ...addToSums(sql, this.#minute, countsOf(rows))] : [minutes];
  }

  #add({ tenant, webhookNo }: Place, measure: Measure, bucket: number): void {
    let known = this.#deltas.get(webhookNo); // a webhook number belongs to one tenant
    if (known === undefined) this.#deltas.set(webhookNo, (known = { tenant, webhookNo, counts: new Map() }));
    const what = whatOf({ measure, bucket });
    known.counts.set(what, (known.counts.get(what) ?? 0) + 1);
  }
}

function inKeyOrder(one: Delta, other: Delta): number {
  return one.tenant - other.tenant || one.webhookNo - other.webhookNo;
}

function countsOf(rows: readonly Delta[]): LateCount[] {
  return rows.flatMap(({ tenant, webhookNo, counts }) =>
    Array.from(counts, ([what, count]) => ({ tenant, webhookNo, what, count })),
  );
}
