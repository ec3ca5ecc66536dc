/** Every method of the store by name: which ones write, which ones only read, and the function that does each. */
import type { Store } from "../store.ts";
import { countActions } from "./action_counts.ts";
import { createApplication, findApplication, findTenant, listApplications } from "./applications.ts";
import { checkAuditChain } from "./audit_chain.ts";
import { listAudit } from "./audit_list.ts";
import { changesSince } from "./changes.ts";
import { claimDue, findDueLanes } from "./claims.ts";
import { eraseOldContents } from "./content_retention.ts";
import { counterDifferences } from "./counters.ts";
import { failEventsOfDeletedWebhooks } from "./deleted_webhooks.ts";
import { deliverySettings } from "./delivery_settings.ts";
import { environmentSettings, listRetentions, updateEnvironmentSettings } from "./environment_settings.ts";
import { eraseContent } from "./erase.ts";
import { getEvent, getEvents, listEvents } from "./events_list.ts";
import { pruneExpired } from "./expiry.ts";
import { changeJob, claimJob, findRunningJobs } from "./job_changes.ts";
import { countJobEvents } from "./job_counts.ts";
import { createJob } from "./job_creation.ts";
import { listJobFailures } from "./job_failures.ts";
import { pruneJobs } from "./job_retention.ts";
import { findJob, listJobs } from "./job_rows.ts";
import { scanJob } from "./job_scan.ts";
import { stepJob } from "./job_step.ts";
import { createApiKey, findApiKey, listApiKeys, revokeApiKey, setOperatorKey, touchApiKeys } from "./keys.ts";
import { beginMasterKeyRotation, endMasterKeyRotation, masterKeys } from "./master_key.ts";
import { getMessages, listMessages } from "./messages_list.ts";
import { resealSecrets } from "./reseal.ts";
import { dropOldDay } from "./old_days.ts";
import { resendEvent } from "./resend.ts";
import { passItems, readPassedItems, tenantsWatchedElsewhere, watchTenants } from "./live_sharing.ts";
import { pruneMessages } from "./retention.ts";
import { endPreviousSecrets, revealSecrets, rotateSecret, secretsForRequest, storedSecrets } from "./secrets.ts";
import { createSession, deleteSession, findSession, touchSession } from "./sessions.ts";
import { laneShares } from "./lane_ownership.ts";
import { claimDemo, ping } from "./settings.ts";
import { readStats, readWebhookStats } from "./stats.ts";
import { foldStats } from "./stats_sums.ts";
import { isPaused, setPaused, systemFigures } from "./system.ts";
import { takeOverLeases } from "./take_over.ts";
import { findToken } from "./tokens.ts";
import type { ReadView, Transaction } from "./transaction.ts";
import { createView, deleteView, listViews } from "./views.ts";
import { findWebhook, listWebhooks } from "./webhook_rows.ts";
import { createWebhook, deleteWebhook, updateWebhook } from "./webhooks.ts";
import { heartbeat, heartbeats, registerWorker, removeWorker } from "./workers.ts";

type Method = Exclude<keyof Store, "open" | "close" | "capabilities" | "onNotice">;
/** The params object of a method. */
export type Params<M extends Method> = Parameters<Store[M]>[0];
/** What a method resolves to. */
export type Answer<M extends Method> = Awaited<ReturnType<Store[M]>>;
type Writer<M extends Method> = (tx: Transaction, params: Params<M>) => Promise<Answer<M>>;
type Reader<M extends Method> = (view: ReadView, params: Params<M>) => Promise<Answer<M>>;

/** What workers do all the time: it waits for nobody else's calls. */
const ENGINE_WRITES = {
  claimDue,
  registerWorker,
  heartbeat,
  removeWorker,
  takeOverLeases,
  watchTenants,
  passItems,
  ping,
} satisfies { [M in Method]?: Writer<M> };

/** Each in a transaction of its own, some at a time. Those that go in batches are in the store itself. */
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
  resendEvent,
  createJob,
  changeJob,
  claimJob,
  stepJob,
  pruneJobs,
  eraseContent,
  dropOldDay,
  pruneMessages,
  eraseOldContents,
  pruneExpired,
  foldStats,
  failEventsOfDeletedWebhooks,
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
  laneShares,
  heartbeats,
  tenantsWatchedElsewhere,
  readPassedItems,
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

/** Reads that may look at many rows: a few at a time, so that they leave connections to lookups. */
const SCANS = {
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

const ALL_WRITES = { ...ENGINE_WRITES, ...WRITES };
const ALL_READS = { ...LOOKUPS, ...SCANS };

/** The methods that write, each for itself. */
export type WriteMethod = keyof typeof ALL_WRITES;
/** The methods that only read. */
export type ReadMethod = keyof typeof ALL_READS;

/** Whether the method is one of the engine's own. */
export function isOfEngine(method: WriteMethod): boolean {
  return method in ENGINE_WRITES;
}

/** Whether the read may look at many rows. */
export function isScan(method: ReadMethod): boolean {
  return method in SCANS;
}

/** Runs a write. */
export function runWrite<M extends WriteMethod>(tx: Transaction, method: M, params: Params<M>): Promise<Answer<M>> {
  const write = ALL_WRITES[method] as unknown as Writer<M>; // by the table
  return write(tx, params);
}

/** Runs a read. */
export function runRead<M extends ReadMethod>(view: ReadView, method: M, params: Params<M>): Promise<Answer<M>> {
  const read = ALL_READS[method] as unknown as Reader<M>; // by the table
  return read(view, params);
}
