/** What the address of the debugger may hold: the tab and the endpoint, never a token, a body or a signature. */
import { searchOf, oneOf, textOf } from "../../search_params.ts";

/** `signature` when the address names none. */
export const DEBUGGER_TABS = ["signature", "token"] as const;

/** Reads the address. */
export function debuggerSearch(search: Record<string, unknown>) {
  return searchOf({ tab: oneOf(search["tab"], DEBUGGER_TABS), webhook: textOf(search["webhook"], 64) });
}
