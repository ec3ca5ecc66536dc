/** One line of the live feed: what is shown of an event or an attempt. Contents are not kept. */
import type { EventStatus } from "../../parts/status_badge.tsx";
import type { LiveFilter } from "./live_search.ts";

/** A line; times are epoch ms. */
export type FeedRow = {
  /** `created`: a new event; `attempt`: an attempt ended; `listed`: read from the lists, for what was missed. */
  kind: "created" | "attempt" | "listed";
  at: number;
  eventId: string;
  webhookId: string;
  topic: string;
  action: string;
  status: EventStatus;
  /** The HTTP status or the failure's code; null before the first attempt. */
  code: string | null;
  durationMs: number | null;
  /** 0 before the first. */
  attempt: number;
  isTest: boolean;
};

/** An event as lists and the stream have it, as far as lines need it. */
export type FeedEvent = {
  _id: string;
  webhookId: string;
  topic: string;
  action: string;
  status: EventStatus;
  isTest: boolean;
  attemptCount: number;
  lastCode?: string;
  _createdAt: string;
  _updatedAt: string;
};

type FeedAttempt = { number: number; startedAt: string; durationMs: number; code: string };

/** The line of a new event. */
export function createdRow(event: FeedEvent): FeedRow {
  return { ...common(event), kind: "created", at: Date.parse(event._createdAt), code: null, durationMs: null };
}

/** The line of an attempt; `event` is as the attempt left it. */
export function attemptRow({ event, attempt }: { event: FeedEvent; attempt: FeedAttempt }): FeedRow {
  const { number, startedAt, durationMs, code } = attempt;
  const at = Date.parse(startedAt) + durationMs;
  return { ...common(event), kind: "attempt", at, code, durationMs, attempt: number };
}

/** The line of an event that was read from a list. */
export function listedRow(event: FeedEvent): FeedRow {
  const at = Date.parse(event._updatedAt);
  return { ...common(event), kind: "listed", at, code: event.lastCode ?? null, durationMs: null };
}

/** The same for two lines that tell the same: a listed event is its last attempt, or its creation. */
export function rowKey({ eventId, attempt }: FeedRow): string {
  return `${eventId}/${attempt}`;
}

const STATUSES = { pending: "PENDING", passed: "SUCCESS", failed: "FAILED" } as const;

/** Whether a line is among those that the address asks for. */
export function isWanted(row: FeedRow, { topic, status, webhook }: LiveFilter): boolean {
  return (
    (topic === undefined || row.topic === topic) &&
    (webhook === undefined || row.webhookId === webhook) &&
    (status === undefined || row.status === STATUSES[status])
  );
}

/** The same filter as the API's lists and stream have it. */
export function feedQuery({ topic, status, webhook }: LiveFilter): {
  topic?: string;
  status?: EventStatus;
  webhookId?: string;
} {
  return {
    ...(topic === undefined ? {} : { topic }),
    ...(status === undefined ? {} : { status: STATUSES[status] }),
    ...(webhook === undefined ? {} : { webhookId: webhook }),
  };
}

function common(event: FeedEvent): Omit<FeedRow, "kind" | "at" | "code" | "durationMs"> {
  const { _id, webhookId, topic, action, status, isTest, attemptCount } = event;
  return { eventId: _id, webhookId, topic, action, status, isTest, attempt: attemptCount };
}
