/**
 * Messages and events on their way: publishing, leasing, settling, resending, tokens. The store is the queue.
 *
 * Fencing: a lease is `leaseWorker` + `attemptCount` of the event row. Every statement that ends or returns a lease names
 * both, so a worker that lost its lease changes nothing.
 */
import type { EventId, MessageId, WebhookId, WorkerId } from "../ids.ts";
import type { AppEnv, EventStatus, MsgNature, Trigger } from "../domain/values.ts";
import type { AttemptFailure } from "../domain/failure.ts";
import type { DisabledReason } from "../domain/webhook.ts";
import type { Actor } from "./tenancy.ts";

/** A message to be stored; `content` and `error` are JSON text as published. */
export type NewMessage = {
  topic: string;
  action: string;
  msgNature: MsgNature;
  content: string;
  error: string | null;
  /** Values of fields whose name ends in `Id`, at most 20, for the exact search. */
  searchValues: readonly string[];
  traceParent: string | null;
};

/**
 * An event as publishing answers it. `isLeased`: handed over to the worker that was named. `isElsewhere`: its lane belongs to
 * another worker, which alone may claim it.
 */
export type PublishedEvent = {
  id: EventId;
  webhookId: WebhookId;
  status: EventStatus;
  isLeased: boolean;
  isElsewhere: boolean;
};
export type PublishedMessage = { id: MessageId; createdAt: number; events: PublishedEvent[] };

/** One call of a publisher: one message or a batch of them, or a test event. */
export type PublishParams = {
  tenant: number;
  messages: readonly NewMessage[];
  /** Of the request, or null. `bodyHash` is the SHA-256 of the raw body. */
  idempotency: { key: string; route: "message" | "batch"; bodyHash: Uint8Array } | null;
  /**
   * Leases the new events to this worker, but not those of the webhooks listed (their lanes are full). `takesLanes` false:
   * only of lanes that it owns already.
   */
  lease: { workerId: WorkerId; exceptWebhookIds: readonly WebhookId[]; takesLanes?: boolean } | null;
  /** Only this webhook, disabled topics or not (it must be enabled): a test event, triggered by this actor. */
  test: { webhookId: WebhookId; actor: Actor } | null;
};

/** What came of a publish. Only `created` has stored anything. */
export type PublishResult =
  | { kind: "created"; messages: PublishedMessage[] }
  /** The idempotency key was used with the same body: the same ids, events in their present state. */
  | { kind: "repeated"; messageIds: MessageId[] }
  /** The idempotency key was used with another body. */
  | { kind: "conflict" }
  /** More resulting events than a batch may have. Nothing is stored. */
  | { kind: "tooManyEvents"; count: number }
  /** The webhook of a test is gone or disabled. Nothing is stored. */
  | { kind: "webhookGone" }
  | { kind: "webhookDisabled" };

/** An event that this worker holds the lease of, with all that an attempt needs. */
export type LeasedEvent = {
  id: EventId;
  messageId: MessageId;
  tenant: number;
  appId: string;
  appEnv: AppEnv;
  webhookId: WebhookId;
  topic: string;
  action: string;
  msgNature: MsgNature;
  /** Null once erased. */
  content: string | null;
  error: string | null;
  isTest: boolean;
  status: EventStatus;
  /** The number of the attempt that the lease is for. */
  attempt: number;
  trigger: Trigger;
  triggeredBy: string | null;
  retriesUsed: number;
  /** The attempt before it was ABANDONED: `markBegun` comes before sending. */
  isRepeat: boolean;
  /** Since when it could have been sent, epoch ms: what `queuedMs` counts from. */
  dueAt: number;
};

/** A webhook with events that are due. */
export type DueLane = { tenant: number; webhookId: WebhookId };

/** Everything the history keeps of one attempt. Header values that are the customer's own are already masked. */
export type AttemptRecord = {
  startedAt: number;
  durationMs: number;
  timings: {
    queuedMs: number;
    dnsMs: number | null;
    connectMs: number | null;
    tlsMs: number | null;
    firstByteMs: number | null;
    bodyMs: number | null;
  };
  address: string | null;
  /** JSON: protocol, cipher and certificate summary; null without TLS. */
  tls: string | null;
  url: string;
  /** JSON, a list of pairs. */
  requestHeaders: string;
  response: {
    status: number;
    statusText: string;
    /** JSON, a list of pairs. */
    headers: string;
    /** The first 16 KiB, its bytes one a character, tokens masked. */
    body: string;
    isTruncated: boolean;
    /** Why the body broke off, or null. */
    bodyError: string | null;
  } | null;
  failure: AttemptFailure | null;
};

/** The end of a leased attempt. */
export type Settlement = {
  tenant: number;
  eventId: EventId;
  webhookId: WebhookId;
  attempt: number;
  trigger: Trigger;
  triggeredBy: string | null;
  isTest: boolean;
  /** SUCCESS, or FAILED with the delay of the next retry (null: none). The store adds it to its own clock. */
  status: "SUCCESS" | "FAILED";
  retryInMs: number | null;
  /** `lastCode`: the response's status, or the failure's code. */
  code: string;
  /** Whether a failure counts for the 5-day rule (not for our own outages, tests and resends). */
  countsAsFailing: boolean;
  /** Disable the webhook in the same transaction (410, or the receiver asked for it). */
  disableAs: DisabledReason | null;
  record: AttemptRecord;
};

/** How the settlement of an attempt left its event. Times are epoch ms. */
export type SettledState = {
  eventId: EventId;
  attempt: number;
  retriesUsed: number;
  nextAttemptAt: number | null;
  updatedAt: number;
};

/** For so long after it consumed a token a check can be repeated with its idempotency key, in ms. */
export const CHECK_REPEATABLE_MS = 60_000;

/** The token of an attempt that is to be consumed. Without a `keyHash` the call cannot be repeated. */
export type TokenConsumption = { tenant: number; eventId: EventId; attempt: number; keyHash?: Uint8Array | null };

/** What came of checking a token whose claims were genuine. */
export type TokenCheck =
  /** `consumed`: by this very call, or by the one that it repeats. `alreadyConsumed`: by another one. */
  | {
      kind: "consumed" | "alreadyConsumed";
      webhookId: WebhookId;
      topic: string;
      action: string;
      /** SHA-256 of the content in hex; null once erased. */
      contentSha256: string | null;
    }
  | { kind: "notFound" };

/** A token whose claims were genuine, as it stands. `consumedAt`: epoch ms, or null. */
export type TokenState = { webhookId: WebhookId; topic: string; action: string; consumedAt: number | null };

/** Who owns how many lanes; zeros where a store has one process, which has every lane. */
export type LaneShares = { own: number; all: number; workers: number };

/** A worker and its last heartbeat, epoch ms. */
export type Silent = { workerId: WorkerId; heartbeatAt: number };
/** `isOverdue`: by the clock of the database, it was silent for `deadAfterMs`. */
export type Heartbeats = (Silent & { deadAfterMs: number; isOverdue: boolean })[];

export interface DeliveryStore {
  /**
   * Stores messages with one PENDING event for each webhook that takes them now, all or nothing, durable when it
   * resolves. The webhooks are read inside the transaction. Ids are minted in commit order.
   */
  publish(params: PublishParams): Promise<PublishResult>;

  /**
   * Webhooks, not disabled, with something due, the longest due first, after `cursor`; and when the next is due (null: never).
   * With `workerId`, lanes that belong to another live worker are left out; with `takesLanes` false, also those of nobody,
   * unless they have been due for 2 seconds: then there is nobody else.
   */
  findDueLanes(params: { limit: number; cursor: string | null; workerId?: WorkerId; takesLanes?: boolean }): Promise<{
    lanes: DueLane[];
    nextCursor: string | null;
    nextDueAt: number | null;
  }>;
  /**
   * Leases due events, oldest due first, at most `room` for each lane and about `bytesMax` of content in all (at least one
   * event). Skips what is leased; two workers never get the same event. Where the store is shared, a lane belongs to one live
   * worker at a time, so that a webhook's limits hold for the whole installation: a claim takes lanes that belong to nobody,
   * or to a dead worker (with `takesLanes` false, only such), and gets nothing of another's. So does a publish that hands over.
   */
  claimDue(params: {
    workerId: WorkerId;
    lanes: readonly (DueLane & { room: number })[];
    bytesMax: number;
    takesLanes?: boolean;
  }): Promise<LeasedEvent[]>;
  /**
   * Notes, durably, that sending these repeated attempts begins now. At the death of the worker, what was abandoned before
   * and not begun again gives its number back instead of being counted as ABANDONED once more: an event that only waits in
   * a dying worker's memory must not run out of chances. First attempts are not marked, which would cost each a write.
   * `lost` are those whose lease is lost: they must not be sent.
   */
  markBegun(params: {
    workerId: WorkerId;
    leases: readonly { tenant: number; eventId: EventId; attempt: number }[];
  }): Promise<{ lost: EventId[] }>;
  /** Gives back leases whose attempt was not begun, with their numbers. Lost leases are skipped. */
  releaseLeases(params: {
    workerId: WorkerId;
    leases: readonly { tenant: number; eventId: EventId; attempt: number }[];
  }): Promise<void>;
  /**
   * Ends attempts: attempt row, event, counters, statistics, failing run (and auto-disable) in one transaction. `late`
   * counts those whose lease was lost, which change nothing. `disabled` are the webhooks disabled by it. `states` tells of
   * the events in `statesOf` (default: of none, since it is only wanted where somebody watches) what became of them.
   */
  settleAttempts(params: {
    workerId: WorkerId;
    settlements: readonly Settlement[];
    statesOf?: readonly EventId[];
  }): Promise<{
    late: EventId[];
    disabled: { webhookId: WebhookId; reason: DisabledReason }[];
    states: SettledState[];
  }>;

  /** Gives lanes of this worker back, of which nothing waits or runs here: others may take them. */
  releaseLanes(params: { workerId: WorkerId; lanes: readonly DueLane[] }): Promise<void>;
  /** How many lanes this worker owns, how many all workers together, and how many live workers there are to own some. */
  laneShares(params: { workerId: WorkerId }): Promise<LaneShares>;

  /**
   * Registers the worker and its first heartbeat. Where the store is shared, others may declare it dead when it was silent for
   * `deadAfterMs` (default: never for its silence). Attempts that take longer may then be repeated while they are under way.
   */
  registerWorker(params: {
    workerId: WorkerId;
    role: string;
    host: string;
    pid: number;
    deadAfterMs?: number;
  }): Promise<void>;
  /** Keeps the worker's leases alive, however late it comes; false when it was declared dead meanwhile. */
  heartbeat(params: { workerId: WorkerId }): Promise<boolean>;
  /** For a graceful stop, after all leases are settled or released. */
  removeWorker(params: { workerId: WorkerId }): Promise<void>;
  /**
   * Ends up to `limit` leases of dead workers as ABANDONED: due at once, or FAILED for the third in a row (CONTRACT 3.7).
   * On SQLite every worker but the running ones of this process is dead; elsewhere, those without a row and those that are or
   * were declared dead: `silent`, unless their heartbeat is another one by now. `more`: call again.
   */
  takeOverLeases(params: { limit: number; silent?: readonly Silent[] }): Promise<{ takenOver: number; more: boolean }>;
  /** The heartbeats of the live workers that may be declared dead. None where a store has one process. */
  heartbeats(): Promise<Heartbeats>;

  /** Makes a settled event PENDING and due now, with a fresh schedule. */
  resendEvent(params: {
    tenant: number;
    webhookId: WebhookId;
    eventId: EventId;
    trigger: Trigger;
    actor: Actor;
  }): Promise<"resent" | "notFound" | "alreadyPending" | "webhookDisabled" | "contentErased">;

  /**
   * Consumes the token of an attempt, once for all: a unique insert. The claims were verified by the caller, but that
   * tenant and attempt exist is checked here. `keyHash` is the SHA-256 of the call's idempotency key: for
   * {@link CHECK_REPEATABLE_MS} a call with the same one is answered as the call that consumed the token.
   */
  consumeToken(params: TokenConsumption): Promise<TokenCheck>;
  /** What is known of the token of an attempt, without consuming it; null when tenant and attempt do not exist. */
  findToken(params: { tenant: number; eventId: EventId; attempt: number }): Promise<TokenState | null>;
}
