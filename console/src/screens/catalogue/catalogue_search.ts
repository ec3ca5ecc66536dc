/** What the address of the catalogue may hold. */
import { searchOf, oneOf, textOf } from "../../search_params.ts";

/** How a message may be meant. */
export const NATURES = ["SUCCESS", "WARNING", "ERROR", "INFO"] as const;
/** One of them. */
export type Nature = (typeof NATURES)[number];
/** `q`: words that topics and actions are searched for; `nature`: of which the example is, unset for the action's own. */
export type CatalogueSearch = { q?: string; nature?: Nature };

/** For the routes. */
export function catalogueSearch(search: Record<string, unknown>): CatalogueSearch {
  return searchOf({ q: textOf(search["q"]), nature: oneOf(search["nature"], NATURES) });
}
