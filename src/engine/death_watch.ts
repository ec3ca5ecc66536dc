/**
 * Watches the heartbeats of other workers of a shared store, to tell who is dead. A worker is dead when the database says that
 * it was silent for too long, and its heartbeat has also stood still before the eyes of the one who judges. The clock of the
 * database alone would not do: it may jump, and after an outage everybody has been silent, while nobody is dead.
 */
import type { Clock } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import type { Store } from "../store/store.ts";

/**
 * So long a heartbeat has to stand still here, in ms, until it has been seen to move. A live worker that comes back after an
 * outage may have one heartbeat end in vain on a connection that is no more, and then needs a new connection: at most about
 * 14 seconds in all.
 */
const WATCHED_MS = 15_000;
/**
 * A look that takes longer, in ms, tells of a database on which heartbeats do not come through in time either: a look is two
 * round trips, a heartbeat three within 3 s, and a new connection for it some five within 5 s.
 */
const LOOK_MS_MAX = 1_000;
/** Looks that lie further apart, in ms, have not seen what was in between. They come every 5 s. */
const APART_MS_MAX = 8_000;

/** `sinceMs`: when it was first seen as it is. */
type Seen = { heartbeatAt: number; sinceMs: number; hasMoved: boolean };

export class DeathWatch {
  readonly #store: Pick<Store, "heartbeats">;
  readonly #clock: Clock;
  #seen = new Map<WorkerId, Seen>();
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: { store: Pick<Store, "heartbeats">; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /**
   * One look: who is dead by now, with the last heartbeat of each. One that fails or takes long, or comes long after the last
   * one, begins the watch anew.
   */
  async look(): Promise<{ workerId: WorkerId; heartbeatAt: number }[]> {
    const before = this.#seen;
    this.#seen = new Map();
    const beganAtMs = this.#clock.monotonicMs();
    const workers = await this.#store.heartbeats();
    const nowMs = this.#clock.monotonicMs();
    const isContinued = nowMs - beganAtMs <= LOOK_MS_MAX && nowMs - this.#lookedAtMs <= APART_MS_MAX;
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
