/** The rows of a list as they are shown: where they were, but with what has become of them since. */
import type { ListedEvent } from "../event/event_model.ts";

/** What the list shows. `newCount`: events above its first row; `isAtLeast`: there may be more of them. */
export type ShownRows = { rows: readonly ListedEvent[]; newCount: number; isAtLeast: boolean };

/** `loaded`: the rows as they were read, newest first; `newest`: the first page as it is now. Nothing is moved or added. */
export function shownRows(loaded: readonly ListedEvent[], newest: readonly ListedEvent[] | undefined): ShownRows {
  if (newest === undefined) return { rows: loaded, newCount: 0, isAtLeast: false };
  const now = new Map(newest.map((event) => [event._id, event]));
  const rows = loaded.map((event) => {
    const fresh = now.get(event._id);
    return fresh !== undefined && fresh._updatedAt >= event._updatedAt ? fresh : event;
  });
  const first = loaded[0]?._createdAt ?? "";
  const known = new Set(loaded.map(({ _id }) => _id));
  const added = newest.filter(({ _id, _createdAt }) => !known.has(_id) && _createdAt >= first);
  return { rows, newCount: added.length, isAtLeast: added.length > 0 && added.length === newest.length };
}

/** The day that a time belongs to, as `2026-05-03`, in the time zone that is shown. */
export function dayOf(at: string, timeZone: "utc" | "local"): string {
  const date = new Date(at);
  if (timeZone === "utc") return date.toISOString().slice(0, 10);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${date.getFullYear()}-${month}-${day}`;
}

/** What stands between a row and the one above it: the day that begins, as `write` says it, or null. */
export function daySeparators(
  timeZone: "utc" | "local",
  write: (day: Date) => string,
): (row: ListedEvent, above: ListedEvent) => string | null {
  // Every row is asked for whenever more are loaded, and a row stays the same object.
  const days = new WeakMap<ListedEvent, string>();
  const dayOfRow = (row: ListedEvent): string => {
    const day = days.get(row) ?? dayOf(row._createdAt, timeZone);
    days.set(row, day);
    return day;
  };
  return (row, above) => (dayOfRow(row) === dayOfRow(above) ? null : write(new Date(row._createdAt)));
}
