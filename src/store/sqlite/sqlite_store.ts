/**
 * The embedded store: one SQLite file, one process. Calls become batches (see group_commit.ts) that a synchronous core runs,
 * in threads of its own or in the caller's; this class only routes them and opens and closes what they need.
 */
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { GroupCommit } from "../group_commit.ts";
import type { Store, StoreCapabilities } from "../store.ts";
import { StoreOpenError, StoreUnavailable } from "../store.ts";
import type { Backend } from "./backend.ts";
import { openInline, openThreads } from "./backend.ts";
import { callBytes } from "./call_bytes.ts";
import { callOutcomes } from "./failure.ts";
import { openError, prepareFiles } from "./files.ts";
import { FileLock } from "./lock.ts";
import type { Answer, Call, Params, ReadMethod, WriteMethod } from "./methods.ts";
import { ReadQueue } from "./read_queue.ts";

const BATCH_CALLS_MAX = 500;
const BATCH_BYTES_MAX = 4_194_304;
const IN_MEMORY = ":memory:";

/** How a store is set up. */
export type SqliteStoreOptions = {
  /** Of the database file; its folder is made when missing. `:memory:` only with `inline`. */
  path: string;
  clock: Clock;
  /** For `inline` alone: threads use the operating system's generator, since a generator cannot cross to them. */
  random: Random;
  /** 32 bytes that seal signing secrets and header values. */
  secretKey: Buffer;
  /** Of the master key before: what it sealed opens as well. */
  previousSecretKey?: Buffer | null;
  /** `threads`: a writer and a reader thread, so that no loop waits for the disk. `inline`: all in the caller's thread. */
  mode: "threads" | "inline";
  /** A slow disk, injected: sleeps so many ms after every commit, in the thread that writes. Default 0. */
  commitDelayMs?: number;
  /** Called once when a thread of the store died: nothing works any more, and the process should end. */
  onFatal?: (error: Error) => void;
};

/** The store on a SQLite file. See {@link Store} for its methods. */
export class SqliteStore implements Store {
  readonly capabilities: StoreCapabilities = { isShared: false, isCutByDay: false };
  readonly #options: SqliteStoreOptions;
  readonly #writes: GroupCommit<Call<WriteMethod>>;
  readonly #reads: ReadQueue;
  #backend: Backend | null = null;
  #lock: FileLock | null = null;
  #closing: Promise<void> | null = null;
  #isDead = false;

  constructor(options: SqliteStoreOptions) {
    this.#options = options;
    const { clock } = options;
    this.#writes = new GroupCommit({
      run: async (calls) => callOutcomes(await this.#opened().write({ now: Math.floor(clock.now()), calls })),
      callsMax: BATCH_CALLS_MAX,
      bytesMax: BATCH_BYTES_MAX,
    });
    this.#reads = new ReadQueue({ clock, run: (batch) => this.#opened().read(batch) });
  }

  async open(): Promise<void> {
    const { path, clock, random, secretKey, previousSecretKey = null, mode, commitDelayMs = 0 } = this.#options;
    if (path === IN_MEMORY && mode === "threads") {
      throw new StoreOpenError("A database in memory cannot be shared by threads. Give it a file, or use mode inline.");
    }
    this.#takeFiles(path);
    const secretKeys = [secretKey, ...(previousSecretKey === null ? [] : [previousSecretKey])] as const;
    const options = { path, secretKeys, now: Math.floor(clock.now()), commitDelayMs };
    try {
      this.#backend =
        mode === "inline"
          ? openInline({ ...options, random })
          : await openThreads(options, (error) => this.#die(error));
    } catch (error) {
      this.#lock?.release();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  ping = (): Promise<void> => this.#write("ping", undefined);
  /** Nobody else can leave anything to do: one process has the file. */
  onNotice = () => () => undefined;
  changesSince = (params: Params<"changesSince">) => this.#read("changesSince", params);
  dropOldDay = () => Promise.resolve("none" as const);
  pruneMessages = (params: Params<"pruneMessages">) => this.#write("pruneMessages", params);
  pruneExpired = (params: Params<"pruneExpired">) => this.#write("pruneExpired", params);
  eraseOldContents = (params: Params<"eraseOldContents">) => this.#write("eraseOldContents", params);
  failEventsOfDeletedWebhooks = (params: Params<"failEventsOfDeletedWebhooks">) =>
    this.#write("failEventsOfDeletedWebhooks", params);
  indexMessages = () => this.#write("indexMessages", undefined);
  counterDifferences = () => this.#read("counterDifferences", undefined);

  environmentSettings = (params: Params<"environmentSettings">) => this.#read("environmentSettings", params);
  updateEnvironmentSettings = (params: Params<"updateEnvironmentSettings">) =>
    this.#write("updateEnvironmentSettings", params);
  listRetentions = (params: Params<"listRetentions">) => this.#read("listRetentions", params);
  listViews = (params: Params<"listViews">) => this.#read("listViews", params);
  createView = (params: Params<"createView">) => this.#write("createView", params);
  deleteView = (params: Params<"deleteView">) => this.#write("deleteView", params);
  systemFigures = (params: Params<"systemFigures">) => this.#read("systemFigures", params);
  isPaused = () => this.#read("isPaused", undefined);
  setPaused = (params: Params<"setPaused">) => this.#write("setPaused", params);
  masterKeys = () => this.#read("masterKeys", undefined);
  beginMasterKeyRotation = (params: Params<"beginMasterKeyRotation">) => this.#write("beginMasterKeyRotation", params);
  resealSecrets = (params: Params<"resealSecrets">) => this.#write("resealSecrets", params);
  endMasterKeyRotation = (params: Params<"endMasterKeyRotation">) => this.#write("endMasterKeyRotation", params);

  createApplication = (params: Params<"createApplication">) => this.#write("createApplication", params);
  listApplications = (params: Params<"listApplications">) => this.#read("listApplications", params);
  findApplication = (params: Params<"findApplication">) => this.#read("findApplication", params);
  findTenant = (params: Params<"findTenant">) => this.#read("findTenant", params);
  createApiKey = (params: Params<"createApiKey">) => this.#write("createApiKey", params);
  listApiKeys = (params: Params<"listApiKeys">) => this.#read("listApiKeys", params);
  revokeApiKey = (params: Params<"revokeApiKey">) => this.#write("revokeApiKey", params);
  findApiKey = (params: Params<"findApiKey">) => this.#read("findApiKey", params);
  touchApiKeys = (params: Params<"touchApiKeys">) => this.#write("touchApiKeys", params);
  claimDemo = () => this.#write("claimDemo", undefined);
  setOperatorKey = (params: Params<"setOperatorKey">) => this.#write("setOperatorKey", params);
  createSession = (params: Params<"createSession">) => this.#write("createSession", params);
  findSession = (params: Params<"findSession">) => this.#read("findSession", params);
  touchSession = (params: Params<"touchSession">) => this.#write("touchSession", params);
  deleteSession = (params: Params<"deleteSession">) => this.#write("deleteSession", params);
  listAudit = (params: Params<"listAudit">) => this.#read("listAudit", params);
  checkAuditChain = (params: Params<"checkAuditChain">) => this.#read("checkAuditChain", params);

  createWebhook = (params: Params<"createWebhook">) => this.#write("createWebhook", params);
  listWebhooks = (params: Params<"listWebhooks">) => this.#read("listWebhooks", params);
  findWebhook = (params: Params<"findWebhook">) => this.#read("findWebhook", params);
  updateWebhook = (params: Params<"updateWebhook">) => this.#write("updateWebhook", params);
  deleteWebhook = (params: Params<"deleteWebhook">) => this.#write("deleteWebhook", params);
  revealSecrets = (params: Params<"revealSecrets">) => this.#write("revealSecrets", params);
  rotateSecret = (params: Params<"rotateSecret">) => this.#write("rotateSecret", params);
  endPreviousSecrets = (params: Params<"endPreviousSecrets">) => this.#write("endPreviousSecrets", params);
  storedSecrets = (params: Params<"storedSecrets">) => this.#read("storedSecrets", params);
  secretsForRequest = (params: Params<"secretsForRequest">) => this.#write("secretsForRequest", params);
  deliverySettings = (params: Params<"deliverySettings">) => this.#read("deliverySettings", params);

  publish = (params: Params<"publish">) => this.#write("publish", params);
  findDueLanes = (params: Params<"findDueLanes">) => this.#read("findDueLanes", params);
  claimDue = (params: Params<"claimDue">) => this.#write("claimDue", params);
  markBegun = (params: Params<"markBegun">) => this.#write("markBegun", params);
  releaseLeases = (params: Params<"releaseLeases">) => this.#write("releaseLeases", params);
  /** Every lane belongs to the one process. */
  releaseLanes = () => Promise.resolve();
  /** Every watcher is a watcher of the one process. */
  watchTenants = () => Promise.resolve();
  tenantsWatchedElsewhere = () => Promise.resolve([]);
  passItems = () => Promise.resolve();
  readPassedItems = () => Promise.resolve({ items: [], last: 0 });
  heartbeats = () => Promise.resolve([]);
  laneShares = () => Promise.resolve({ own: 0, all: 0, workers: 1 });
  settleAttempts = (params: Params<"settleAttempts">) => this.#write("settleAttempts", params);
  registerWorker = (params: Params<"registerWorker">) => this.#write("registerWorker", params);
  heartbeat = (params: Params<"heartbeat">) => this.#write("heartbeat", params);
  removeWorker = (params: Params<"removeWorker">) => this.#write("removeWorker", params);
  takeOverLeases = (params: Params<"takeOverLeases">) => this.#write("takeOverLeases", params);
  resendEvent = (params: Params<"resendEvent">) => this.#write("resendEvent", params);
  consumeToken = (params: Params<"consumeToken">) => this.#write("consumeToken", params);
  findToken = (params: Params<"findToken">) => this.#read("findToken", params);

  countJobEvents = (params: Params<"countJobEvents">) => this.#read("countJobEvents", params);
  createJob = (params: Params<"createJob">) => this.#write("createJob", params);
  findJob = (params: Params<"findJob">) => this.#read("findJob", params);
  listJobs = (params: Params<"listJobs">) => this.#read("listJobs", params);
  listJobFailures = (params: Params<"listJobFailures">) => this.#read("listJobFailures", params);
  changeJob = (params: Params<"changeJob">) => this.#write("changeJob", params);
  findRunningJobs = (params: Params<"findRunningJobs">) => this.#read("findRunningJobs", params);
  claimJob = (params: Params<"claimJob">) => this.#write("claimJob", params);
  scanJob = (params: Params<"scanJob">) => this.#read("scanJob", params);
  stepJob = (params: Params<"stepJob">) => this.#write("stepJob", params);
  pruneJobs = (params: Params<"pruneJobs">) => this.#write("pruneJobs", params);

  listEvents = (params: Params<"listEvents">) => this.#read("listEvents", params);
  getEvent = (params: Params<"getEvent">) => this.#read("getEvent", params);
  getEvents = (params: Params<"getEvents">) => this.#read("getEvents", params);
  listMessages = (params: Params<"listMessages">) => this.#read("listMessages", params);
  getMessages = (params: Params<"getMessages">) => this.#read("getMessages", params);
  eraseContent = (params: Params<"eraseContent">) => this.#write("eraseContent", params);

  readStats = (params: Params<"readStats">) => this.#read("readStats", params);
  readWebhookStats = (params: Params<"readWebhookStats">) => this.#read("readWebhookStats", params);
  countActions = (params: Params<"countActions">) => this.#read("countActions", params);
  foldStats = (params: Params<"foldStats">) => this.#write("foldStats", params);

  #write<M extends WriteMethod>(method: M, params: Params<M>): Promise<Answer<M>> {
    const place = { tenant: tenantOf(params), bytes: callBytes(method, params) };
    return this.#writes.submit({ method, params }, place) as Promise<Answer<M>>; // true by the table of methods
  }

  #read<M extends ReadMethod>(method: M, params: Params<M>): Promise<Answer<M>> {
    return this.#reads.submit({ method, params }, { tenant: tenantOf(params) }) as Promise<Answer<M>>; // true by the table of methods
  }

  #opened(): Backend {
    if (this.#backend === null) throw new StoreUnavailable("the store is not open");
    return this.#backend;
  }

  #takeFiles(path: string): void {
    if (path === IN_MEMORY) return;
    prepareFiles(path);
    try {
      this.#lock = new FileLock(path);
    } catch (error) {
      throw openError(path, error);
    }
  }

  async #close(): Promise<void> {
    await this.#writes.close();
    await this.#reads.close();
    await this.#backend?.close();
    this.#lock?.release();
  }

  #die(error: Error): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#writes.fail(error);
    this.#reads.fail(error);
    this.#options.onFatal?.(error);
  }
}

/** Whose turn a call takes; the engine's own calls belong to no tenant and take turns as one. */
function tenantOf(params: unknown): number | null {
  const isOfTenant = typeof params === "object" && params !== null && "tenant" in params;
  return isOfTenant && typeof params.tenant === "number" ? params.tenant : null;
}
