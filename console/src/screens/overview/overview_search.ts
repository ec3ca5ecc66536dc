/** What the address of the screen may hold. */

/** To be written. */
export function overviewSearch(_search: Record<string, unknown>): object {
  return {};
}
