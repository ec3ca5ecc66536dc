/** The lanes of this worker, by webhook and by tenant, each with the present settings of its webhook. */
import type { Clock } from "../clock.ts";
import { sleep } from "../clock.ts";
import type { WebhookId } from "../ids.ts";
import type { Logger } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { DeliverySettings } from "../store/webhooks.ts";
import { Lane } from "./lane.ts";
import type { Memory } from "./memory.ts";

/** Settings are read for so many webhooks at a time. */
const READ_MAX = 500;
/** Pause before settings are asked for again after a failure, in ms. */
const REREAD_MS = 500;
/** A lane unused for so long is forgotten, in ms. */
const LANE_IDLE_MS = 600_000;
/** The same where other workers may have it. */
const SHARED_LANE_IDLE_MS = 30_000;

/** What {@link Lanes} needs; `onSettings` is called when a lane's settings have come or changed. */
export type LanesDeps = {
  store: Pick<Store, "deliverySettings">;
  clock: Clock;
  log: Logger;
  memory: Memory;
  onSettings: (lane: Lane) => void;
};

export class Lanes {
  readonly #deps: LanesDeps;
  readonly #byWebhook = new Map<WebhookId, Lane>();
  readonly #byTenant = new Map<number, Set<Lane>>();
  readonly #spilled = new Set<Lane>();
  readonly #unread = new Set<Lane>();
  #isReading = false;

  constructor(deps: LanesDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#byWebhook.size;
  }

  all(): Iterable<Lane> {
    return this.#byWebhook.values();
  }

  /** The lanes of one tenant that are known here. */
  of(tenant: number): Iterable<Lane> {
    return this.#byTenant.get(tenant) ?? [];
  }

  /** The lanes of which something waits in the store. */
  spilled(): Iterable<Lane> {
    return this.#spilled;
  }

  isSpilled(lane: Lane): boolean {
    return this.#spilled.has(lane);
  }

  /** Notes that something newer than what the lane holds is, or is about to be, in the store. */
  spill(lane: Lane): void {
    lane.spillMark += 1;
    this.#spilled.add(lane);
  }

  /** Lets the other spilled lanes go first the next time. */
  goLast(lane: Lane): void {
    if (this.#spilled.delete(lane)) this.#spilled.add(lane);
  }

  /** Notes that nothing due of the lane is left in the store. */
  drained(lane: Lane): void {
    this.#spilled.delete(lane);
  }

  /** Whether a publish must leave its events for this webhook in the store. */
  mustSpill(lane: Lane): boolean {
    return this.#spilled.has(lane) || lane.isPaused || lane.room === 0;
  }

  /** The lane of a webhook, made when it is not known; its settings follow. */
  obtain(at: { tenant: number; webhookId: WebhookId }): Lane {
    const known = this.#byWebhook.get(at.webhookId);
    if (known !== undefined) return known;
    const lane = new Lane({
      tenant: at.tenant,
      webhookId: at.webhookId,
      nowMs: this.#deps.clock.monotonicMs(),
      memory: this.#deps.memory,
    });
    this.#byWebhook.set(at.webhookId, lane);
    const ofTenant = this.#byTenant.get(at.tenant) ?? new Set();
    this.#byTenant.set(at.tenant, ofTenant.add(lane));
    this.#read(lane);
    return lane;
  }

  /** Reads a webhook's settings again; from now on nothing of it starts until they are here. */
  reread(webhookId: WebhookId): void {
    const lane = this.#byWebhook.get(webhookId);
    if (lane === undefined) return;
    if (lane.isPaused) lane.startSlowly();
    lane.settings = null;
    this.#read(lane);
  }

  /** Lanes that were not used for long: memory must not grow with every webhook ever seen, and others may want them. */
  idle({ isShared }: { isShared: boolean }): Lane[] {
    const nowMs = this.#deps.clock.monotonicMs();
    const limits = { nowMs, idleMs: isShared ? SHARED_LANE_IDLE_MS : LANE_IDLE_MS, openIdleMs: LANE_IDLE_MS };
    return [...this.#byWebhook.values()].filter((lane) => lane.isIdle(limits) && !this.#spilled.has(lane));
  }

  /** Forgets a lane: the next event of its webhook makes a new one. */
  forget(lane: Lane): void {
    if (this.#byWebhook.get(lane.webhookId) !== lane) return;
    this.#byWebhook.delete(lane.webhookId);
    this.#spilled.delete(lane);
    this.#unread.delete(lane);
    const ofTenant = this.#byTenant.get(lane.tenant);
    ofTenant?.delete(lane);
    if (ofTenant?.size === 0) this.#byTenant.delete(lane.tenant);
  }

  #read(lane: Lane): void {
    this.#unread.add(lane);
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    await Promise.resolve(); // lanes made in the same turn are read together
    while (this.#unread.size > 0) {
      const lanes = [...this.#unread].slice(0, READ_MAX);
      for (const lane of lanes) this.#unread.delete(lane); // one that changes meanwhile is put in again
      try {
        const found = await this.#deps.store.deliverySettings({ webhookIds: lanes.map((lane) => lane.webhookId) });
        const byId = new Map(found.map((settings) => [settings.webhookId, settings]));
        for (const lane of lanes) this.#apply(lane, byId.get(lane.webhookId));
      } catch (error) {
        this.#deps.log.error({ err: error }, "the settings of webhooks cannot be read; they are asked for again");
        for (const lane of lanes) this.#unread.add(lane);
        await sleep(this.#deps.clock, REREAD_MS);
      }
    }
    this.#isReading = false;
  }

  #apply(lane: Lane, settings: DeliverySettings | undefined): void {
    if (this.#unread.has(lane)) return; // changed again while it was read
    if (settings === undefined) this.#deps.log.error({ webhookId: lane.webhookId }, "a webhook with events has no row");
    else lane.settings = settings;
    if (settings?.isUnreadable === true) {
      this.#deps.log.error(
        { webhookId: lane.webhookId },
        "secrets or header values of a webhook cannot be decrypted: its attempts fail until they are set anew",
      );
    }
    this.#deps.onSettings(lane);
  }
}
