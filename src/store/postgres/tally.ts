/**
 * Counts by measure and bucket in one array of 64-bit integers: each element is what was counted, in its upper half, and how
 * many, in its lower half. So a minute of a webhook is one row, and adding to it is one update that appends. What is counted
 * comes several times in an array until it is summed up, by `sum_tally` in the database (migrations/0001_initial.sql).
 */
import { assert } from "../../assert.ts";
import type { Measure, MeasureCount } from "../../domain/statistics.ts";

/** In the order of their numbers, which the database knows them by: add at the end, and never remove one. */
const MEASURES: readonly Measure[] = ["SUCCESS", "FAILED", "QUEUED", "CODE", "CREATED", "FIRST_SUCCESS"];
/** More than there are buckets of any measure: response statuses have three digits. */
const BUCKETS_MAX = 1_000;
const TWO_TO_32 = 2 ** 32;

/** The elements of an array of tallies `t`, as columns `what` and `count` of `u`. */
export const UNPACK = `
    lateral (select (e >> 32)::integer as what, e & 4294967295 as count from unnest(t.tally) as e) u`;

/** The number for what is counted. */
export function whatOf({ measure, bucket }: Pick<MeasureCount, "measure" | "bucket">): number {
  assert(bucket >= 0 && bucket < BUCKETS_MAX, `there is no bucket ${bucket} of ${measure}`);
  return MEASURES.indexOf(measure) * BUCKETS_MAX + bucket;
}

/** What a number stands for. */
export function measureOf(what: number): Pick<MeasureCount, "measure" | "bucket"> {
  const measure = MEASURES[Math.floor(what / BUCKETS_MAX)];
  assert(measure !== undefined, `the database has a count of ${what}, which is no measure`);
  return { measure, bucket: what % BUCKETS_MAX };
}

/** An array of tallies in PostgreSQL's text form, for a cast to bigint[]. */
export function tallyText(counts: Iterable<readonly [what: number, count: number]>): string {
  const elements = Array.from(counts, ([what, count]) => what * TWO_TO_32 + count);
  return `{${elements.join(",")}}`;
}
