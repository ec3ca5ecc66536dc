/** The filters of a list of events: from the address to the calls of the API, and which of them are in force. */
import type { Query } from "../../api/client.ts";
import type { RangeName } from "../../parts/range.ts";
import { rangeQuery } from "../../parts/range.ts";
import { definedOnly } from "../../search_params.ts";
import type { EventsSearch, EventTab } from "./events_search.ts";
import { PAGE_SIZE } from "./events_search.ts";

/** What holds when the address names no range: the history has no gap that nobody asked for. */
export const STANDARD_RANGE: RangeName = "all";
/** The query of a list of events, of one webhook or of all. */
export type EventsQuery = Query<"listEvents">;

const STATUSES = { all: "ALL", passed: "PASSED", failed: "FAILED", pending: "PENDING" } as const;
/** The filters that chips show, in their order. The tab and what is open are no filters in this sense. */
const CHIP_NAMES = ["q", "range", "topic", "action", "nature", "code", "webhook", "attempts", "test"] as const;
/** One of them; `range` stands for `from` and `to`, too. */
export type ChipName = (typeof CHIP_NAMES)[number];

/** The tab that an address shows. */
export function tabOf({ filter }: EventsSearch): EventTab {
  return filter ?? "all";
}

/** What the API is asked for at `now`, without a cursor. `webhookId`: of one webhook, whatever the address says. */
export function eventsQuery(
  search: EventsSearch,
  { webhookId, now }: { webhookId: string | null; now: number },
): EventsQuery {
  return definedOnly({
    filter: STATUSES[tabOf(search)],
    topic: search.topic,
    action: search.action,
    msgNature: search.nature,
    code: search.code,
    attempts: search.attempts,
    test: search.test,
    search: search.q?.trim() === "" ? undefined : search.q?.trim(),
    webhookId: webhookId === null ? search.webhook : undefined,
    limit: search.rows ?? PAGE_SIZE,
    ...exactRange(search, now),
  });
}

/** The bounds as the API wants them, however they were written in the address. */
function exactRange(search: EventsSearch, now: number): { from?: string; to?: string } {
  const { from, to } = rangeQuery(search, STANDARD_RANGE, now);
  return definedOnly({
    from: from === undefined ? undefined : new Date(from).toISOString(),
    to: to === undefined ? undefined : new Date(to).toISOString(),
  });
}

/** Which filters are in force. */
export function chipsOf(search: EventsSearch, webhookId: string | null): ChipName[] {
  return CHIP_NAMES.filter((name) => {
    if (name === "webhook") return webhookId === null && search.webhook !== undefined;
    if (name === "range") return isRangeSet(search);
    return search[name] !== undefined;
  });
}

/** What has to change in the address for a filter to be gone; an action is none without its topic. */
export function withoutChip(name: ChipName): Partial<Record<keyof EventsSearch, undefined>> {
  switch (name) {
    case "range":
      return { range: undefined, from: undefined, to: undefined };
    case "topic":
      return { topic: undefined, action: undefined };
    default:
      return { [name]: undefined };
  }
}

/** What has to change in the address for all filters to be gone, the tab included. */
export function withoutFilters(): Partial<Record<keyof EventsSearch, undefined>> {
  return Object.assign({ filter: undefined }, ...CHIP_NAMES.map(withoutChip)) as ReturnType<typeof withoutChip>;
}

/** The part of an address that is kept as a view: its filters, without what is open. */
export function viewOf({ event: _event, attempt: _attempt, view: _view, ...filters }: EventsSearch): EventsSearch {
  return filters;
}

function isRangeSet({ range, from, to }: EventsSearch): boolean {
  return from !== undefined || to !== undefined || (range !== undefined && range !== STANDARD_RANGE);
}
