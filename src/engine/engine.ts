/**
 * The engine: everything between the API and the sockets. It owns one worker's leases: registers it, takes over what dead
 * workers left, delivers, keeps its heartbeat, and gives back at a stop what it did not begin.
 */
import { unreachable } from "../assert.ts";
import type { Clock } from "../clock.ts";
import type { MessageId, WebhookId, WorkerId } from "../ids.ts";
import type { Logger } from "../log.ts";
import { Loop } from "../loop.ts";
import type { Role } from "../role.ts";
import type { Random } from "../random.ts";
import type { Sender } from "../egress/sender.ts";
import type { Change, Store } from "../store/store.ts";
import { ChangeWatcher } from "./change_watcher.ts";
import { DeathWatch } from "./death_watch.ts";
import type { DispatcherOptions, DispatcherStatus } from "./dispatcher.ts";
import { DEFAULT_DISPATCHER_OPTIONS, Dispatcher } from "./dispatcher.ts";
import { Heartbeat } from "./heartbeat.ts";
import { failEventsOfDeletedWebhooks } from "./deleted_webhooks.ts";
import { pruneExpired } from "./expiry.ts";
import { Intake, NO_HANDOVER } from "./intake.ts";
import { JobRunner } from "./job_runner.ts";
import { DEFAULT_LIVE_FEED_OPTIONS, LiveFeed } from "./live_feed.ts";
import { LiveRelay } from "./live_relay.ts";
import { PublishGate } from "./publish_gate.ts";
import { Retention } from "./retention.ts";
import { indexMessages } from "./search_runs.ts";
import { foldStats } from "./stats_fold.ts";

const HEARTBEAT_EVERY_MS = 3_000;
const TAKE_OVER_LIMIT = 1_000;
const TAKE_OVER_EVERY_MS = 5_000;
const EXPIRED_EVERY_MS = 60_000;
const DELETED_EVERY_MS = 5_000;
const RETENTION_EVERY_MS_MAX = 60_000;
const RETENTION_EVERY_MS_MIN = 1_000;
/** After a round that failed; otherwise the round says when the next one is. */
const RELAY_EVERY_MS = 1_000;
const FORGET_LANES_EVERY_MS = 15_000;
const SHARE_LANES_EVERY_MS = 3_000;
/** Notices of other processes that come closer together are heeded together. */
const NOTICE_EVERY_MS = 20;
/** After a round that failed; otherwise the round says when the next one is. */
const JOBS_EVERY_MS = 1_000;
/** So much of the last minutes is read one by one, at most a little more. */
const FOLD_STATS_EVERY_MS = 20_000;
/** What was published meanwhile is looked through one by one by a search. */
const INDEX_MESSAGES_EVERY_MS = 2_000;

export type EngineOptions = {
  /** The server's defaults for webhooks that set none. */
  deliveryTimeoutMs: number;
  /** A worker that was silent for `deliveryTimeoutMs` and this counts as dead, where a store is shared. */
  leaseMarginMs: number;
  retrySchedule: readonly number[];
  retentionMs: number;
  dispatcher?: Partial<DispatcherOptions>;
};

export type EngineDeps = {
  store: Store;
  sender: Sender;
  clock: Clock;
  random: Random;
  log: Logger;
  workerId: WorkerId;
  /** What the process does, and where it runs. */
  place: { role: Role; host: string; pid: number };
  options: EngineOptions;
  /** Called when the worker was declared dead: it must stop at once. */
  onFatal: (error: Error) => void;
};

export class Engine {
  readonly intake: Intake;
  readonly changes: ChangeWatcher;
  readonly live: LiveFeed;
  readonly #deps: EngineDeps;
  readonly #dispatcher: Dispatcher;
  readonly #heartbeat: Heartbeat;
  readonly #deaths: DeathWatch;
  readonly #heartbeatLoop: Loop;
  readonly #loops: Loop[];
  readonly #deletedWebhooks: Loop;
  readonly #retention: Loop;
  readonly #jobs: Loop;
  #isPaused = false;
  #isHeeding = false;
  #endNotices: () => void = () => undefined;
  #isStarted = false;
  #stopped: Promise<void> | null = null;

  constructor(deps: EngineDeps) {
    const { store, sender, clock, random, log, workerId, place, options } = deps;
    this.#deps = deps;
    this.changes = new ChangeWatcher({ store, clock, log });
    const relay = store.capabilities.isShared ? new LiveRelay({ store, process: workerId, clock, log }) : null;
    const relayLoop =
      relay &&
      new Loop({ name: "live-relay", everyMs: RELAY_EVERY_MS, run: () => relay.runOnce(this.live), clock, log });
    this.live = new LiveFeed({
      clock,
      random,
      options: DEFAULT_LIVE_FEED_OPTIONS,
      elsewhere: relay,
      onWatch: () => relayLoop?.kick(),
    });
    const { deliveryTimeoutMs, leaseMarginMs } = options;
    const limits = { deadAfterMs: deliveryTimeoutMs + leaseMarginMs, beginWithinMs: leaseMarginMs };
    this.#heartbeat = new Heartbeat({
      store,
      clock,
      workerId,
      place,
      limits: store.capabilities.isShared ? limits : null,
      onRevived: () => this.#dispatcher.goOn(),
      onDead: () => this.#isDead(),
    });
    this.#deaths = new DeathWatch({ store, clock, workerId });
    const gate = new PublishGate({ clock });
    this.#dispatcher = new Dispatcher({
      store,
      workerId,
      clock,
      log,
      attempt: {
        sender,
        clock,
        random,
        defaults: { timeoutMs: options.deliveryTimeoutMs, retrySchedule: options.retrySchedule },
      },
      live: this.live,
      gate,
      mayBegin: () => this.#heartbeat.mayBegin,
      options: { ...DEFAULT_DISPATCHER_OPTIONS, ...options.dispatcher },
    });
    const handover = this.#isDelivering ? this.#dispatcher : NO_HANDOVER;
    this.intake = new Intake({ store, handover, live: this.live, gate, workerId });
    this.changes.onChange((change) => this.#heed(change));
    const retention = new Retention({ store, clock, retentionMs: options.retentionMs });
    const loop = (name: string, everyMs: number, run: (signal: AbortSignal) => Promise<unknown>): Loop =>
      new Loop({ name, everyMs, clock, log, run: async (signal) => void (await run(signal)) });
    const retentionEveryMs = Math.min(RETENTION_EVERY_MS_MAX, Math.max(RETENTION_EVERY_MS_MIN, options.retentionMs));
    this.#deletedWebhooks = loop("deleted-webhooks", DELETED_EVERY_MS, (signal) =>
      failEventsOfDeletedWebhooks({ store }, signal),
    );
    this.#retention = loop("retention", retentionEveryMs, (signal) => retention.runOnce(signal));
    const wake = (at: { tenant: number; webhookId: WebhookId }): void => this.wake(at);
    const jobs = new JobRunner({ store, workerId, clock, log, live: this.live, wake });
    this.#jobs = new Loop({ name: "jobs", everyMs: JOBS_EVERY_MS, run: (signal) => jobs.runOnce(signal), clock, log });
    this.#heartbeatLoop = loop("heartbeat", HEARTBEAT_EVERY_MS, () => this.#heartbeat.runOnce());
    const deliveryLoops = [
      loop("take-over", TAKE_OVER_EVERY_MS, (signal) => this.#takeOver(signal)),
      loop("expired", EXPIRED_EVERY_MS, (signal) => pruneExpired({ store, clock }, signal)),
      loop("statistics", FOLD_STATS_EVERY_MS, (signal) => foldStats({ store }, signal)),
      loop("search-index", INDEX_MESSAGES_EVERY_MS, (signal) => indexMessages({ store }, signal)),
      loop("idle-lanes", FORGET_LANES_EVERY_MS, async () => this.#dispatcher.forgetIdleLanes()),
      ...(store.capabilities.isShared
        ? [loop("lane-shares", SHARE_LANES_EVERY_MS, () => this.#dispatcher.shareLanes())]
        : []),
      this.#retention,
      this.#jobs,
      this.#deletedWebhooks,
    ];
    this.#loops = [
      ...(relayLoop === null ? [] : [relayLoop]), // for whoever watches, also where nothing is delivered
      ...(this.#isDelivering ? deliveryLoops : []),
    ];
  }

  /** Resolves when delivery has begun, and, where the store has one process, what dead ones held is taken over. */
  async start(): Promise<void> {
    if (this.#isStarted || this.#stopped !== null) return;
    this.#isStarted = true;
    const { store, sender } = this.#deps;
    await this.#heartbeat.begin();
    this.#heartbeatLoop.start();
    if (this.#isDelivering) await sender.start();
    await this.changes.start();
    await this.#heedPause();
    if (this.#isDelivering) {
      await this.#takeOver(new AbortController().signal);
      await this.#dispatcher.start();
    }
    this.#endNotices = store.onNotice(() => this.#notice());
    for (const loop of this.#loops) loop.start();
  }

  /**
   * Starts nothing more, waits for attempts under way until `deadlineMs` from now, makes outcomes durable, and gives back
   * what was not begun. What is still under way then stays leased: it is taken over, and recorded as ABANDONED. Idempotent.
   */
  stop(options: { deadlineMs: number }): Promise<void> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  /** Tells that the store holds an event of this webhook that is due now, such as a resent one. */
  wake(at: { tenant: number; webhookId: WebhookId }): void {
    if (this.#isDelivering) this.#dispatcher.wake(at);
  }

  /** Tells that a job was made or resumed: it is begun at once. */
  wakeJobs(): void {
    this.#jobs.kick();
  }

  /** Whether an operator has paused all deliveries, as far as this process has heard. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether this process delivers; otherwise it leaves that to workers. */
  get #isDelivering(): boolean {
    return this.#deps.place.role !== "api";
  }

  status(): DispatcherStatus {
    return this.#dispatcher.status();
  }

  async #stop(options: { deadlineMs: number }): Promise<void> {
    if (!this.#isStarted) return;
    const { store, sender, workerId, log } = this.#deps;
    this.#endNotices();
    const [isDone] = await Promise.all([
      this.#dispatcher.stop(options),
      this.changes.stop(),
      ...this.#loops.map((loop) => loop.stop()),
    ]);
    await this.#heartbeatLoop.stop(); // until then, attempts under way are this worker's
    if (this.#isDelivering) await sender.stop();
    if (isDone) await store.removeWorker({ workerId });
    else log.warn(this.status(), "stopped with attempts under way; they will be recorded as ABANDONED");
  }

  /** What was changed, here or by another process, comes into force. */
  #heed(change: Change): void | Promise<void> {
    switch (change.kind) {
      case "webhook":
        this.#dispatcher.refreshWebhook(change.webhookId);
        this.#deletedWebhooks.kick();
        return;
      case "settings":
        this.#dispatcher.refreshTenant(change.tenant);
        this.#retention.kick();
        return;
      case "system":
        return this.#heedPause();
      case "apiKey":
        return;
      case "content":
        return this.#forgetContent(change);
      default:
        return unreachable(change);
    }
  }

  /** What of an erased message waits here is not sent any more. */
  #forgetContent(message: { tenant: number; messageId: MessageId }): void {
    this.#dispatcher.forgetContent(message);
    this.live.forgetContent(message);
  }

  async #heedPause(): Promise<void> {
    const isPaused = await this.#deps.store.isPaused();
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#dispatcher.pause();
    else this.#dispatcher.resume();
    this.#deps.log.warn(isPaused ? "deliveries are paused until an operator resumes them" : "deliveries are resumed");
  }

  /** Others have taken over what this worker held. Who holds nothing just begins again. */
  #isDead(): void {
    const { log, onFatal } = this.#deps;
    if (this.#isDelivering) return onFatal(new Error("this worker was declared dead and its leases were taken over"));
    log.warn("this process was silent for so long that it counted as dead; it registers again");
    this.#heartbeat.begin().catch((error: unknown) => log.error({ err: error }, "the process cannot register again"));
  }

  /** Another process has left something to do, or has changed something. */
  #notice(): void {
    if (this.#isHeeding) return;
    this.#isHeeding = true;
    this.#deps.clock.setTimer(() => {
      this.#isHeeding = false;
      if (this.#stopped !== null) return;
      this.changes.refresh().catch(() => undefined); // the watcher's own loop tells, and tries again
      if (this.#isDelivering) this.#dispatcher.lookSoon();
    }, NOTICE_EVERY_MS);
  }

  async #takeOver(signal: AbortSignal): Promise<void> {
    const silent = await this.#deaths.look();
    let total = 0;
    for (let more = true; more && !signal.aborted;) {
      const taken = await this.#deps.store.takeOverLeases({ limit: TAKE_OVER_LIMIT, silent });
      total += taken.takenOver;
      more = taken.more;
    }
    if (total > 0) this.#deps.log.warn({ events: total }, "took over the leases of a dead worker");
  }
}
