/** What the address of the live feed may hold: what is shown of it, and the event whose details are open over it. */
import type { EventSearch } from "../events/events_search.ts";
import { eventSearch } from "../events/events_search.ts";
import { searchOf, numberOf, oneOf, textOf } from "../../search_params.ts";

/** Statuses as addresses write them. */
export const LIVE_STATUSES = ["pending", "passed", "failed"] as const;
/** What is left out is not narrowed. */
export type LiveFilter = { topic?: string; status?: (typeof LIVE_STATUSES)[number]; webhook?: string };
/** `event`, `attempt`, `view`: what the drawer shows. */
export type LiveSearch = LiveFilter & EventSearch & { event?: string; attempt?: number };

/** Reads it; what cannot be is left out. */
export function liveSearch(search: Record<string, unknown>): LiveSearch {
  return {
    ...eventSearch(search),
    ...searchOf({
      topic: textOf(search["topic"], 64),
      status: oneOf(search["status"], LIVE_STATUSES),
      webhook: textOf(search["webhook"], 64),
      event: textOf(search["event"], 64),
      attempt: numberOf(search["attempt"]),
    }),
  };
}
