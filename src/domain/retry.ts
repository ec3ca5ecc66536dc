/** When a failed event is tried again: the schedule, its jitter and the receiver's Retry-After. */

/** The default schedule in ms: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h after each failure in turn. */
export const DEFAULT_RETRY_SCHEDULE_MS: readonly number[] = [
  5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
];
/** Each step is moved by up to this share of itself, earlier or later, so that retries do not arrive in a herd. */
const RETRY_JITTER = 0.2;
/** A Retry-After never delays by more than this. */
export const RETRY_AFTER_MS_MAX = 86_400_000;
export const RETRY_STEPS_MAX = 20;
export const RETRY_STEP_MS_MAX = 7 * 86_400_000;

/**
 * How long to wait for the next automatic retry, or null when the schedule is exhausted.
 * `retriesUsed` counts the retries already made in this schedule; `roll` in [0,1) is the jitter.
 * `retryAfterMs` (null without one) only ever delays.
 */
export function retryDelayMs(
  schedule: readonly number[],
  failed: { retriesUsed: number; retryAfterMs: number | null },
  roll: number,
): number | null {
  const step = schedule[failed.retriesUsed];
  if (step === undefined) return null;
  const jittered = Math.round(step * (1 - RETRY_JITTER + 2 * RETRY_JITTER * roll));
  return Math.max(jittered, Math.min(failed.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX));
}

const MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
/** IMF-fixdate, then the two obsolete forms that recipients must accept as well (RFC 9110, 5.6.7). */
const HTTP_DATES = [
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} ${MONTHS} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT$`),
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \\d{2}-${MONTHS}-\\d{2} \\d{2}:\\d{2}:\\d{2} GMT$`),
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTHS} [ \\d]\\d \\d{2}:\\d{2}:\\d{2} \\d{4}$`),
];

/**
 * The delay a `Retry-After` header asks for: seconds or an HTTP date (RFC 9110, 10.2.3). Null for anything else, for the
 * past and for more than 9 digits, which are no wish but a mistake: `Date.parse` and `Number` accept far too much (`-5` is
 * a date in 2001).
 */
export function parseRetryAfterMs(header: string, now: number): number | null {
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, RETRY_AFTER_MS_MAX);
  if (!HTTP_DATES.some((form) => form.test(text))) return null;
  const at = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`); // asctime names no zone: it is always GMT
  return Number.isNaN(at) || at <= now ? null : at - now;
}
