/** What the address of the list of applications may hold. */
import { searchOf, textOf } from "../../search_params.ts";

/** `q`: a part of a name or an id. */
export type ApplicationsSearch = { q?: string };

/** For the route. */
export function applicationsSearch(search: Record<string, unknown>): ApplicationsSearch {
  return searchOf({ q: textOf(search["q"]) });
}
