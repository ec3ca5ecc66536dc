/** A range of time in words, for the chip of a filter. */
import { useT } from "../i18n/i18n.ts";
import type { RangeName, RangeSearch } from "./range.ts";
import { useTimeFormat } from "./time_zone.ts";

/** `standard` is what holds when the address names none. */
export function useRangeText(): (range: RangeSearch, standard: RangeName) => string {
  const t = useT();
  const time = useTimeFormat({ dateStyle: "short", timeStyle: "short" });
  const bound = (at: string | undefined): string => (at === undefined ? "…" : time(new Date(at)));
  return ({ range, from, to }, standard) =>
    from === undefined && to === undefined ? t(`parts.range.${range ?? standard}`) : `${bound(from)} – ${bound(to)}`;
}
