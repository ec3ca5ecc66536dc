/** Times in fields of the kind datetime-local, in the time zone that the page shows. */
import type { TimeZone } from "./time_zone.ts";

const FIELD = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/;

/** `2026-05-03T14:05`, to the minute. `at` is epoch ms. */
export function fieldTime(at: number, timeZone: TimeZone): string {
  const offsetMs = timeZone === "utc" ? 0 : new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offsetMs).toISOString().slice(0, 16);
}

/** The RFC 3339 time that such a text stands for; null where it is none. */
export function timeOfField(text: string, timeZone: TimeZone): string | null {
  if (!FIELD.test(text)) return null;
  const date = new Date(timeZone === "utc" ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
