/** What the address of the screen may hold. */

/** To be written. */
export function eventSearch(_search: Record<string, unknown>): object {
  return {};
}

/** To be written. */
export function eventsSearch(_search: Record<string, unknown>): object {
  return {};
}
