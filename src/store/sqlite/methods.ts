/** Every method of the store by name: which ones write, which ones only read, and the function that does each. */
import type { Store } from "../store.ts";
import { createApplication, findApplication, findTenant, listApplications, listTenants } from "./applications.ts";
import { listAudit } from "./audit.ts";
import { changesSince } from "./changes.ts";
import { claimDue, findDueLanes, markBegun, releaseLeases } from "./claims.ts";
import { counterDifferences } from "./counters.ts";
import { failEventsOfDeletedWebhooks } from "./deleted_webhooks.ts";
import { deliverySettings } from "./delivery_settings.ts";
import { eraseContent } from "./erase.ts";
import { getEvent, listEvents } from "./events_list.ts";
import { pruneExpired } from "./expiry.ts";
import { createApiKey, findApiKey, listApiKeys, revokeApiKey, setOperatorKey, touchApiKeys } from "./keys.ts";
import { getMessages, listMessages } from "./messages_list.ts";
import { publish } from "./publish.ts";
import { resendEvent } from "./resend.ts";
import { pruneMessages } from "./retention.ts";
import { revealSecrets, rotateSecret } from "./secrets.ts";
import { ping } from "./settings.ts";
import { settleAttempts } from "./settle.ts";
import { consumeToken } from "./tokens.ts";
import type { ReadView, Transaction } from "./transaction.ts";
import { findWebhook, listWebhooks } from "./webhook_rows.ts";
import { createWebhook, deleteWebhook, updateWebhook } from "./webhooks.ts";
import { heartbeat, registerWorker, removeWorker, takeOverLeases } from "./workers.ts";

type Method = Exclude<keyof Store, "open" | "close" | "capabilities">;
/** The params object of a method. */
export type Params<M extends Method> = Parameters<Store[M]>[0];
/** What a method resolves to. */
export type Answer<M extends Method> = Awaited<ReturnType<Store[M]>>;
type Writer<M extends Method> = (tx: Transaction, params: Params<M>) => Answer<M>;
type Reader<M extends Method> = (view: ReadView, params: Params<M>) => Answer<M>;

/** Run one after another in the transaction of their batch. */
const WRITES = {
  createApplication,
  createApiKey,
  revokeApiKey,
  touchApiKeys,
  setOperatorKey,
  createWebhook,
  updateWebhook,
  deleteWebhook,
  revealSecrets,
  rotateSecret,
  publish,
  claimDue,
  markBegun,
  releaseLeases,
  settleAttempts,
  registerWorker,
  heartbeat,
  removeWorker,
  takeOverLeases,
  resendEvent,
  consumeToken,
  eraseContent,
  pruneMessages,
  pruneExpired,
  failEventsOfDeletedWebhooks,
  ping,
} satisfies { [M in Method]?: Writer<M> };

/** Few rows by a key: what engine and API wait for at every turn. */
const LOOKUPS = {
  listApplications,
  findApplication,
  findTenant,
  listApiKeys,
  findApiKey,
  listWebhooks,
  findWebhook,
  deliverySettings,
  findDueLanes,
  getMessages,
  changesSince,
  listTenants,
} satisfies { [M in Method]?: Reader<M> };

/** Reads that may look at many rows: they let lookups go first. */
export const SCANS = {
  listAudit,
  listEvents,
  getEvent,
  listMessages,
  counterDifferences,
} satisfies { [M in Method]?: Reader<M> };

/** The methods that write. */
export type WriteMethod = keyof typeof WRITES;
type LookupMethod = keyof typeof LOOKUPS;
type ScanMethod = keyof typeof SCANS;
/** The methods that only read. */
export type ReadMethod = LookupMethod | ScanMethod;

/** A call as it crosses the thread boundary; `params` are those of its method. */
export type Call<M extends Method> = { method: M; params: unknown };

/** Runs a write call. */
export function runWrite(tx: Transaction, { method, params }: Call<WriteMethod>): unknown {
  const write = WRITES[method] as (tx: Transaction, params: unknown) => unknown; // the store pairs method and params
  return write(tx, params);
}

/** Runs a read call. */
export function runRead(view: ReadView, { method, params }: Call<ReadMethod>): unknown {
  const read = { ...LOOKUPS, ...SCANS }[method] as (view: ReadView, params: unknown) => unknown; // as above
  return read(view, params);
}
