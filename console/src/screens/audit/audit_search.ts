/** What the address of the screen may hold. */

/** To be written. */
export function auditSearch(_search: Record<string, unknown>): object {
  return {};
}
