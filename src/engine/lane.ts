/**
 * The lane of one webhook: what waits in memory for it, how many attempts may run, and what it has shown lately.
 *
 * A lane holds only a small multiple of the places it has, leased to this worker; the rest waits in the store. Once
 * something of a lane waits in the store (*spilled*), nothing newer may be handed over past it, so that first attempts
 * start in publish order: the lane claims until a claim brings less than it had room for, with no publish since. Where
 * publishes leave no such moment, they are made to (publish_gate.ts).
 */
import type { WebhookId } from "../ids.ts";
import type { Breaker, BreakerSignal } from "../domain/breaker.ts";
import { afterAttempt, isOpen, newBreaker, placesOf } from "../domain/breaker.ts";
import { CONCURRENCY_DEFAULT } from "../domain/webhook.ts";
import type { LeasedEvent } from "../store/delivery.ts";
import type { DeliverySettings } from "../store/webhooks.ts";
import { Fifo } from "./fifo.ts";
import type { Memory } from "./memory.ts";
import { Rate } from "./rate.ts";

/** Events kept in memory for each place: enough to stay busy during a claim, few enough to lose little time at a death. */
const DEPTH_PER_PLACE = 16;
/** The same when memory is half full: lanes that cannot send soon must leave room for those that can. */
const DEPTH_PER_PLACE_TIGHT = 2;
/** With a rate limit, no more than it lets through in so many seconds. */
const RATE_DEPTH_SECONDS = 5;
/** A lane with a success so recent may use the reserved share of the slots. */
const PROVEN_MS = 60_000;

export class Lane {
  readonly tenant: number;
  readonly webhookId: WebhookId;
  readonly waiting = new Fifo<LeasedEvent>();
  running = 0;
  /** Moves with every publish that passed this lane by: a claim that began before it says nothing about it. */
  spillMark = 0;
  isClaiming = false;
  /** Claims in a row that found the end of what waits in the store, with something published behind it meanwhile. */
  overtakenInRow = 0;
  /** Whether this worker owns it, as far as it is known here. */
  isOwn = false;
  /** Whether it is on its way to other workers: nothing of it begins here any more. */
  isLeaving = false;
  /** Whether it stands in the ring of turns. */
  isInTurn = false;
  /** Whether a timer waits for its rate. */
  isRateTimed = false;
  /** Monotonic ms of the last event or attempt, for forgetting idle lanes. */
  usedAtMs: number;
  readonly #memory: Memory;
  readonly #rate = new Rate();
  #settings: DeliverySettings | null = null;
  /** The last known `maxConcurrency`. */
  #cap = CONCURRENCY_DEFAULT;
  #breaker: Breaker = newBreaker();
  #succeededAtMs = Number.NEGATIVE_INFINITY;
  readonly #onRunningNone: (() => void)[] = [];

  constructor(at: { tenant: number; webhookId: WebhookId; nowMs: number; memory: Memory }) {
    this.#memory = at.memory;
    this.tenant = at.tenant;
    this.webhookId = at.webhookId;
    this.usedAtMs = at.nowMs;
  }

  /** Null while they are being (re)read: nothing starts until then. */
  get settings(): DeliverySettings | null {
    return this.#settings;
  }

  set settings(settings: DeliverySettings | null) {
    this.#settings = settings;
    if (settings !== null) this.#cap = settings.maxConcurrency;
  }

  /** Whether the webhook takes nothing at present. */
  get isPaused(): boolean {
    return this.#settings !== null && (this.#settings.isDisabled || this.#settings.isDeleted);
  }

  /** Attempts that may run at a time now. */
  get places(): number {
    return placesOf(this.#breaker, this.#cap);
  }

  /** Events that may wait in memory now. */
  get depth(): number {
    const depth = this.places * (this.#memory.isTight ? DEPTH_PER_PLACE_TIGHT : DEPTH_PER_PLACE);
    const perSecond = this.#settings?.rateLimit ?? null;
    return perSecond === null ? depth : Math.min(depth, Math.max(1, Math.ceil(perSecond * RATE_DEPTH_SECONDS)));
  }

  /** How many more events it can take from the store. */
  get room(): number {
    return this.isPaused || this.isLeaving ? 0 : Math.max(0, this.depth - this.waiting.length);
  }

  /** Whether an attempt may start now, its rate aside. */
  get isReady(): boolean {
    return this.waiting.length > 0 && this.#settings !== null && !this.isPaused && this.running < this.places;
  }

  /** How much of it is here: events that run or wait. */
  get load(): number {
    return this.running + this.waiting.length;
  }

  /** Whether it has succeeded lately. */
  isProven(nowMs: number): boolean {
    return nowMs - this.#succeededAtMs <= PROVEN_MS && !isOpen(this.#breaker);
  }

  /** Whether nothing of it was here since `sinceMs`; an open breaker, or a rate, is worth being remembered for longer. */
  isIdle({ nowMs, idleMs, openIdleMs }: { nowMs: number; idleMs: number; openIdleMs: number }): boolean {
    const sinceMs = nowMs - (this.isMovable(nowMs) ? idleMs : openIdleMs);
    return this.usedAtMs < sinceMs && this.load === 0 && !this.isClaiming && !this.isLeaving;
  }

  /** Whether another worker could go on with it as well: neither its breaker nor its rate holds it back. */
  isMovable(nowMs: number): boolean {
    return !this.isLeaving && !isOpen(this.#breaker) && this.rateWaitMs(nowMs) === 0;
  }

  /** How long its rate limit makes the next attempt wait, in ms. */
  rateWaitMs(nowMs: number): number {
    return this.#rate.waitMs(this.#settings?.rateLimit ?? null, nowMs);
  }

  /** Counts an attempt that starts now. */
  begin(nowMs: number): void {
    this.running += 1;
    this.usedAtMs = nowMs;
    this.#rate.count(this.#settings?.rateLimit ?? null, nowMs);
  }

  /** Resolves when no attempt of it is under way. */
  untilRunningNone(): Promise<void> {
    return this.running === 0 ? Promise.resolve() : new Promise((resolve) => this.#onRunningNone.push(resolve));
  }

  /** Counts an attempt that ended. */
  end(signal: BreakerSignal, nowMs: number): void {
    this.running -= 1;
    if (this.running === 0) for (const resolve of this.#onRunningNone.splice(0)) resolve();
    this.usedAtMs = nowMs;
    if (signal === "success") this.#succeededAtMs = nowMs;
    this.#breaker = afterAttempt(this.#breaker, signal, this.#cap);
  }

  /** Forgets what it has shown: after it was enabled, it starts slowly. */
  startSlowly(): void {
    this.#breaker = newBreaker();
  }
}
