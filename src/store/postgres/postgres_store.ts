/**
 * The shared store: a PostgreSQL database, any number of processes. What comes often (publishes, outcomes, tokens, leases) goes
 * in batches, one of each kind at a time (see group_commit.ts); everything else is a transaction of its own. Transactions that
 * the database gives up for the sake of another (a deadlock) are run again.
 */
import type { Clock } from "../../clock.ts";
import { IdMinter } from "../../ids.ts";
import type { Logger } from "../../log.ts";
import type { Random } from "../../random.ts";
import { SecretBox } from "../../secret_box.ts";
import { GroupCommit } from "../group_commit.ts";
import { IdTime } from "../id_time.ts";
import type { Store, StoreCapabilities } from "../store.ts";
import { StoreUnavailable } from "../store.ts";
import type { CallOutcome } from "../waiting.ts";
import { checkClock } from "./clock_check.ts";
import type { DatabaseAddress } from "./address.ts";
import { batchOutcomes } from "./batch_outcomes.ts";
import { COUNTING_MS_MAX } from "./counters.ts";
import { parseAddress } from "./address.ts";
import { publishBytes, settleBytes } from "./call_bytes.ts";
import { CommitUnknown, errorOf, faultOf, isRepeatable } from "./failure.ts";
import type { LeaseCall, PublishCall } from "./batched_calls.ts";
import { beginAndRelease, publishAndRelease } from "./batched_calls.ts";
import { releaseLeases } from "./leases.ts";
import { LostLeases } from "./lost_leases.ts";
import type { Answer, Params, ReadMethod, WriteMethod } from "./methods.ts";
import { isOfEngine, isScan, runRead, runWrite } from "./methods.ts";
import { Notices } from "./notices.ts";
import { prepareDatabase } from "./open_database.ts";
import { makePartitions } from "./partitions.ts";
import type { Plans } from "./plans.ts";
import { PLANS_KEPT } from "./plans.ts";
import { HEARTBEAT_MS_MAX, HOT_TRANSACTION_MS_MAX } from "./pool.ts";
import type { Pools } from "./pools.ts";
import { makePools } from "./pools.ts";
import { settleAttempts } from "./settle.ts";
import { closeMinutes } from "./stats_sums.ts";
import { TenantOrder } from "./tenant_order.ts";
import { consumeTokens } from "./tokens.ts";
import { Transaction } from "./transaction.ts";

const BATCH_CALLS_MAX = 500;
const BATCH_BYTES_MAX = 4_194_304;
/** A call without contents is about so large. */
const CALL_BYTES = 500;
/** So often a transaction is run when the database gives it up. */
const RUNS_MAX = 5;
/** Of counters: each process has two, since outcomes are counted while publishes are. */
const COUNTER_SLOTS = 16;
/** When the database answers, and partitions are missing or could not be made. */
const PARTITIONS_EVERY_MS = 3_600_000;

/** How a store is set up. */
export type PostgresStoreOptions = {
  /** `postgres://user:password@host:port/database`; see {@link parseAddress} for what else it may say. */
  url: string;
  random: Random;
  /** 32 bytes that seal signing secrets and header values: the same in every process. */
  secretKey: Buffer;
  /** Of the master key before: what it sealed opens as well. */
  previousSecretKey?: Buffer | null;
  log: Logger;
  /** Connections of this process, at least 11 (and one more to listen). */
  poolSize: number;
  /** The store's time; null: the database's, which all processes share. */
  clock: Clock | null;
  /** For pauses between tries. */
  timers: Clock;
};

/** The store on a PostgreSQL database. See {@link Store} for its methods. */
export class PostgresStore implements Store {
  readonly capabilities: StoreCapabilities = { isShared: true, isCutByDay: true };
  readonly #options: PostgresStoreOptions;
  readonly #address: DatabaseAddress;
  readonly #secretBox: SecretBox;
  readonly #idTime: IdTime;
  readonly #slot: number;
  readonly #pools: Pools;
  readonly #notices: Notices;
  readonly #lostLeases: LostLeases;
  readonly #publishes: GroupCommit<PublishCall>;
  readonly #outcomes: GroupCommit<Params<"settleAttempts">>;
  readonly #tokens: GroupCommit<Params<"consumeToken">>;
  readonly #leases: GroupCommit<LeaseCall>;
  readonly #order = new TenantOrder();
  readonly #inflight = new Set<Promise<unknown>>();
  #partitionsMadeAt = Number.NEGATIVE_INFINITY;
  #closing: Promise<void> | null = null;

  /** Throws StoreOpenError when the URL cannot be one. */
  constructor(options: PostgresStoreOptions) {
    const { url, random, secretKey, previousSecretKey = null, log, timers } = options;
    this.#options = options;
    this.#address = parseAddress(url);
    this.#secretBox = new SecretBox([secretKey, ...(previousSecretKey === null ? [] : [previousSecretKey])], random);
    this.#idTime = new IdTime(new IdMinter(random));
    this.#slot = ((random.bytes(1)[0] ?? 0) * 2) % COUNTER_SLOTS;
    this.#pools = makePools({ address: this.#address, size: options.poolSize, log, timers });
    this.#notices = new Notices({ address: this.#address, timers, log, random });
    this.#lostLeases = new LostLeases({
      timers,
      log,
      release: async (leases) => {
        await this.#transact((tx) =>
          releaseLeases(
            tx,
            leases.map(({ workerId, ...lease }) => ({ workerId, leases: [lease] })),
          ),
        );
      },
    });
    this.#publishes = this.#batches((tx, calls) => publishAndRelease(tx, calls));
    this.#outcomes = this.#batches(settleAttempts, this.#slot + 1);
    this.#tokens = this.#batches(consumeTokens);
    this.#leases = this.#batches((tx, calls) => beginAndRelease(tx, calls));
  }

  async open(): Promise<void> {
    await prepareDatabase({ address: this.#address, secretBox: this.#secretBox, clock: (now) => this.#time(now) });
    await this.#makePartitions();
    this.#notices.start();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  onNotice = (listener: () => void) => this.#notices.on(listener);
  ping = (): Promise<void> => this.#write("ping", undefined);
  changesSince = (params: Params<"changesSince">) => this.#read("changesSince", params);
  dropOldDay = async (params: Params<"dropOldDay">) => {
    try {
      return await this.#write("dropOldDay", params);
    } catch (error) {
      if (error instanceof StoreUnavailable && error.fault === "slow") return "busy";
      throw error;
    }
  };
  pruneMessages = (params: Params<"pruneMessages">) => this.#write("pruneMessages", params);
  pruneExpired = async (params: Params<"pruneExpired">) => {
    await this.#makePartitions();
    return await this.#write("pruneExpired", params);
  };
  eraseOldContents = (params: Params<"eraseOldContents">) => this.#write("eraseOldContents", params);
  failEventsOfDeletedWebhooks = (params: Params<"failEventsOfDeletedWebhooks">) =>
    this.#write("failEventsOfDeletedWebhooks", params);
  counterDifferences = () => this.#read("counterDifferences", undefined, COUNTING_MS_MAX);

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

  createWebhook = (params: Params<"createWebhook">) => this.#change("createWebhook", params);
  listWebhooks = (params: Params<"listWebhooks">) => this.#read("listWebhooks", params);
  findWebhook = (params: Params<"findWebhook">) => this.#read("findWebhook", params);
  updateWebhook = (params: Params<"updateWebhook">) => this.#change("updateWebhook", params);
  deleteWebhook = (params: Params<"deleteWebhook">) => this.#change("deleteWebhook", params);
  revealSecrets = (params: Params<"revealSecrets">) => this.#write("revealSecrets", params);
  rotateSecret = (params: Params<"rotateSecret">) => this.#write("rotateSecret", params);
  endPreviousSecrets = (params: Params<"endPreviousSecrets">) => this.#write("endPreviousSecrets", params);
  storedSecrets = (params: Params<"storedSecrets">) => this.#read("storedSecrets", params);
  secretsForRequest = (params: Params<"secretsForRequest">) => this.#write("secretsForRequest", params);
  deliverySettings = (params: Params<"deliverySettings">) => this.#read("deliverySettings", params);

  publish = (params: Params<"publish">) => {
    const place = { tenant: params.tenant, bytes: publishBytes(params) };
    return this.#order.publish(params.tenant, () =>
      this.#inBatch<PublishCall, Answer<"publish">>(this.#publishes, { publish: params }, place),
    );
  };
  findDueLanes = (params: Params<"findDueLanes">) => this.#read("findDueLanes", params);
  claimDue = (params: Params<"claimDue">) => this.#write("claimDue", params);
  markBegun = (params: Params<"markBegun">) =>
    this.#inBatch<LeaseCall, Answer<"markBegun">>(this.#leases, { begin: params });
  releaseLeases = (params: Params<"releaseLeases">) =>
    this.#inBatch<LeaseCall, void>(this.#leases, { release: params });
  releaseLanes = (params: Params<"releaseLanes">) =>
    this.#inBatch<PublishCall, void>(this.#publishes, { release: params });
  heartbeats = () => this.#read("heartbeats", undefined, HEARTBEAT_MS_MAX);
  laneShares = (params: Params<"laneShares">) => this.#read("laneShares", params);
  settleAttempts = (params: Params<"settleAttempts">) =>
    this.#inBatch<Params<"settleAttempts">, Answer<"settleAttempts">>(this.#outcomes, params, {
      tenant: null,
      bytes: settleBytes(params),
    });
  registerWorker = (params: Params<"registerWorker">) => this.#write("registerWorker", params);
  heartbeat = (params: Params<"heartbeat">) => this.#write("heartbeat", params);
  removeWorker = (params: Params<"removeWorker">) => this.#write("removeWorker", params);
  takeOverLeases = (params: Params<"takeOverLeases">) => this.#write("takeOverLeases", params);
  resendEvent = (params: Params<"resendEvent">) => this.#write("resendEvent", params);
  consumeToken = (params: Params<"consumeToken">) =>
    this.#inBatch<Params<"consumeToken">, Answer<"consumeToken">>(this.#tokens, params, {
      tenant: params.tenant,
      bytes: CALL_BYTES,
    });
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

  watchTenants = (params: Params<"watchTenants">) => this.#write("watchTenants", params);
  tenantsWatchedElsewhere = (params: Params<"tenantsWatchedElsewhere">) =>
    this.#read("tenantsWatchedElsewhere", params);
  passItems = (params: Params<"passItems">) => this.#write("passItems", params);
  readPassedItems = (params: Params<"readPassedItems">) => this.#read("readPassedItems", params);

  listEvents = (params: Params<"listEvents">) => this.#read("listEvents", params);
  getEvent = (params: Params<"getEvent">) => this.#read("getEvent", params);
  getEvents = (params: Params<"getEvents">) => this.#read("getEvents", params);
  listMessages = (params: Params<"listMessages">) => this.#read("listMessages", params);
  getMessages = (params: Params<"getMessages">) => this.#read("getMessages", params);
  /** Its index is written with the message. */
  indexMessages = () => Promise.resolve({ more: false });
  eraseContent = (params: Params<"eraseContent">) => this.#write("eraseContent", params);

  readStats = (params: Params<"readStats">) => this.#read("readStats", params);
  readWebhookStats = (params: Params<"readWebhookStats">) => this.#read("readWebhookStats", params);
  countActions = (params: Params<"countActions">) => this.#read("countActions", params);
  foldStats = async (params: Params<"foldStats">) => {
    await this.#direct(() => this.#transact(closeMinutes));
    return await this.#write("foldStats", params);
  };

  /** A change of a webhook, in the order of the calls of its tenant. */
  #change<M extends "createWebhook" | "updateWebhook" | "deleteWebhook">(
    method: M,
    params: Params<M>,
  ): Promise<Answer<M>> {
    return this.#order.change<Answer<M>>(params.tenant, () => this.#write(method, params));
  }

  #write<M extends WriteMethod>(method: M, params: Params<M>): Promise<Answer<M>> {
    const run = (limitMs?: number): Promise<Answer<M>> =>
      this.#transact((tx) => runWrite(tx, method, params), { limitMs });
    return this.#direct<Answer<M>>(() =>
      isOfEngine(method)
        ? run(method === "heartbeat" ? HEARTBEAT_MS_MAX : HOT_TRANSACTION_MS_MAX)
        : this.#pools.gates.writes.within(run),
    );
  }

  /** A look at the heartbeats does not wait behind what users ask for: it would be too late to judge by. */
  #read<M extends ReadMethod>(method: M, params: Params<M>, limitMs?: number): Promise<Answer<M>> {
    const { scans, others, gates } = this.#pools;
    const [pool, gate] = isScan(method) ? [scans, gates.scans] : [others, gates.lookups];
    const run = async (): Promise<Answer<M>> => {
      try {
        return await pool.read<Answer<M>>(
          ({ sql, now }) => runRead({ sql, now: this.#time(now), secretBox: this.#secretBox }, method, params),
          limitMs,
        );
      } catch (error) {
        throw errorOf(error);
      }
    };
    return this.#direct(() => (method === "heartbeats" ? run() : gate.within(run)));
  }

  /** Runs what was asked for before the closing to its end, and refuses what comes after it. */
  async #direct<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== null) throw new StoreUnavailable("the store is closed");
    const running = run();
    this.#inflight.add(running);
    try {
      return await running;
    } finally {
      this.#inflight.delete(running);
    }
  }

  #inBatch<Call, Result>(
    batches: GroupCommit<Call>,
    call: Call,
    place: { tenant: number | null; bytes: number } = { tenant: null, bytes: CALL_BYTES },
  ): Promise<Result> {
    return batches.submit(call, place) as Promise<Result>; // what its kind of batch answers
  }

  #batches<Call>(
    run: (tx: Transaction, calls: readonly Call[]) => Promise<readonly unknown[]>,
    slot = this.#slot,
  ): GroupCommit<Call> {
    const together = (calls: readonly Call[]): Promise<readonly unknown[]> =>
      this.#transact((tx) => run(tx, calls), { plans: PLANS_KEPT, slot, limitMs: HOT_TRANSACTION_MS_MAX });
    const runAll = (calls: readonly Call[]): Promise<CallOutcome[]> => batchOutcomes(calls, together);
    return new GroupCommit({ run: runAll, callsMax: BATCH_CALLS_MAX, bytesMax: BATCH_BYTES_MAX });
  }

  /** Runs `work` in a transaction, again when the database gives it up for the sake of another. */
  async #transact<Result>(
    work: (tx: Transaction) => Promise<Result>,
    { plans, slot = this.#slot, limitMs }: { plans?: Plans; slot?: number; limitMs?: number | undefined } = {},
  ): Promise<Result> {
    for (let runs = 1; ; runs++) {
      let tx: Transaction | null = null;
      try {
        const result = await this.#pools.others.write(
          async ({ sql, now }) => {
            const begun = new Transaction({
              sql,
              now: this.#time(now),
              secretBox: this.#secretBox,
              random: this.#options.random,
              idTime: this.#idTime,
              slot,
            });
            tx = begun;
            const value = await work(begun);
            await begun.prepareEnd();
            return { result: { value, begun }, finish: () => begun.end() };
          },
          limitMs,
          plans,
        );
        if (result.begun.leavesWork) this.#notices.tell();
        return result.value;
      } catch (error) {
        if (error instanceof CommitUnknown) this.#lostLeases.add(leasesOf(tx));
        if (!isRepeatable(error) || runs === RUNS_MAX) throw errorOf(error);
      }
    }
  }

  /** The store's time, epoch ms, when that of the database is `databaseNow`. */
  #time(databaseNow: number): number {
    const { clock } = this.#options;
    return clock === null ? databaseNow : Math.floor(clock.now());
  }

  /** Looked after now and then. Without them everything works, and is more work to delete. */
  async #makePartitions(): Promise<void> {
    const { timers, log } = this.#options;
    if (timers.monotonicMs() - this.#partitionsMadeAt < PARTITIONS_EVERY_MS) return;
    try {
      await this.#direct(() => makePartitions(this.#pools.others, (now) => this.#time(checkClock(this.#options, now))));
      this.#partitionsMadeAt = timers.monotonicMs();
    } catch (error) {
      log.warn({ fault: faultOf(error) }, "partitions of the next days cannot be made now; it is tried again");
    }
  }

  async #close(): Promise<void> {
    this.#lostLeases.stop();
    await Promise.all([this.#publishes, this.#outcomes, this.#tokens, this.#leases].map((batches) => batches.close()));
    await Promise.allSettled(this.#inflight);
    await this.#notices.stop();
    const { scans, others } = this.#pools;
    await Promise.all([scans.close(), others.close()]);
  }
}

function leasesOf(tx: Transaction | null): Transaction["leases"] {
  return tx?.leases ?? [];
}
