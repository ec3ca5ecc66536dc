/**
 * Keeps this worker's leases alive, and knows how long they certainly are. Where a store is shared, a worker that was silent
 * for too long is dead: others repeat what it holds. So attempts begin only within a margin after the last heartbeat that
 * came through, so that those of usual length have ended before anybody may take them over.
 */
import type { Clock } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import type { Store } from "../store/store.ts";

export type HeartbeatDeps = {
  store: Pick<Store, "registerWorker" | "heartbeat">;
  clock: Clock;
  workerId: WorkerId;
  place: { role: string; host: string; pid: number };
  /** When the worker counts as dead, and how long after a heartbeat attempts may begin; null: neither, the store is not shared. */
  limits: { deadAfterMs: number; beginWithinMs: number } | null;
  /** Attempts may begin again, after a time in which they must not. */
  onRevived: () => void;
  /** The worker was declared dead: it must end at once. */
  onDead: () => void;
};

export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #beganAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  /** Whether an attempt that begins now is certainly this worker's own. */
  get mayBegin(): boolean {
    const { limits, clock } = this.#deps;
    return limits === null || clock.monotonicMs() - this.#beganAtMs < limits.beginWithinMs;
  }

  /** Registers the worker, which is the first heartbeat. */
  async begin(): Promise<void> {
    const { store, clock, workerId, place, limits } = this.#deps;
    const beganAtMs = clock.monotonicMs();
    const deadAfter = limits === null ? {} : { deadAfterMs: limits.deadAfterMs };
    await store.registerWorker({ workerId, ...place, ...deadAfter });
    this.#beganAtMs = beganAtMs;
  }

  /** One heartbeat. Throws when the store cannot be reached. */
  async runOnce(): Promise<void> {
    const { store, clock, workerId, onRevived, onDead } = this.#deps;
    const beganAtMs = clock.monotonicMs();
    if (!(await store.heartbeat({ workerId }))) return onDead();
    const wasStopped = !this.mayBegin;
    this.#beganAtMs = beganAtMs;
    if (wasStopped && this.mayBegin) onRevived();
  }
}
