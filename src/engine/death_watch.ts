/**
 * Watches the heartbeats of other workers of a shared store, to tell who is dead. A worker is dead when the database says that
 * it was silent for too long, and its heartbeat has also stood still before the eyes of the one who judges. The clock of the
 * database alone would not do: it may jump, and after an outage everybody has been silent, while nobody is dead.
 */
import type { Clock } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import type { Store } from "../store/store.ts";

/**
 * So long a heartbeat has to stand still here, in ms. A live worker that comes back after an outage may have one heartbeat end in
 * vain on a connection that is no more, and then needs a new connection: at most about 14 seconds in all.
 */
const WATCHED_MS = 15_000;

type Seen = { heartbeatAt: number; sinceMs: number };

export class DeathWatch {
  readonly #store: Pick<Store, "heartbeats">;
  readonly #clock: Clock;
  #seen = new Map<WorkerId, Seen>();

  constructor(deps: { store: Pick<Store, "heartbeats">; clock: Clock }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
  }

  /** One look: who is dead by now, with the last heartbeat of each. A look that fails begins the watch anew. */
  async look(): Promise<{ workerId: WorkerId; heartbeatAt: number }[]> {
    const before = this.#seen;
    this.#seen = new Map();
    const workers = await this.#store.heartbeats();
    const nowMs = this.#clock.monotonicMs();
    const dead: { workerId: WorkerId; heartbeatAt: number }[] = [];
    for (const { workerId, heartbeatAt, deadAfterMs, isOverdue } of workers) {
      const known = before.get(workerId);
      const seen = known?.heartbeatAt === heartbeatAt ? known : { heartbeatAt, sinceMs: nowMs };
      this.#seen.set(workerId, seen);
      const stillMs = nowMs - seen.sinceMs;
      if (stillMs >= deadAfterMs || (isOverdue && stillMs >= WATCHED_MS)) dead.push({ workerId, heartbeatAt });
    }
    return dead;
  }
}
