/** The events before and after one in the lines of the feed. */

/**
 * `rows`: newest first, each event by its newest line. Null at the ends, and where the event is not among them.
 */
export function neighboursIn(
  rows: readonly { eventId: string }[],
  eventId: string | undefined,
): { newerId: string | null; olderId: string | null } {
  const ids = [...new Set(rows.map((row) => row.eventId))];
  const at = ids.findIndex((id) => id === eventId);
  if (at === -1) return { newerId: null, olderId: null };
  return { newerId: ids[at - 1] ?? null, olderId: ids[at + 1] ?? null };
}
