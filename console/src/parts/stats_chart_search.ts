/** What the statistics chart keeps in the address: its view, its form, and the range of time. */
import { searchOf, oneOf } from "../search_params.ts";
import { rangeSearch } from "./range.ts";
import type { RangeSearch } from "./range.ts";

/** What the chart can show; volume unless the address says otherwise. */
export const CHART_VIEWS = ["volume", "success", "latency", "codes"] as const;
/** One of them. */
export type ChartView = (typeof CHART_VIEWS)[number];
/** As the address has it. */
export type ChartSearch = RangeSearch & { chart?: ChartView; as?: "table" };

/** Reads the chart's part of an address. */
export function chartSearch(search: Record<string, unknown>): ChartSearch {
  return {
    ...rangeSearch(search),
    ...searchOf({ chart: oneOf(search["chart"], CHART_VIEWS), as: oneOf(search["as"], ["table"]) }),
  };
}
