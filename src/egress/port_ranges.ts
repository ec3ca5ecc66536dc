/** Which ports receivers may have, as `EGRESS_PORTS` says it: `443`, `80` and `8000-8999`, with commas between. Pure. */

/** From the first to the last, both included. */
export type PortRange = { readonly first: number; readonly last: number };

const RANGE = /^(\d{1,5})(?:-(\d{1,5}))?$/;
const PORT_MAX = 65_535;

/** The ranges of a list; null where an entry is none, or the list is empty. */
export function parsePortRanges(text: string): PortRange[] | null {
  const ranges = text.split(",").map((entry) => parseRange(entry.trim()));
  return ranges.every((range) => range !== null) ? ranges : null;
}

/** As in the setting. */
export function formatPortRanges(ranges: readonly PortRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first} to ${last}`)).join(", ");
}

function parseRange(entry: string): PortRange | null {
  const [, first, last = first] = RANGE.exec(entry) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return range.first >= 1 && range.first <= range.last && range.last <= PORT_MAX ? range : null;
}
