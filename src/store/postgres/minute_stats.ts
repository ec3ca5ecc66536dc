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
import { addToSums, closedUntil } from "./stats_sums.ts";

type Place = { tenant: number; webhookNo: number };
type Delta = Place & { measure: Measure; bucket: number; count: number };

/** The slot of what is in the sums already. */
const LATE = -1;

/** By the primary key, in its order. A count never shrinks, so the upsert's CHECK holds. */
const ADD_TO_MINUTE = `
  insert into webhook_minutes (tenant, webhook_no, minute, measure, bucket, slot, count)
  select tenant, webhook_no, $1::integer, measure, bucket, $2::smallint, count
  from unnest($3::integer[], $4::integer[], $5::text[], $6::integer[], $7::bigint[])
    as u (tenant, webhook_no, measure, bucket, count)
  on conflict (tenant, webhook_no, minute, measure, bucket, slot)
    do update set count = webhook_minutes.count + excluded.count`;

/** The additions of one transaction, all in the minute of its time. */
export class MinuteDeltas {
  readonly #minute: number;
  readonly #slot: number;
  readonly #deltas = new Map<string, Delta>();
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
    const columns = [
      rows.map((row) => row.tenant),
      rows.map((row) => row.webhookNo),
      rows.map((row) => row.measure),
      rows.map((row) => row.bucket),
      rows.map((row) => row.count),
    ];
    const minutes = sql.run(ADD_TO_MINUTE, this.#minute, isLate ? LATE : this.#slot, ...columns);
    return isLate ? [minutes, ...addToSums(sql, this.#minute, columns)] : [minutes];
  }

  #add({ tenant, webhookNo }: Place, measure: Measure, bucket: number): void {
    const name = `${webhookNo} ${measure} ${bucket}`; // a webhook number belongs to one tenant
    const known = this.#deltas.get(name);
    if (known === undefined) this.#deltas.set(name, { tenant, webhookNo, measure, bucket, count: 1 });
    else known.count += 1;
  }
}

function inKeyOrder(one: Delta, other: Delta): number {
  const byWebhook = one.tenant - other.tenant || one.webhookNo - other.webhookNo;
  if (byWebhook !== 0) return byWebhook;
  if (one.measure !== other.measure) return one.measure < other.measure ? -1 : 1;
  return one.bucket - other.bucket;
}
