/**
 * The window of a chart: from where to where, in points of which width. A point begins at a multiple of its width since
 * 1970 (so points of a day are UTC days), and the window is widened to whole points. What a window may be keeps every
 * query small: minutes are only read over a short one, hours over a longer one, days over any.
 */
import { assert } from "../assert.ts";

/** In ms. */
export const MINUTE_MS = 60_000;
/** In ms. */
export const HOUR_MS = 3_600_000;
/** In ms. */
export const DAY_MS = 86_400_000;
/** Statistics are kept for 90 days; a window may be a little longer. */
export const STATS_WINDOW_MS_MAX = 92 * DAY_MS;

/** `from` (inclusive) and `to` (exclusive) are epoch ms and multiples of `bucketMs`, which is one of {@link MINUTE_MS}. */
export type StatsWindow = { from: number; to: number; bucketMs: number };

/** What one kind of query may ask for. */
export type WindowLimits = {
  /** So many points when the caller does not say how wide they are to be, at most. */
  pointsDefault: number;
  pointsMax: number;
  /** The longest window of points that are not whole hours, in ms. */
  minutesMsMax: number;
  /** The longest window of points that are not whole days, in ms. */
  hoursMsMax: number;
};

/** The widths to choose from, in ms. */
const WIDTHS_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 3, 7].map((days) => days * DAY_MS),
];

/** Of how wide the rows are that make up points of this width. */
export type StatsResolution = "minute" | "hour" | "day";

/** The widest rows of which points of `bucketMs` consist. */
export function resolutionOf(bucketMs: number): StatsResolution {
  if (bucketMs % DAY_MS === 0) return "day";
  return bucketMs % HOUR_MS === 0 ? "hour" : "minute";
}

/** The window with the narrowest points of a usual width that stay within the default number of points. */
export function defaultWindow(asked: { from: number; to: number }, limits: WindowLimits): StatsWindow {
  for (const bucketMs of WIDTHS_MS) {
    const window = wholePoints(asked, bucketMs);
    if (pointsOf(window) <= limits.pointsDefault && widthFault(asked, bucketMs, limits) === null) return window;
  }
  assert(false, `no width suits a window of ${asked.to - asked.from} ms`);
}

/** The window in points of the given width, or what is wrong with it: a sentence's rest that begins with a verb. */
export function windowOf(
  asked: StatsWindow,
  limits: WindowLimits,
): { kind: "window"; window: StatsWindow } | { kind: "fault"; message: string } {
  const { bucketMs } = asked;
  const window = wholePoints(asked, bucketMs);
  const fault = widthFault(asked, bucketMs, limits) ?? countFault(window, limits);
  return fault === null ? { kind: "window", window } : { kind: "fault", message: fault };
}

/** When each point of a window begins, epoch ms. */
export function pointTimes({ from, to, bucketMs }: StatsWindow): number[] {
  return Array.from({ length: (to - from) / bucketMs }, (_, at) => from + at * bucketMs);
}

/** Widened to whole points; at least one. */
function wholePoints({ from, to }: { from: number; to: number }, bucketMs: number): StatsWindow {
  return { from: Math.floor(from / bucketMs) * bucketMs, to: Math.ceil(to / bucketMs) * bucketMs, bucketMs };
}

function pointsOf({ from, to, bucketMs }: StatsWindow): number {
  return (to - from) / bucketMs;
}

function widthFault(asked: { from: number; to: number }, bucketMs: number, limits: WindowLimits): string | null {
  const resolution = resolutionOf(bucketMs);
  const { minutesMsMax, hoursMsMax } = limits;
  const [longestMs, whole, wholeMs] =
    resolution === "minute" ? [minutesMsMax, "hours", HOUR_MS] : [hoursMsMax, "days", DAY_MS];
  if (resolution === "day" || asked.to - asked.from <= longestMs) return null;
  const longest = longestMs % DAY_MS === 0 ? `${longestMs / DAY_MS} days` : `${longestMs / HOUR_MS} hours`;
  return `is ${bucketMs}; over more than ${longest}, points are whole ${whole}: multiples of ${wholeMs}`;
}

function countFault(window: StatsWindow, { pointsMax }: WindowLimits): string | null {
  const count = pointsOf(window);
  if (count <= pointsMax) return null;
  return `is ${window.bucketMs}, which makes ${count} points; at most ${pointsMax} are answered. Take wider points`;
}
