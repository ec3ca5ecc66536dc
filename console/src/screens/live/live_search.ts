/** What the address of the screen may hold. */

/** To be written. */
export function liveSearch(_search: Record<string, unknown>): object {
  return {};
}
