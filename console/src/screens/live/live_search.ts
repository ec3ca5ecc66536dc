/** What the address of the live feed may hold: what is shown of it. */
import { searchOf, oneOf, textOf } from "../../search_params.ts";

/** Statuses as addresses write them. */
export const LIVE_STATUSES = ["pending", "passed", "failed"] as const;
/** What is left out is not narrowed. */
export type LiveSearch = { topic?: string; status?: (typeof LIVE_STATUSES)[number]; webhook?: string };

/** Reads it; what cannot be is left out. */
export function liveSearch(search: Record<string, unknown>): LiveSearch {
  return searchOf({
    topic: textOf(search["topic"], 64),
    status: oneOf(search["status"], LIVE_STATUSES),
    webhook: textOf(search["webhook"], 64),
  });
}
