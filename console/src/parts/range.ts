/** Ranges of time in the address: a name (`24h`), or `from` and `to`. */
import { definedOnly, searchOf, oneOf, timeOf } from "../search_params.ts";

/** Names of ranges that end now; `all` has no beginning. */
export const RANGES = ["1h", "24h", "7d", "30d", "all"] as const;
/** One of them. */
export type RangeName = (typeof RANGES)[number];
/** A range as the address has it; `from` and `to` (RFC 3339) win over the name. */
export type RangeSearch = { range?: RangeName; from?: string; to?: string };

const LENGTH_MS: Record<Exclude<RangeName, "all">, number> = {
  "1h": 3_600_000,
  "24h": 86_400_000,
  "7d": 7 * 86_400_000,
  "30d": 30 * 86_400_000,
};

/** Reads the range of an address. */
export function rangeSearch(search: Record<string, unknown>): RangeSearch {
  return searchOf({
    range: oneOf(search["range"], RANGES),
    from: timeOf(search["from"]),
    to: timeOf(search["to"]),
  });
}

/** The query of an API call for a range at `now`, cut to whole minutes so that the cache can be used again. */
export function rangeQuery(
  { range, from, to }: RangeSearch,
  standard: RangeName,
  now: number,
): { from?: string; to?: string } {
  if (from !== undefined || to !== undefined) return definedOnly({ from, to });
  const name = range ?? standard;
  if (name === "all") return {};
  const minute = Math.floor(now / 60_000) * 60_000;
  return { from: new Date(minute - LENGTH_MS[name]).toISOString() };
}
