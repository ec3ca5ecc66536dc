/**
 * Decides what is sent when. Events come in leased to this worker: handed over at commit, or claimed from the store when
 * there is room. They wait in the lane of their webhook until its turn, its places, its rate and a slot let them go.
 *
 *   accept ─▶ lane.waiting ─▶ slots (turns) ─▶ attempt ─▶ settler ─▶ store
 *   store ─▶ claims ─▶ lane.waiting            what cannot be sent soon goes back to the store, unsent
 */
import { assert } from "../assert.ts";
import type { Clock } from "../clock.ts";
import type { MessageId, WebhookId, WorkerId } from "../ids.ts";
import type { Logger } from "../log.ts";
import type { LeasedEvent } from "../store/delivery.ts";
import type { Store } from "../store/store.ts";
import type { DeliverySettings } from "../store/webhooks.ts";
import type { AttemptDeps, AttemptResult } from "./attempt.ts";
import { makeAttempt } from "./attempt.ts";
import { Claimer } from "./claimer.ts";
import type { Lane } from "./lane.ts";
import { LaneSharing } from "./lane_sharing.ts";
import { Lanes } from "./lanes.ts";
import { LeaseReturns } from "./lease_returns.ts";
import type { LiveFeed } from "./live_feed.ts";
import { Memory } from "./memory.ts";
import type { PublishGate } from "./publish_gate.ts";
import { Settler } from "./settler.ts";
import { Slots } from "./slots.ts";

/** The bounds of what one worker holds and does at a time. */
export type DispatcherOptions = {
  /** Attempts at a time. */
  slotsMax: number;
  /** Events held in memory. */
  memoryEventsMax: number;
  /** Bytes of content held in memory. */
  memoryBytesMax: number;
};

/** Enough slots for hundreds of slow receivers, and a memory of at most about 50 MB whatever waits. */
export const DEFAULT_DISPATCHER_OPTIONS: DispatcherOptions = {
  slotsMax: 400,
  memoryEventsMax: 10_000,
  memoryBytesMax: 32 * 1024 * 1024,
};

export type DispatcherDeps = {
  store: Store;
  workerId: WorkerId;
  clock: Clock;
  log: Logger;
  attempt: AttemptDeps;
  live: LiveFeed;
  gate: PublishGate;
  /** Whether the leases of this worker certainly last: otherwise nothing begins. */
  mayBegin: () => boolean;
  options: DispatcherOptions;
};

/** What a publish may hand over: nothing of these webhooks, and of lanes that belong to nobody only where it takes some. */
export type Offer = { exceptWebhookIds: WebhookId[]; takesLanes: boolean };

/** A running count of what the dispatcher holds, for `/readyz` and tests. */
export type DispatcherStatus = {
  lanes: number;
  waiting: number;
  running: number;
  unsettled: number;
  isBlocked: boolean;
};

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #lanes: Lanes;
  readonly #slots: Slots;
  readonly #memory: Memory;
  readonly #settler: Settler;
  readonly #claimer: Claimer;
  readonly #sharing: LaneSharing;
  readonly #attempts = new Set<Promise<void>>();
  readonly #returns: LeaseReturns;
  readonly #departures = new Set<Promise<void>>();
  #isStopping = false;
  #isPaused = false;

  constructor(deps: DispatcherDeps) {
    const { store, workerId, clock, log, live, gate, options } = deps;
    this.#deps = deps;
    this.#memory = new Memory({ eventsMax: options.memoryEventsMax, bytesMax: options.memoryBytesMax });
    this.#lanes = new Lanes({
      store,
      clock,
      log,
      memory: this.#memory,
      onSettings: (lane) => this.#settingsCame(lane),
    });
    this.#slots = new Slots(options.slotsMax);
    this.#returns = new LeaseReturns({ store, workerId, clock, log });
    this.#claimer = new Claimer({
      store,
      workerId,
      clock,
      log,
      lanes: this.#lanes,
      memory: this.#memory,
      gate,
      onClaimed: (events) => this.accept(events),
      mayClaim: () => this.#isOpen && !this.#settler.isBlocked,
      takesLanes: () => this.#sharing.takesLanes,
    });
    this.#sharing = new LaneSharing({
      store,
      workerId,
      lanes: () => this.#lanes.all(),
      clock,
      letGo: (lane) => this.#letGo(lane),
    });
    this.#settler = new Settler({
      store,
      workerId,
      clock,
      log,
      live,
      onSettled: (settled) => {
        for (const { retryInMs } of settled) if (retryInMs !== null) this.#claimer.expectDue(clock.now() + retryInMs);
      },
      onDisabled: (webhookId) => this.refreshWebhook(webhookId),
      onUnblocked: () => {
        this.#enterAll();
        this.#claimer.kick();
      },
    });
  }

  /** Whether attempts may begin, as far as people and leases and not receivers decide it. */
  get #isOpen(): boolean {
    return !this.#isStopping && !this.#isPaused && this.#deps.mayBegin();
  }

  /** Looks for what is due in the store, and begins to deliver. Resolves when every due webhook's lane is known. */
  async start(): Promise<void> {
    await this.#claimer.start();
  }

  /** Begins no attempt any more and gives back what waits here; attempts under way end. New events stay in the store. */
  pause(): void {
    this.#isPaused = true;
    for (const lane of this.#lanes.all()) void this.#giveBack(lane, 0);
  }

  /** Goes on where {@link pause} left off. */
  resume(): void {
    this.#isPaused = false;
    this.goOn();
  }

  /** Begins what may begin, and looks for more: what kept it from beginning is over. */
  goOn(): void {
    this.#enterAll();
    this.#claimer.kick();
    this.#claimer.lookSoon();
  }

  /** Which of a tenant's new events may be handed over; null when all must stay in the store: paused, or memory is full. */
  offer(tenant: number): Offer | null {
    if (!this.#isOpen || this.#memory.isFull || this.#settler.isBlocked) return null;
    const exceptWebhookIds: WebhookId[] = [];
    for (const lane of this.#lanes.of(tenant)) {
      if (!this.#lanes.mustSpill(lane)) continue;
      if (!lane.isPaused) this.#lanes.spill(lane);
      exceptWebhookIds.push(lane.webhookId);
    }
    return { exceptWebhookIds, takesLanes: this.#sharing.takesLanes };
  }

  /** Takes events that are leased to this worker. */
  accept(events: readonly LeasedEvent[]): void {
    const touched = new Set<Lane>();
    for (const event of events) {
      const lane = this.#lanes.obtain(event);
      assert(lane.tenant === event.tenant, "an event came to another tenant's lane");
      lane.waiting.push(event);
      lane.isOwn = true; // a lease is given to the owner alone
      lane.usedAtMs = this.#deps.clock.monotonicMs();
      this.#memory.add(event);
      touched.add(lane);
    }
    for (const lane of touched) {
      if (lane.isPaused || lane.isLeaving || !this.#isOpen) void this.#giveBack(lane, 0);
      else this.#enter(lane);
    }
    this.#pump();
  }

  /** Learns that the store holds events of this webhook that were not handed over. */
  wake(at: { tenant: number; webhookId: WebhookId }): void {
    const lane = this.#lanes.obtain(at);
    if (lane.isPaused) return;
    this.#lanes.spill(lane);
    this.#claimer.kick();
  }

  /** Puts changed settings of a webhook in force: no attempt starts with the old ones any more. */
  refreshWebhook(webhookId: WebhookId): void {
    this.#lanes.reread(webhookId);
    this.#claimer.lookSoon();
  }

  /** The same for all webhooks of a tenant, whose environment's settings have changed. */
  refreshTenant(tenant: number): void {
    for (const lane of this.#lanes.of(tenant)) this.#lanes.reread(lane.webhookId);
    this.#claimer.lookSoon();
  }

  /** Forgets the content of an erased message that waits here: what was not sent yet will not be. */
  forgetContent(message: { tenant: number; messageId: MessageId }): void {
    for (const lane of this.#lanes.of(message.tenant)) {
      for (const event of lane.waiting) {
        if (event.messageId !== message.messageId) continue;
        this.#memory.remove(event);
        event.content = null;
        event.error = null;
        this.#memory.add(event);
      }
    }
  }

  /** Looks for what is due, soon: something may be. */
  lookSoon(): void {
    this.#claimer.lookSoon();
  }

  /** Lets lanes go that are out of use. */
  forgetIdleLanes(): void {
    for (const lane of this.#lanes.idle({ isShared: this.#deps.store.capabilities.isShared })) this.#letGo(lane);
  }

  /** Sees to it that this worker has its share of the lanes and no more. */
  async shareLanes(): Promise<void> {
    await this.#sharing.runOnce();
  }

  status(): DispatcherStatus {
    return {
      lanes: this.#lanes.size,
      waiting: this.#memory.events - this.#slots.running,
      running: this.#slots.running,
      unsettled: this.#settler.pending,
      isBlocked: this.#settler.isBlocked,
    };
  }

  /**
   * Starts nothing more, gives unsent leases back, waits for the attempts under way until `deadlineMs` from now, and
   * makes their outcomes durable. Each lane is anybody's as soon as nothing of it is here. True when nothing is left leased.
   */
  async stop(options: { deadlineMs: number }): Promise<boolean> {
    this.#isStopping = true;
    await this.#claimer.stop();
    for (const lane of this.#lanes.all()) this.#letGo(lane);
    const isDone = await this.#within(options.deadlineMs, async () => {
      await this.#returns.flush();
      while (this.#attempts.size > 0) await Promise.all(this.#attempts);
      await this.#settler.flush();
      await this.#returns.flush();
      await Promise.all(this.#departures);
    });
    if (!isDone) this.#settler.giveUp();
    return isDone;
  }

  /**
   * Gives a lane to whoever asks next, when nothing of it is here any more. What waits goes back to the store, and what runs
   * ends before: so order is kept, and never more of a webhook's attempts run than it allows. Publishes that were asked for
   * earlier may still hand over to a lane that is leaving: that goes back, too.
   */
  #letGo(lane: Lane): void {
    if (lane.isLeaving) return;
    lane.isLeaving = true;
    const gone = this.#depart(lane).finally(() => this.#departures.delete(gone));
    this.#departures.add(gone);
  }

  async #depart(lane: Lane): Promise<void> {
    const { store, workerId, log } = this.#deps;
    await Promise.all([this.#giveBack(lane, 0), lane.untilRunningNone()]);
    try {
      await store.releaseLanes({ workerId, lanes: [lane] });
      this.#lanes.forget(lane);
    } catch (error) {
      log.warn({ err: error, webhookId: lane.webhookId }, "a lane could not be given to others; it stays");
    } finally {
      lane.isLeaving = false;
      if (!this.#isStopping) this.#claimer.lookSoon(); // for what came meanwhile, in case nobody else wanted it
    }
  }

  #enterAll(): void {
    for (const lane of this.#lanes.all()) this.#enter(lane);
    this.#pump();
  }

  #pump(): void {
    if (this.#settler.isBlocked || !this.#isOpen) return;
    for (;;) {
      const lane = this.#slots.take();
      if (lane === null) return;
      if (!lane.isReady) {
        this.#slots.free(lane.tenant); // its settings or places changed while it stood in line
        continue;
      }
      this.#begin(lane);
      this.#enter(lane);
    }
  }

  #begin(lane: Lane): void {
    const event = lane.waiting.shift();
    const settings = lane.settings;
    assert(event !== undefined && settings !== null, "a lane was given a turn without an event or settings");
    lane.begin(this.#deps.clock.monotonicMs());
    const attempt = this.#attempt(event, settings).then((result) => {
      this.#attempts.delete(attempt);
      lane.end(result?.signal ?? "failure", this.#deps.clock.monotonicMs());
      this.#slots.free(lane.tenant);
      this.#memory.remove(event);
      if (result !== null)
        this.#settler.settle(result.settlement, this.#deps.live.isWatched(lane.tenant) ? event : null);
      if (lane.waiting.length > lane.depth) void this.#giveBack(lane, lane.depth);
      this.#enter(lane);
      this.#pump();
      this.#claimer.refill(lane);
    });
    this.#attempts.add(attempt);
  }

  /** Makes the attempt; null when the lease was lost or given back before it began. */
  async #attempt(event: LeasedEvent, settings: DeliverySettings): Promise<AttemptResult | null> {
    if (event.isRepeat && !(await this.#markBegun(event))) return null;
    return await makeAttempt(this.#deps.attempt, { event, settings });
  }

  async #markBegun(event: LeasedEvent): Promise<boolean> {
    const { store, workerId, log } = this.#deps;
    const leases = [{ tenant: event.tenant, eventId: event.id, attempt: event.attempt }];
    try {
      return (await store.markBegun({ workerId, leases })).lost.length === 0;
    } catch (error) {
      log.error({ err: error, eventId: event.id }, "a repeated attempt cannot be marked as begun; it is put off");
      await this.#returns.giveBack([event]);
      return false;
    }
  }

  /** Lets a lane stand in line when it is ready, or sets a timer for when its rate lets it. */
  #enter(lane: Lane): void {
    if (lane.isInTurn || !lane.isReady) return;
    const nowMs = this.#deps.clock.monotonicMs();
    const waitMs = lane.rateWaitMs(nowMs);
    if (waitMs === 0) {
      this.#slots.enter(lane, nowMs);
    } else if (!lane.isRateTimed) {
      lane.isRateTimed = true;
      this.#deps.clock.setTimer(() => {
        lane.isRateTimed = false;
        this.#enter(lane);
        this.#pump();
      }, Math.ceil(waitMs));
    }
  }

  #settingsCame(lane: Lane): void {
    if (lane.isPaused) {
      this.#lanes.drained(lane); // its events stay in the store until a look finds it enabled
      void this.#giveBack(lane, 0);
    } else {
      this.#enter(lane);
      this.#claimer.refill(lane);
    }
    this.#pump();
  }

  /** Returns the leases of what waits beyond `kept`: it cannot be sent soon, and another time or worker may. */
  async #giveBack(lane: Lane, kept: number): Promise<void> {
    const events = lane.waiting.cut(kept);
    if (events.length === 0) return;
    for (const event of events) this.#memory.remove(event);
    await this.#returns.giveBack(events);
    if (!lane.isPaused && !this.#isStopping) this.wake(lane);
  }

  /** Whether `work` ended within `limitMs`. */
  #within(limitMs: number, work: () => Promise<void>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const cancel = this.#deps.clock.setTimer(() => resolve(false), limitMs);
      work().then(() => {
        cancel();
        resolve(true);
      }, reject);
    });
  }
}
