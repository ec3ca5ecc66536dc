/**
 * Statistics by webhook and minute, which charts and percentiles are merged from; test events are in none of them. What is
 * counted is told with {@link Measure}.
 */
import { histogramBucket } from "../../domain/histogram.ts";
import type { Measure } from "../../domain/statistics.ts";
import { MINUTE_MS } from "../../domain/stats_window.ts";
import type { Settlement } from "../delivery.ts";
import type { Connection } from "./connection.ts";
import { addToSums, foldedUntil } from "./stats_sums.ts";

type Place = { tenant: number; webhookNo: number };

/** By the primary key; a count never shrinks, so the upsert's CHECK holds. */
const ADD_TO_MINUTE = `
  insert into webhook_minutes (tenant, webhook_no, minute, measure, bucket, count) values (?1, ?2, ?3, ?4, ?5, ?6)
  on conflict do update set count = count + excluded.count`;

/** The additions of one transaction, all in the minute of its time. */
export class MinuteDeltas {
  readonly #minute: number;
  readonly #deltas = new Map<string, { place: Place; measure: Measure; bucket: number; count: number }>();

  constructor(now: number) {
    this.#minute = Math.floor(now / MINUTE_MS);
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

  /** Writes what was added since the last flush. */
  flush(sql: Connection): void {
    if (this.#deltas.size === 0) return;
    const isFolded = this.#minute < foldedUntil(sql);
    for (const { place, measure, bucket, count } of this.#deltas.values()) {
      sql.run(ADD_TO_MINUTE, place.tenant, place.webhookNo, this.#minute, measure, bucket, count);
      if (isFolded) addToSums(sql, { ...place, minute: this.#minute, measure, bucket, count });
    }
    this.#deltas.clear();
  }

  #add(place: Place, measure: Measure, bucket: number): void {
    const name = `${place.webhookNo} ${measure} ${bucket}`; // a webhook number belongs to one tenant
    const known = this.#deltas.get(name);
    if (known === undefined) this.#deltas.set(name, { place, measure, bucket, count: 1 });
    else known.count += 1;
  }
}
