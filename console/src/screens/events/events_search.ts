/** What the address of a list of events may hold: its tab, its filters, and the event whose details are open over it. */
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

/**
 * `q`: an id or an idempotency key; `attempts`: at least so many; `webhook`: only of this one; `event`, `attempt`, `view`: what
 * the drawer shows.
 */
export type EventsSearch = RangeSearch &
  EventSearch & {
    filter?: EventTab;
    topic?: string;
    action?: string;
    code?: string;
    q?: string;
    test?: "true" | "false";
    attempts?: number;
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
      code: code !== undefined && CODE.test(code) ? code : undefined,
      q: textOf(search["q"]),
      test: oneOf(search["test"], ["true", "false"]),
      attempts: numberOf(search["attempts"]),
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
