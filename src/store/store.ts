/**
 * The store: the one place where the product's state lives, and its queue. Two implementations, SQLite and PostgreSQL,
 * pass the same contract suite. Every method is one atomic step with plain data in and out; times are epoch ms. What a
 * write has resolved is durable.
 */
import type { KeyId, MessageId, WebhookId } from "../ids.ts";
import type { AuditLogStore } from "./audit_log.ts";
import type { DeliveryStore } from "./delivery.ts";
import type { HistoryStore } from "./history.ts";
import type { JobStore } from "./jobs.ts";
import type { LiveSharingStore } from "./live_sharing.ts";
import type { MasterKeyStore } from "./master_key.ts";
import type { SessionStore } from "./sessions.ts";
import type { SettingsStore } from "./settings.ts";
import type { StatsStore } from "./stats.ts";
import type { SystemStore } from "./system.ts";
import type { TenancyStore } from "./tenancy.ts";
import type { ViewStore } from "./views.ts";
import type { WebhookStore } from "./webhooks.ts";

/** A change that caches must hear of, in commit order. */
export type Change = { seq: number } & (
  | { kind: "webhook"; webhookId: WebhookId }
  | { kind: "apiKey"; keyId: KeyId }
  /** The settings of the tenant's environment. */
  | { kind: "settings"; tenant: number }
  /** Whether deliveries are paused. */
  | { kind: "system" }
  /** The content of a message was erased. */
  | { kind: "content"; tenant: number; messageId: MessageId }
);

/** What keeps the store small and its readers informed. */
export interface MaintenanceStore {
  /** Changes after `seq` (null: none, only the present `seq`), at most 1,000. Kept for at least an hour. */
  changesSince(params: { seq: number | null }): Promise<{ changes: Change[]; seq: number }>;
  /**
   * Where the history is cut by day: removes one day, over for longer than its environments keep messages (by default
   * `retentionMs`), with all that hangs on it and its share of the counters. What is kept longer stays, and so does what
   * waits; a day of which much stays is left whole. `dropped`: call again. `busy`: it is in use, try again later.
   */
  dropOldDay(params: { retentionMs: number }): Promise<"dropped" | "none" | "busy">;
  /**
   * Deletes messages of a tenant older than `before` of which no event waits, with all that hangs on them and their share
   * of the counters; looks at up to `limit` messages after `cursor`. `nextCursor` null: the end was reached.
   */
  pruneMessages(params: {
    tenant: number;
    before: number;
    limit: number;
    cursor: string | null;
  }): Promise<{ deleted: number; nextCursor: string | null }>;
  /** Deletes what has its own expiry: idempotency keys, consumed tokens, old statistics, changes, sessions, secrets. */
  pruneExpired(params: { limit: number; statsBefore: number }): Promise<{ deleted: number; more: boolean }>;
  /**
   * Erases contents, errors and search values of a tenant's messages older than `before` of which no event waits; looks at
   * up to `limit` messages after `cursor`. `nextCursor` null: the end was reached.
   */
  eraseOldContents(params: {
    tenant: number;
    before: number;
    limit: number;
    cursor: string | null;
  }): Promise<{ erased: number; nextCursor: string | null }>;
  /**
   * Puts published messages into the search index, so many together, where a publish does not; search finds them before as
   * well. `more`: call again.
   */
  indexMessages(): Promise<{ more: boolean }>;
  /** Fails waiting events of deleted webhooks as WEBHOOK_DELETED, up to `limit` in one transaction. */
  failEventsOfDeletedWebhooks(params: { limit: number }): Promise<{ failed: number; more: boolean }>;
  /** Recounts from the rows and compares with the counters: every difference, for tests and the `doctor`. */
  counterDifferences(): Promise<string[]>;
}

/** What an implementation can do beyond the rest. */
export type StoreCapabilities = {
  /** Whether several processes may share it. */
  isShared: boolean;
  /** Whether `dropOldDay` does anything. */
  isCutByDay: boolean;
};

/** All of it: what the engine and the API are given. */
export interface Store
  extends
    TenancyStore,
    SessionStore,
    AuditLogStore,
    WebhookStore,
    SettingsStore,
    ViewStore,
    DeliveryStore,
    HistoryStore,
    JobStore,
    LiveSharingStore,
    StatsStore,
    SystemStore,
    MasterKeyStore,
    MaintenanceStore {
  readonly capabilities: StoreCapabilities;
  /** Opens, migrates and checks the master key. Throws {@link StoreOpenError} with a remedy. */
  open(): Promise<void>;
  /** Resolves when everything submitted is committed and the files are closed. Idempotent. */
  close(): Promise<void>;
  /** Resolves when it can be written; throws {@link StoreUnavailable} otherwise. */
  ping(): Promise<void>;
  /**
   * Calls `listener` when another process has left something to do: events that are due and not leased, lanes to take, a
   * change. It may be called too often, late or never (so whoever listens also looks by itself); never where the store is not
   * shared. Returns how to end that.
   */
  onNotice(listener: () => void): () => void;
}

/** The store cannot be used as configured: the message says why and what to do. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
}

/** Why a store cannot be used, as far as anybody may know. */
export const STORE_FAULTS = {
  unreachable: "It cannot be reached.",
  full: "Its disk is full.",
  readOnly: "It is read-only.",
  slow: "It does not answer in time.",
  busy: "It has no connection to spare.",
  broken: "It fails; the log of this process tells more.",
} as const;
export type StoreFault = keyof typeof STORE_FAULTS;

/**
 * The store cannot answer now (disk full, read-only, connection lost). Nothing of the call was stored, unless a connection
 * broke at the very commit. The message is for the log; `fault` may be shown.
 */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
  readonly fault: StoreFault;

  constructor(message: string, options: { fault?: StoreFault; cause?: unknown } = {}) {
    super(message, options);
    this.fault = options.fault ?? "broken";
  }
}
