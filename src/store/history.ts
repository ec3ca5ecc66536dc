/** Reading what was published and what became of it. Lists stay fast at ten million rows: bounded scans, keyset pages. */
import type { EventId, MessageId, WebhookId, WorkerId } from "../ids.ts";
import type { AppEnv, EventStatus, HeaderPair, MsgNature, Trigger } from "../domain/values.ts";
import type { Actor, PageRequest } from "./tenancy.ts";
import type { AttemptRecord } from "./delivery.ts";

/** A list gives `content` up to this size, else null with its size. */
export const LIST_CONTENT_BYTES_MAX = 4_096;
/** `page` reaches the first so many rows, and filtered totals are counted so far. */
export const PAGED_ROWS_MAX = 10_000;

/** A message as stored. `content` is JSON text as published; null once erased (or too long for a list). */
export type StoredMessage = {
  id: MessageId;
  tenant: number;
  appId: string;
  appEnv: AppEnv;
  topic: string;
  action: string;
  msgNature: MsgNature;
  content: string | null;
  contentBytes: number;
  error: string | null;
  isTest: boolean;
  idempotencyKey: string | null;
  createdAt: number;
  events: { id: EventId; webhookId: WebhookId; status: EventStatus }[];
};

/** An event as listed. */
export type StoredEvent = {
  id: EventId;
  webhookId: WebhookId;
  messageId: MessageId;
  tenant: number;
  appId: string;
  appEnv: AppEnv;
  topic: string;
  action: string;
  msgNature: MsgNature;
  content: string | null;
  contentBytes: number;
  error: string | null;
  isTest: boolean;
  status: EventStatus;
  attemptCount: number;
  retriesUsed: number;
  nextAttemptAt: number | null;
  lastCode: string | null;
  response: { status: number; statusText: string } | null;
  /** Of the last attempt that ended; null when none did, and where it is ABANDONED. */
  lastDurationMs: number | null;
  createdAt: number;
  updatedAt: number;
};

type AttemptResponse = NonNullable<AttemptRecord["response"]>;

/** An attempt as shown. ABANDONED ones have a failure and no response. */
export type StoredAttempt = Omit<AttemptRecord, "requestHeaders" | "response"> & {
  requestHeaders: readonly HeaderPair[];
  response: (Omit<AttemptResponse, "headers" | "body"> & { headers: readonly HeaderPair[]; body: Uint8Array }) | null;
  number: number;
  trigger: Trigger;
  triggeredBy: string | null;
  /** Who made it; of an ABANDONED one, who died. Null for attempts from before this was kept. */
  workerId: WorkerId | null;
  tokenConsumedAt: number | null;
};

/** Which events: all conditions hold together. */
export type EventFilter = {
  status: EventStatus | null;
  topic: string | null;
  action: string | null;
  msgNature: MsgNature | null;
  /** Epoch ms, inclusive; of the message. */
  from: number | null;
  /** Epoch ms, exclusive. */
  to: number | null;
  /** A status (`503`), a class (`4xx`) or a failure code. */
  code: string | null;
  /** Events with at least so many attempts. */
  attemptsMin: number | null;
  isTest: boolean | null;
  /** Exact: event id, message id, idempotency key or a content value indexed at publish. */
  search: string | null;
};

export type EventList = { events: StoredEvent[]; total: number; totalIsAtLeast: boolean; nextCursor: string | null };
export type MessageFilter = Omit<EventFilter, "status" | "code" | "attemptsMin">;

export interface HistoryStore {
  /**
   * Newest first; of one webhook, or of all with `webhookId: null`. `total` is exact from the counters for `status`
   * alone; with other conditions it is counted to 10,000 and `totalIsAtLeast` beyond. Sparse conditions over a long
   * history may give a short page with a `nextCursor`: that far was looked.
   */
  listEvents(
    params: PageRequest & { tenant: number; webhookId: WebhookId | null; filter: EventFilter },
  ): Promise<EventList>;
  /** One event with its attempts, oldest first; of one webhook, or by its id alone with `webhookId: null`. Full content. */
  getEvent(params: {
    tenant: number;
    webhookId: WebhookId | null;
    eventId: EventId;
  }): Promise<{ event: StoredEvent; attempts: StoredAttempt[] } | null>;
  /** Those of the ids that exist, in their order, as lists show them. */
  getEvents(params: { tenant: number; eventIds: readonly EventId[] }): Promise<StoredEvent[]>;
  listMessages(
    params: PageRequest & { tenant: number; filter: MessageFilter },
  ): Promise<{ messages: StoredMessage[]; total: number; totalIsAtLeast: boolean; nextCursor: string | null }>;
  /** Those of the ids that exist, in their order, full content. */
  getMessages(params: { tenant: number; messageIds: readonly MessageId[] }): Promise<StoredMessage[]>;
  /** Erases content, error and search values; waiting events fail as CONTENT_ERASED. False when there is no such message. */
  eraseContent(params: { tenant: number; messageId: MessageId; actor: Actor }): Promise<boolean>;
}
