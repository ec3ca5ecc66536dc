/** Events (a message on its way to one webhook) and their attempts, as the API shows them. */
import type { IGNISIGN_WEBHOOK_EVENT_STATUS } from "./catalog.ts";
import type { WebhookError } from "./payload.ts";

/** One HTTP POST of an event. */
export type Attempt = {
  number: number;
  trigger: "AUTO" | "RESEND" | "BULK" | "REPLAY" | "TEST";
  triggeredBy?: string;
  /** The process that made it; not told of attempts from before this was kept. */
  workerId?: string;
  startedAt: string;
  durationMs: number;
  timings: {
    queuedMs: number;
    dnsMs?: number;
    connectMs?: number;
    tlsMs?: number;
    firstByteMs?: number;
    bodyMs?: number;
  };
  address?: string;
  tls?: unknown;
  tokenConsumedAt?: string;
  /** As sent, the token masked; the body is null once the content is erased. */
  request: { url: string; httpVersion: string; headers: [name: string, value: string][]; body: string | null };
  response?: {
    status: number;
    statusText: string;
    headers: [name: string, value: string][];
    body: string;
    bodyEncoding: "utf8" | "base64";
    truncated: boolean;
    /** Why the body broke off. */
    bodyError?: string;
  };
  error?: { code: string; message: string };
};

/** An event. */
export type WebhookEvent = {
  _id: string;
  webhookId: string;
  messageId: string;
  appId: string;
  appEnv: string;
  topic: string;
  action: string;
  msgNature: string;
  /** Null in a list when it is longer than 4 KiB (`contentBytes` says how long), and when it was erased. */
  content: unknown;
  contentBytes?: number;
  error?: WebhookError;
  isTest: boolean;
  status: IGNISIGN_WEBHOOK_EVENT_STATUS;
  attemptCount: number;
  retriesUsed: number;
  /** When it is tried again by itself; null when it is not. */
  nextAttemptAt: string | null;
  /** The last attempt's status, or the code of its failure. */
  lastCode?: string;
  /** The last attempt's. */
  response?: { status: number; statusText: string };
  /** How long the last attempt took; not where it is ABANDONED. */
  lastDurationMs?: number;
  _createdAt: string;
  _updatedAt: string;
};

/** An event with its history. */
export type WebhookEventDetails = WebhookEvent & { attempts: Attempt[] };

/** Which events, and which page of them. */
export type EventQuery = {
  filter?: "ALL" | "SUCCESS" | "PASSED" | "FAILED" | "PENDING";
  topic?: string;
  action?: string;
  msgNature?: "SUCCESS" | "WARNING" | "ERROR" | "INFO";
  /** Inclusive. */
  from?: Date | string;
  /** Exclusive. */
  to?: Date | string;
  /** A status (`503`), a class of statuses (`4xx`) or an error code. */
  code?: string;
  /** Only events with at least so many attempts. */
  attempts?: number;
  test?: boolean;
  /** Exact: an event id, a message id, an idempotency key, or a value of a content field whose name ends in `Id`. */
  search?: string;
  /** From 1. */
  page?: number;
  cursor?: string;
  /** 1 to 100, default 50. */
  limit?: number;
};

/** How much there is. `total` is a lower bound when `totalIsAtLeast`. */
export type SearchData = { total: number; totalIsAtLeast?: boolean; page: number; nbEventsPerPage: number };

/** A page of events, newest first. */
export type EventList = { events: WebhookEvent[]; searchData: SearchData; nextCursor: string | null };
