/**
 * The exact search: an event id and a message id lead straight to their rows, anything else goes through the search index
 * (content values and idempotency keys) to messages, newest first, so many and no more.
 */
import type { EventId, MessageId } from "../../ids.ts";
import { messageIdOf, parseEventId, parseMessageId } from "../../ids.ts";
import { textCursor } from "../cursor.ts";
import { PAGED_ROWS_MAX } from "../history.ts";
import type { Connection } from "./connection.ts";
import type { Bounds } from "./keyset.ts";
import { findMessageIds } from "./search_index.ts";

/** So many messages that have the value are looked at in one call. */
const LOOKED_MESSAGES_MAX = 10_000;
const MESSAGES_PER_STEP = 500;

/** What of messages (newest first) the list shows, newest first; `eventId` when that one event was searched for. */
export type Expand = (messageIds: readonly MessageId[], eventId: EventId | null) => Promise<string[]>;

type SearchRequest = {
  kind: "evt" | "msg";
  tenant: number;
  search: string;
  /** The whole list, for the total. */
  whole: Bounds;
  page: Bounds & { limit: number; offset: number };
};

/** The ids of one page, with the total of its list and the cursor behind it: null when nothing is left. */
export type IdPage = { ids: string[]; total: number; totalIsAtLeast: boolean; nextCursor: string | null };

/** One page of what was searched for, newest first, with its total. */
export async function searchPage(sql: Connection, request: SearchRequest, expand: Expand): Promise<IdPage> {
  const { whole, page } = request;
  const all = await collect(sql, request, whole, expand);
  const rest = page.before === whole.before ? all : await collect(sql, request, page, expand);
  const ids = rest.ids.slice(page.offset, page.offset + page.limit);
  const isMore = rest.ids.length > page.offset + page.limit;
  const end = isMore ? (ids.at(-1) ?? null) : rest.lookedTo;
  return {
    ids,
    total: Math.min(all.ids.length, PAGED_ROWS_MAX),
    totalIsAtLeast: all.ids.length > PAGED_ROWS_MAX || all.lookedTo !== null,
    nextCursor: end === null ? null : textCursor(end),
  };
}

/** Every match within the bounds; `lookedTo` is how far was looked, null for to the end. */
async function collect(
  sql: Connection,
  request: SearchRequest,
  bounds: Bounds,
  expand: Expand,
): Promise<{ ids: string[]; lookedTo: string | null }> {
  const eventId = parseEventId(request.search);
  const ids: string[] = [];
  let looked = 0;
  for await (const messageIds of candidates(sql, request, bounds)) {
    const found = await expand(messageIds, eventId);
    ids.push(...found.filter((id) => id >= bounds.lowest && id < bounds.before));
    looked += messageIds.length;
    const last = messageIds.at(-1);
    if (last !== undefined && (looked >= LOOKED_MESSAGES_MAX || ids.length > PAGED_ROWS_MAX)) {
      return { ids, lookedTo: `${request.kind}_${last.slice(4)}` };
    }
  }
  return { ids, lookedTo: null };
}

/** Messages that may match, newest first, some at a time. */
async function* candidates(sql: Connection, request: SearchRequest, bounds: Bounds): AsyncGenerator<MessageId[]> {
  const { tenant, search: value } = request;
  const eventId = parseEventId(value);
  const named = eventId === null ? parseMessageId(value) : messageIdOf(eventId);
  if (named !== null) {
    yield [named];
    return;
  }
  // An event id that the page ends with belongs to a message that may have more: it is looked at again.
  let before = `msg_${bounds.before.slice(4, 26)}~`;
  const lowest = `msg_${bounds.lowest.slice(4, 26)}`;
  for (;;) {
    const found = await findMessageIds(sql, { tenant, value, before, limit: MESSAGES_PER_STEP });
    const within = found.filter((messageId) => messageId >= lowest);
    if (within.length > 0) yield within;
    const last = found.at(-1);
    if (last === undefined || within.length < found.length || found.length < MESSAGES_PER_STEP) return;
    before = last;
  }
}
