/** What the address of the overview may hold: the range and the view of its chart. */
export { chartSearch as overviewSearch } from "../../parts/stats_chart_search.ts";
