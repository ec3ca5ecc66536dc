/** One page of events or messages, newest first: what is searched for, or what index ranges hold. */
import { pageOffset, parseTextCursor } from "../cursor.ts";
import type { PageRequest } from "../tenancy.ts";
import type { Connection } from "./connection.ts";
import type { Keyset } from "./keyset.ts";
import { keysetPage, keysetPageAndTotal, keysetTotal, timeBounds } from "./keyset.ts";
import type { Expand, IdPage } from "./search.ts";
import { searchPage } from "./search.ts";

/** What is listed; times are epoch ms. */
type HistoryList = {
  kind: "evt" | "msg";
  tenant: number;
  filter: { from: number | null; to: number | null; search: string | null };
  /** What is listed without a search. */
  keyset: Keyset;
  /** What is listed of messages that a search finds. */
  expand: Expand;
  /** The total where counters know it; null where rows have to be counted. */
  knownTotal: (() => Promise<number>) | null;
};

const CURSOR_FORM = { evt: /^evt_\w{1,40}$/, msg: /^msg_\w{1,40}$/ } as const;
const NOTHING: IdPage = { ids: [], total: 0, totalIsAtLeast: false, nextCursor: null };

/** The ids of the page, and its place in the whole. Throws CURSOR_INVALID. */
export async function historyPage(sql: Connection, list: HistoryList, request: PageRequest): Promise<IdPage> {
  const { kind, tenant, filter, keyset, knownTotal } = list;
  const whole = timeBounds(kind, filter);
  const cursor = parseTextCursor(request.cursor, CURSOR_FORM[kind]);
  const before = cursor === null || cursor > whole.before ? whole.before : cursor;
  const page = { lowest: whole.lowest, before, limit: request.limit, offset: pageOffset(request) };
  const { search } = filter;
  if (search !== null) return await searchPage(sql, { kind, tenant, search, whole, page }, list.expand);
  if (keyset.segments.length === 0) return NOTHING;
  if (keyset.unserved !== null && knownTotal === null && page.before === whole.before) {
    return await keysetPageAndTotal(sql, keyset, { unserved: keyset.unserved, page });
  }
  const [shown, total] = await Promise.all([
    keysetPage(sql, keyset, page),
    knownTotal === null
      ? keysetTotal(sql, keyset, whole)
      : knownTotal().then((count) => ({ total: count, totalIsAtLeast: false })),
  ]);
  return { ...shown, ...total };
}
