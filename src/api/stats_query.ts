/** The window that a caller asks statistics for: from the text of a query to a window that the store can read cheaply. */
import type { StatsWindow, WindowLimits } from "../domain/stats_window.ts";
import { DAY_MS, defaultWindow, HOUR_MS, STATS_WINDOW_MS_MAX, windowOf } from "../domain/stats_window.ts";
import { timeOf } from "./history_query.ts";
import { queryFaults } from "./validation.ts";

type RangeQuery = { from?: string; to?: string };

/** What a chart of one webhook, or of all together, may ask for. */
export const CHART_LIMITS: WindowLimits = {
  pointsDefault: 120,
  pointsMax: 1_500,
  minutesMsMax: 2 * DAY_MS,
  hoursMsMax: 62 * DAY_MS,
};
/** What a list with a small chart of each webhook may ask for. */
export const LIST_LIMITS: WindowLimits = {
  pointsDefault: 32,
  pointsMax: 200,
  minutesMsMax: 6 * HOUR_MS,
  hoursMsMax: 8 * DAY_MS,
};

/** Throws QUERY_VALIDATION_FAILED for times that are none, in the wrong order or too far apart, and for unfit points. */
export function statsWindow(query: RangeQuery & { bucket?: number }, now: number, limits: WindowLimits): StatsWindow {
  const range = rangeOf(query, now);
  if (query.bucket === undefined) return defaultWindow(range, limits);
  const outcome = windowOf({ ...range, bucketMs: query.bucket }, limits);
  if (outcome.kind === "fault") throw queryFaults([{ path: "bucket", message: outcome.message }]);
  return outcome.window;
}

/** The range widened to whole hours. Throws as {@link statsWindow} does. */
export function hoursWindow(query: RangeQuery, now: number): { from: number; to: number } {
  const { from, to } = rangeOf(query, now);
  return { from: Math.floor(from / HOUR_MS) * HOUR_MS, to: Math.ceil(to / HOUR_MS) * HOUR_MS };
}

function rangeOf(query: RangeQuery, now: number): { from: number; to: number } {
  const to = timeOf("to", query.to) ?? now;
  const from = timeOf("from", query.from) ?? to - DAY_MS;
  if (from >= to) throw queryFaults([{ path: "from", message: "must be before `to`, which is now unless given" }]);
  if (to - from > STATS_WINDOW_MS_MAX) {
    const message = `is more than ${STATS_WINDOW_MS_MAX / DAY_MS} days before \`to\`; statistics are kept for 90 days`;
    throw queryFaults([{ path: "from", message }]);
  }
  return { from, to };
}
