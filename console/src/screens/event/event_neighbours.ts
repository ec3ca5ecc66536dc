/** The events before and after one in its webhook's history, where no list is at hand: asked for when they are wanted. */
import { call } from "../../api/client.ts";
import type { ListedEvent } from "./event_model.ts";

/** So many events are looked through at a time. */
const LIMIT = 100;
/** Windows of time behind an event in which a newer one is looked for, in ms: as soon as one has some, it is narrow enough. */
const WINDOWS_MS = [1_000, 60_000, 3_600_000, 86_400_000, 30 * 86_400_000, 366 * 86_400_000] as const;

/** Which way. */
export type Direction = "newer" | "older";
/** What is asked for: a page of the webhook's events, newest first. */
export type ReadEvents = (query: {
  from?: string;
  to?: string;
  cursor?: string;
}) => Promise<{ events: readonly Pick<ListedEvent, "_id">[]; nextCursor: string | null }>;

/** Reads the events of a webhook from the API. */
export function readEventsOf(webhookId: string): ReadEvents {
  return (query) => call("listWebhookEvents", { path: { webhookId }, query: { ...query, limit: LIMIT } });
}

/** The id of the next event that way; null where there is none. */
export async function neighbourOf(
  event: Pick<ListedEvent, "_id" | "_createdAt">,
  direction: Direction,
  read: ReadEvents,
): Promise<string | null> {
  const at = Date.parse(event._createdAt);
  // `to` is exclusive, and several events may be of one millisecond.
  if (direction === "older") return olderThan(event._id, { to: isoTime(at + 1) }, read);
  const from = isoTime(at);
  for (const windowMs of WINDOWS_MS) {
    const found = await newerThan(event._id, { from, to: isoTime(at + windowMs) }, read);
    if (found !== null) return found;
  }
  return newerThan(event._id, { from }, read);
}

async function olderThan(id: string, range: { to: string }, read: ReadEvents): Promise<string | null> {
  let isBehind = false;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ReadEvents>> = await read(cursor === null ? range : { ...range, cursor });
    for (const { _id } of page.events) {
      if (isBehind) return _id;
      isBehind = _id === id;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return null;
}

/** The list is newest first, so what is right before the event is the last that was seen. */
async function newerThan(id: string, range: { from: string; to?: string }, read: ReadEvents): Promise<string | null> {
  let last: string | null = null;
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ReadEvents>> = await read(cursor === null ? range : { ...range, cursor });
    for (const { _id } of page.events) {
      if (_id === id) return last;
      last = _id;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return last;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
