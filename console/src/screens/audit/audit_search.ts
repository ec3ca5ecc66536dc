/** What the address of the audit log may hold: its filters, and the entry that is open. */
import type { RangeSearch } from "../../parts/range.ts";
import { rangeSearch } from "../../parts/range.ts";
import { searchOf, textOf } from "../../search_params.ts";

/** `actor`, `action` and `target` are the filters of the call; `entry` is the id of the open one. */
export type AuditSearch = RangeSearch & { actor?: string; action?: string; target?: string; entry?: string };

/** Reads the address. */
export function auditSearch(search: Record<string, unknown>): AuditSearch {
  return {
    ...rangeSearch(search),
    ...searchOf({
      actor: textOf(search["actor"], 128),
      action: textOf(search["action"], 64),
      target: textOf(search["target"], 128),
      entry: textOf(search["entry"], 64),
    }),
  };
}
