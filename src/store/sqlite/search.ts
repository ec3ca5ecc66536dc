/**
 * The exact search: an event id and a message id lead straight to their rows, anything else goes through the search index
 * (content values and idempotency keys) to messages, newest first, so many and no more.
 */
import type { EventId, MessageId } from "../../ids.ts";
import { messageIdOf, parseEventId, parseMessageId } from "../../ids.ts";
import { PAGED_ROWS_MAX } from "../history.ts";
import type { Connection } from "./connection.ts";
import { textCursor } from "../cursor.ts";
import type { Bounds } from "./keyset.ts";
import { findMessageIds } from "./search_index.ts";

/** So many messages that have the value are looked at in one call. */
const LOOKED_MESSAGES_MAX = 10_000;

/** What of a message the list shows, newest first; `eventId` when that one event was searched for. */
export type Expand = (messageId: MessageId, eventId: EventId | null) => string[];

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
export function searchPage(sql: Connection, request: SearchRequest, expand: Expand): IdPage {
  const { whole, page } = request;
  const all = collect(sql, request, whole, expand);
  const rest = page.before === whole.before ? all : collect(sql, request, page, expand);
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
function collect(
  sql: Connection,
  request: SearchRequest,
  bounds: Bounds,
  expand: Expand,
): { ids: string[]; lookedTo: string | null } {
  const eventId = parseEventId(request.search);
  const ids: string[] = [];
  let looked = 0;
  for (const messageId of candidates(sql, request, bounds)) {
    const matches = expand(messageId, eventId).filter((id) => id >= bounds.lowest && id < bounds.before);
    ids.push(...matches);
    looked += 1;
    if (looked === LOOKED_MESSAGES_MAX || ids.length > PAGED_ROWS_MAX) {
      return { ids, lookedTo: `${request.kind}_${messageId.slice(4)}` };
    }
  }
  return { ids, lookedTo: null };
}

/** Messages that may match, newest first. */
function* candidates(sql: Connection, request: SearchRequest, bounds: Bounds): Generator<MessageId> {
  const { tenant, search: value } = request;
  const eventId = parseEventId(value);
  const named = eventId === null ? parseMessageId(value) : messageIdOf(eventId);
  if (named !== null) {
    yield named;
    return;
  }
  // An event id that the page ends with belongs to a message that may have more: it is looked at again.
  const before = `msg_${bounds.before.slice(4, 26)}~`;
  const lowest = `msg_${bounds.lowest.slice(4, 26)}`;
  for (const messageId of findMessageIds(sql, { tenant, value, before })) {
    if (messageId < lowest) return;
    yield messageId;
  }
}
