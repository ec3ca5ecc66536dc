/** Events (a message on its way to one webhook) and their attempts, as the API shows them. */
import type { IGNISIGN_WEBHOOK_EVENT_STATUS } from "./catalog.ts";
import type { WebhookError } from "./payload.ts";

/** One HTTP POST of an event. */
export type Attempt = {
  number: number;
  trigger: "AUTO" | "RESEND" | "BULK" | "REPLAY" | "TEST";
  triggeredBy?: string | null;
  startedAt: string;
  durationMs: number;
  timings: {
    queuedMs: number;
    dnsMs?: number | null;
    connectMs?: number | null;
    tlsMs?: number | null;
    firstByteMs?: number | null;
    bodyMs?: number | null;
  };
  address?: string | null;
  tls?: unknown;
  tokenConsumedAt?: string | null;
  request: { url: string; headers: [name: string, value: string][]; body: string };
  response?: {
    status: number;
    statusText: string;
    headers: [name: string, value: string][];
    body: string;
    bodyEncoding: "utf8" | "base64";
    truncated: boolean;
  } | null;
  error?: { code: string; message: string } | null;
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
  error?: WebhookError | null;
  isTest: boolean;
  status: IGNISIGN_WEBHOOK_EVENT_STATUS;
  attemptCount: number;
  retriesUsed: number;
  /** When it is tried again by itself; null when it is not. */
  nextAttemptAt: string | null;
  lastCode?: string | null;
  response?: { status: number; statusText: string } | null;
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
  /** Inclusive. */
  from?: Date | string;
  /** Exclusive. */
  to?: Date | string;
  /** A status (`503`), a class of statuses (`4xx`) or an error code. */
  code?: string;
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
