/**
 * What charts show of deliveries: counts and percentiles, read off counts by measure and bucket that may be added up over
 * any minutes and webhooks. Percentiles come from merged histograms, since an average of percentiles means nothing.
 */
import { unreachable } from "../assert.ts";
import { percentile } from "./histogram.ts";

/**
 * What is counted. SUCCESS and FAILED: attempts by how they ended, with the histogram bucket of their duration. QUEUED:
 * first attempts, with the bucket of how long they had waited. CODE: attempts, with the response's status as the bucket, 0
 * for no response. CREATED: new events. FIRST_SUCCESS: first attempts that succeeded.
 */
export type Measure = "SUCCESS" | "FAILED" | "QUEUED" | "CODE" | "CREATED" | "FIRST_SUCCESS";

/** So many of one measure and bucket. */
export type MeasureCount = { measure: Measure; bucket: number; count: number };

/** In ms, each at most 19 % off. */
export type Percentiles = { p50: number; p95: number; p99: number };

/** What happened in a range of time. Test events are in none of it. */
export type Summary = {
  /** New events. */
  created: number;
  /** Attempts that were made, by how they ended. */
  success: number;
  failed: number;
  /** Attempts number 1, and those of them that succeeded. */
  firstAttempts: number;
  firstAttemptSuccess: number;
  /** Attempts by response status; `none` are those without a response. */
  codes: { [code: string]: number };
  /** How long attempts took, however they ended; null without any. */
  latency: Percentiles | null;
  /** How long first attempts had waited; null without any. */
  queued: Percentiles | null;
};

const NO_RESPONSE = 0;

/** The sum of all the counts. The order does not matter, and neither does into how many parts a count is split. */
export function summaryOf(counts: Iterable<MeasureCount>): Summary {
  const summary: Summary = {
    created: 0,
    success: 0,
    failed: 0,
    firstAttempts: 0,
    firstAttemptSuccess: 0,
    codes: {},
    latency: null,
    queued: null,
  };
  const durations = new Map<number, number>();
  const waits = new Map<number, number>();
  for (const { measure, bucket, count } of counts) {
    switch (measure) {
      case "SUCCESS":
        summary.success += count;
        add(durations, bucket, count);
        break;
      case "FAILED":
        summary.failed += count;
        add(durations, bucket, count);
        break;
      case "QUEUED":
        summary.firstAttempts += count;
        add(waits, bucket, count);
        break;
      case "CODE": {
        const code = bucket === NO_RESPONSE ? "none" : String(bucket);
        summary.codes[code] = (summary.codes[code] ?? 0) + count;
        break;
      }
      case "CREATED":
        summary.created += count;
        break;
      case "FIRST_SUCCESS":
        summary.firstAttemptSuccess += count;
        break;
      default:
        unreachable(measure);
    }
  }
  return { ...summary, latency: percentilesOf(durations), queued: percentilesOf(waits) };
}

function add(histogram: Map<number, number>, bucket: number, count: number): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + count);
}

function percentilesOf(histogram: ReadonlyMap<number, number>): Percentiles | null {
  if (histogram.size === 0) return null;
  return { p50: percentile(histogram, 0.5), p95: percentile(histogram, 0.95), p99: percentile(histogram, 0.99) };
}
