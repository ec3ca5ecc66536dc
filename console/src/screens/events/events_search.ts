/** What the address of a list of events may hold: its tab, its filters, and the event whose details are open over it. */
import type { Query } from "../../api/client.ts";
import type { RangeSearch } from "../../parts/range.ts";
import { rangeSearch } from "../../parts/range.ts";
import { searchOf, numberOf, oneOf, textOf } from "../../search_params.ts";

/** The tabs, in their order; the first is shown unless the address says otherwise. */
export const EVENT_FILTERS = ["all", "passed", "failed", "pending"] as const;
/** One of them. */
export type EventTab = (typeof EVENT_FILTERS)[number];
/** What is shown of an attempt, in the order of its tabs; the first unless the address says otherwise. */
export const EVENT_VIEWS = ["request", "diff", "payload", "signature"] as const;
/** One of them. */
export type EventView = (typeof EVENT_VIEWS)[number];
/** What the page of one event keeps in its address. */
export type EventSearch = { view?: EventView };

/** What the API takes as a code: a status, a class of statuses, or a failure code. */
const CODE = /^([1-5][0-9]{2}|[1-5]xx|[A-Z][A-Z_]{2,63})$/;
const TOPIC_CHARS_MAX = 64;
/** What a message may say of what happened, as the API names it. */
export const NATURES = ["SUCCESS", "WARNING", "ERROR", "INFO"] as const satisfies readonly MsgNature[];
type MsgNature = NonNullable<Query<"listEvents">["msgNature"]>;
/** Rows that are read at a time; the API gives no more than the last. */
export const PAGE_SIZES = [50, 100] as const;
/** One of them. */
export type PageSize = (typeof PAGE_SIZES)[number];
/** Unless the address says otherwise. */
export const PAGE_SIZE: PageSize = 100;

/**
 * `q`: an id or an idempotency key; `attempts`: at least so many; `rows`: so many are read at a time; `webhook`: only of this
 * one; `event`, `attempt`, `view`: what the drawer shows.
 */
export type EventsSearch = RangeSearch &
  EventSearch & {
    filter?: EventTab;
    topic?: string;
    action?: string;
    nature?: MsgNature;
    code?: string;
    q?: string;
    test?: "true" | "false";
    attempts?: number;
    rows?: PageSize;
    webhook?: string;
    event?: string;
    attempt?: number;
  };

/** For the routes of lists of events. */
export function eventsSearch(search: Record<string, unknown>): EventsSearch {
  const code = textOf(search["code"]);
  return {
    ...rangeSearch(search),
    ...eventSearch(search),
    ...searchOf({
      filter: oneOf(search["filter"], EVENT_FILTERS),
      topic: textOf(search["topic"], TOPIC_CHARS_MAX),
      action: textOf(search["action"], TOPIC_CHARS_MAX),
      nature: oneOf(search["nature"], NATURES),
      code: code !== undefined && CODE.test(code) ? code : undefined,
      q: textOf(search["q"]),
      test: oneOf(search["test"], ["true", "false"]),
      attempts: numberOf(search["attempts"]),
      rows: PAGE_SIZES.find((size) => size === numberOf(search["rows"])),
      webhook: textOf(search["webhook"], TOPIC_CHARS_MAX),
      event: textOf(search["event"], TOPIC_CHARS_MAX),
      attempt: numberOf(search["attempt"]),
    }),
  };
}

/** For the routes of one event. */
export function eventSearch(search: Record<string, unknown>): EventSearch {
  return searchOf({ view: oneOf(search["view"], EVENT_VIEWS) });
}
