/** Views of a list of events that somebody has named: kept in this browser or shared by the server, and links, too. */
import type { Body } from "../../api/client.ts";
import { definedOnly, parseSearch, stringifySearch } from "../../search_params.ts";
import { viewOf } from "./events_filter.ts";
import type { EventsSearch } from "./events_search.ts";
import { eventsSearch } from "./events_search.ts";

/** A name, and the filters of an address. */
export type SavedView = { name: string; search: EventsSearch };

/** So many are kept in the browser for an environment. */
export const SAVED_VIEWS_MAX = 30;
/** So long is a name. */
export const VIEW_NAME_CHARS_MAX = 60;

/** What most people ask for; `name` is a message of its own. */
export const STANDARD_VIEWS = [
  { name: "events.view.failedToday", search: { filter: "failed", range: "24h" } },
  { name: "events.view.serverErrors", search: { filter: "failed", code: "5xx" } },
  { name: "events.view.refused", search: { filter: "failed", code: "4xx" } },
  { name: "events.view.timeouts", search: { filter: "failed", code: "TIMEOUT_RESPONSE" } },
  { name: "events.view.repeated", search: { attempts: 3 } },
  { name: "events.view.tests", search: { test: "true" } },
] as const satisfies readonly { name: string; search: EventsSearch }[];

/** What is kept: the name and the search of the address as text. Anything that is no such list is none. */
export function parseViews(text: string | null): SavedView[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(kept) ? kept.flatMap(viewOfEntry).slice(0, SAVED_VIEWS_MAX) : [];
  } catch {
    return [];
  }
}

/** The text that {@link parseViews} reads. */
export function stringifyViews(views: readonly SavedView[]): string {
  return JSON.stringify(views.map(({ name, search }) => [name, stringifySearch(search)]));
}

/** With the filters of an address under a name; a view of the same name is replaced. */
export function withView(views: readonly SavedView[], name: string, search: EventsSearch): SavedView[] {
  const others = views.filter((view) => view.name !== name);
  return [...others, { name, search: viewOf(search) }].slice(-SAVED_VIEWS_MAX);
}

/** What the server is given to share. */
export function newSharedView({ name, search }: SavedView): Body<"createView"> {
  return { name, query: stringifySearch(viewOf(search)) };
}

/** The filters of a view that is kept as text. What is no filter of this console is left out, as from an address. */
export function searchOfView(query: string): EventsSearch {
  return viewOf(definedOnly(eventsSearch(parseSearch(query))));
}

function viewOfEntry(entry: unknown): SavedView[] {
  if (!Array.isArray(entry)) return [];
  const [name, search] = entry as unknown[];
  if (typeof name !== "string" || name === "" || name.length > VIEW_NAME_CHARS_MAX || typeof search !== "string")
    return [];
  return [{ name, search: searchOfView(search) }];
}
