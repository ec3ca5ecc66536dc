/**
 * Watches the heartbeats of the workers of a shared store, to tell who is dead: whose heartbeat has stood still before the eyes
 * of the one who judges, for as long as that worker said, or for a shorter while where the database says so, too. The clock of
 * the database alone would not do: it may jump, and after an outage everybody has been silent, while nobody is dead. So nobody
 * judges whose own heartbeat does not come through, whatever the reason: a database that is slow, full or read-only.
 */
import type { Clock } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import type { Store } from "../store/store.ts";

/**
 * So long a heartbeat has to stand still here, in ms, until it has been seen to move. A live worker that comes back after an
 * outage may have one heartbeat end in vain on a connection that is no more, and then needs a new connection: about 14 seconds.
 */
const WATCHED_MS = 15_000;
/** Looks that lie further apart, in ms, have not seen what was in between. They come every 5 s, and take 3 s at most. */
const APART_MS_MAX = 8_000;

/** `sinceMs`: when it was first seen as it is. */
type Seen = { heartbeatAt: number; sinceMs: number; hasMoved: boolean };

export class DeathWatch {
  readonly #store: Pick<Store, "heartbeats">;
  readonly #clock: Clock;
  readonly #workerId: WorkerId;
  #seen = new Map<WorkerId, Seen>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** `workerId`: of the one who judges. */
  constructor(deps: { store: Pick<Store, "heartbeats">; clock: Clock; workerId: WorkerId }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#workerId = deps.workerId;
  }

  /**
   * One look: who is dead by now, with the last heartbeat of each. One that fails, or comes long after the last one, or before
   * a heartbeat of one's own, begins the watch anew.
   */
  async look(): Promise<{ workerId: WorkerId; heartbeatAt: number }[]> {
    const before = this.#seen;
    this.#seen = new Map();
    const workers = await this.#store.heartbeats();
    const nowMs = this.#clock.monotonicMs();
    const own = workers.find(({ workerId }) => workerId === this.#workerId);
    const isAlive = own !== undefined && own.heartbeatAt !== before.get(this.#workerId)?.heartbeatAt;
    const isContinued = isAlive && nowMs - this.#lookedAtMs <= APART_MS_MAX;
    this.#lookedAtMs = nowMs;
    const dead: { workerId: WorkerId; heartbeatAt: number }[] = [];
    for (const { workerId, heartbeatAt, deadAfterMs, isOverdue } of workers) {
      const known = isContinued ? before.get(workerId) : undefined;
      const isStill = known?.heartbeatAt === heartbeatAt;
      const seen = isStill ? known : { heartbeatAt, sinceMs: nowMs, hasMoved: known !== undefined };
      this.#seen.set(workerId, seen);
      const stillMs = nowMs - seen.sinceMs;
      const isSilent = stillMs >= deadAfterMs && (seen.hasMoved || stillMs >= WATCHED_MS);
      if (isSilent || (isOverdue && stillMs >= WATCHED_MS)) dead.push({ workerId, heartbeatAt });
    }
    return dead;
  }
}
