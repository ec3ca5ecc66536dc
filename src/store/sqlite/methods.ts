/** Every method of the store by name: which ones write, which ones only read, and the function that does each. */
import type { LiveSharingStore } from "../live_sharing.ts";
import type { Store } from "../store.ts";
import { countActions } from "./action_counts.ts";
import { createApplication, findApplication, findTenant, listApplications } from "./applications.ts";
import { checkAuditChain } from "./audit_chain.ts";
import { listAudit } from "./audit_list.ts";
import { changesSince } from "./changes.ts";
import { claimDue, findDueLanes, markBegun, releaseLeases } from "./claims.ts";
import { eraseOldContents } from "./content_retention.ts";
import { counterDifferences } from "./counters.ts";
import { failEventsOfDeletedWebhooks } from "./deleted_webhooks.ts";
import { deliverySettings } from "./delivery_settings.ts";
import { environmentSettings, listRetentions, updateEnvironmentSettings } from "./environment_settings.ts";
import { eraseContent } from "./erase.ts";
import { getEvent, getEvents, listEvents } from "./events_list.ts";
import { pruneExpired } from "./expiry.ts";
import { createApiKey, findApiKey, listApiKeys, revokeApiKey, setOperatorKey, touchApiKeys } from "./keys.ts";
import { changeJob, claimJob, findRunningJobs } from "./job_changes.ts";
import { countJobEvents } from "./job_counts.ts";
import { createJob } from "./job_creation.ts";
import { listJobFailures } from "./job_failures.ts";
import { pruneJobs } from "./job_retention.ts";
import { findJob, listJobs } from "./job_rows.ts";
import { scanJob } from "./job_scan.ts";
import { stepJob } from "./job_step.ts";
import { beginMasterKeyRotation, endMasterKeyRotation, masterKeys } from "./master_key.ts";
import { getMessages, listMessages } from "./messages_list.ts";
import { publish } from "./publish.ts";
import { resealSecrets } from "./reseal.ts";
import { resendEvent } from "./resend.ts";
import { pruneMessages } from "./retention.ts";
import { endPreviousSecrets, revealSecrets, rotateSecret, secretsForRequest, storedSecrets } from "./secrets.ts";
import { indexMessages } from "./search_index.ts";
import { createSession, deleteSession, findSession, touchSession } from "./sessions.ts";
import { claimDemo, ping } from "./settings.ts";
import { settleAttempts } from "./settle.ts";
import { readStats, readWebhookStats } from "./stats.ts";
import { foldStats } from "./stats_sums.ts";
import { isPaused, setPaused, systemFigures } from "./system.ts";
import { consumeToken, findToken } from "./tokens.ts";
import type { ReadView, Transaction } from "./transaction.ts";
import { createView, deleteView, listViews } from "./views.ts";
import { findWebhook, listWebhooks } from "./webhook_rows.ts";
import { createWebhook, deleteWebhook, updateWebhook } from "./webhooks.ts";
import { heartbeat, registerWorker, removeWorker, takeOverLeases } from "./workers.ts";

type Method = Exclude<
  keyof Store,
  "open" | "close" | "capabilities" | "onNotice" | "releaseLanes" | "laneShares" | "heartbeats" | keyof LiveSharingStore
>;
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
  claimDemo,
  createSession,
  touchSession,
  deleteSession,
  createWebhook,
  updateWebhook,
  deleteWebhook,
  revealSecrets,
  rotateSecret,
  endPreviousSecrets,
  secretsForRequest,
  updateEnvironmentSettings,
  createView,
  deleteView,
  setPaused,
  beginMasterKeyRotation,
  resealSecrets,
  endMasterKeyRotation,
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
  createJob,
  changeJob,
  claimJob,
  stepJob,
  pruneJobs,
  consumeToken,
  eraseContent,
  pruneMessages,
  eraseOldContents,
  pruneExpired,
  foldStats,
  indexMessages,
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
  findSession,
  listWebhooks,
  findWebhook,
  deliverySettings,
  findDueLanes,
  getEvents,
  getMessages,
  changesSince,
  storedSecrets,
  findToken,
  environmentSettings,
  listRetentions,
  listViews,
  isPaused,
  masterKeys,
  findJob,
  findRunningJobs,
} satisfies { [M in Method]?: Reader<M> };

/** Reads that may look at many rows: they let lookups go first. */
export const SCANS = {
  listAudit,
  checkAuditChain,
  listEvents,
  getEvent,
  listMessages,
  readStats,
  readWebhookStats,
  countActions,
  counterDifferences,
  systemFigures,
  countJobEvents,
  listJobs,
  listJobFailures,
  scanJob,
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
