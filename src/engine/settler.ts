/**
 * Brings the outcomes of attempts into the store. Whatever ends while a batch is being written goes into the next one.
 * While the store cannot write, outcomes are kept here and tried again, and the dispatcher starts nothing: we never send
 * what we cannot record.
 */
import type { Clock } from "../clock.ts";
import { sleep } from "../clock.ts";
import type { EventId, WebhookId, WorkerId } from "../ids.ts";
import type { Logger } from "../log.ts";
import type { LeasedEvent, Settlement, SettledState } from "../store/delivery.ts";
import type { Store } from "../store/store.ts";
import { StoreUnavailable } from "../store/store.ts";
import type { LiveFeed } from "./live_feed.ts";
import { attemptItem } from "./live_items.ts";

const BATCH_MAX = 500;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 5_000;

/** What the settler needs; `onUnblocked` is called when writing works again. */
export type SettlerDeps = {
  store: Pick<Store, "settleAttempts">;
  workerId: WorkerId;
  clock: Clock;
  log: Logger;
  /** Shown what was settled, once it is durable. */
  live: Pick<LiveFeed, "add">;
  onSettled: (settled: readonly Settlement[]) => void;
  /** A webhook was disabled by an outcome. */
  onDisabled: (webhookId: WebhookId) => void;
  onUnblocked: () => void;
};

/** An outcome, and its event where somebody watches. */
type Outcome = { settlement: Settlement; watched: LeasedEvent | null };

export class Settler {
  readonly #deps: SettlerDeps;
  #queue: Outcome[] = [];
  #writing: Promise<void> | null = null;
  #isBlocked = false;
  #isGivenUp = false;

  constructor(deps: SettlerDeps) {
    this.#deps = deps;
  }

  /** Whether the store refused the last batch. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Outcomes that are not durable yet. */
  get pending(): number {
    return this.#queue.length;
  }

  /** Takes an outcome; it is durable when `onSettled` tells of it. `watched`: its event, to be shown in the live feed. */
  settle(settlement: Settlement, watched: LeasedEvent | null = null): void {
    this.#queue.push({ settlement, watched });
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when everything taken so far is durable, or when {@link giveUp} was called. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Ends the repetition: what is not durable by now stays leased and will be recorded as ABANDONED. */
  giveUp(): void {
    this.#isGivenUp = true;
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // outcomes of the same turn go together
    let retryMs = RETRY_MS_MIN;
    while (this.#queue.length > 0 && !this.#isGivenUp) {
      const batch = this.#queue.slice(0, BATCH_MAX);
      if (await this.#write(batch)) {
        this.#queue = this.#queue.slice(batch.length);
        retryMs = RETRY_MS_MIN;
        if (this.#isBlocked) {
          this.#isBlocked = false;
          this.#deps.onUnblocked();
        }
        this.#deps.onSettled(batch.map(({ settlement }) => settlement));
      } else {
        this.#isBlocked = true;
        await sleep(this.#deps.clock, retryMs);
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
      }
    }
    this.#writing = null;
  }

  /** True when the batch was written; false when the store is unavailable. */
  async #write(batch: readonly Outcome[]): Promise<boolean> {
    const { store, workerId, log } = this.#deps;
    try {
      const settlements = batch.map(({ settlement }) => settlement);
      const { late, disabled, states } = await store.settleAttempts({ workerId, settlements, ...statesOf(batch) });
      this.#show(batch, states);
      if (late.length > 0) log.warn({ events: late }, "outcomes came after their lease was lost; they change nothing");
      for (const { webhookId, reason } of disabled) {
        log.warn({ webhookId, reason }, "webhook disabled");
        this.#deps.onDisabled(webhookId);
      }
      return true;
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        log.error(
          { err: error, outcomes: this.#queue.length },
          "outcomes cannot be recorded; they are kept and tried again",
        );
        return false;
      }
      if (batch.length > 1) return await this.#writeApart(batch);
      return await this.#writeBare(batch, error);
    }
  }

  /** One outcome that cannot be written must not hold up the others. */
  async #writeApart(batch: readonly Outcome[]): Promise<boolean> {
    for (const outcome of batch) {
      if (!(await this.#write([outcome]))) return false; // those written already are late the next time: harmless
    }
    return true;
  }

  /** Leaves out what the receiver sent, the only part that is not of our own making. */
  async #writeBare(batch: readonly Outcome[], cause: unknown): Promise<boolean> {
    const { store, workerId, log } = this.#deps;
    log.error(
      { err: cause, events: batch.map(({ settlement }) => settlement.eventId) },
      "an outcome cannot be stored whole; it is stored bare",
    );
    const bare = batch.map(({ settlement, watched }) => ({ settlement: withoutAnswer(settlement), watched }));
    try {
      const settlements = bare.map(({ settlement }) => settlement);
      const { states } = await store.settleAttempts({ workerId, settlements, ...statesOf(bare) });
      this.#show(bare, states);
      return true;
    } catch (error) {
      if (error instanceof StoreUnavailable) return false;
      throw error; // a bug of ours: stop loudly, the leases are taken over at the next start
    }
  }

  /** Shows watchers what is durable now. Outcomes that came too late have no state and are not shown. */
  #show(batch: readonly Outcome[], states: readonly SettledState[]): void {
    if (states.length === 0) return;
    const byEvent = new Map(states.map((state) => [state.eventId, state]));
    for (const { settlement, watched } of batch) {
      const state = watched === null ? undefined : byEvent.get(settlement.eventId);
      if (watched === null || state?.attempt !== settlement.attempt) continue;
      this.#deps.live.add(settlement.tenant, [attemptItem({ event: watched, settlement, state })]);
    }
  }
}

function statesOf(batch: readonly Outcome[]): { statesOf?: EventId[] } {
  const watched = batch.filter((outcome) => outcome.watched !== null).map(({ settlement }) => settlement.eventId);
  return watched.length === 0 ? {} : { statesOf: watched };
}

function withoutAnswer(settlement: Settlement): Settlement {
  return { ...settlement, record: { ...settlement.record, requestHeaders: "[]", response: null, tls: null } };
}
