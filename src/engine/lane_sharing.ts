/**
 * Shares the lanes of a store between its workers. A lane belongs to the worker that asked first, until it is given back:
 * when it is idle, so that whoever gets the next message may have it, and when its worker owns more than its share. From its
 * share on a worker takes no further lanes, and above it lets the least busy of its own go, a few at a time. A lane whose
 * breaker is open, or that waits for its rate, stays: its next owner would not know of that.
 */
import type { Clock } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import type { Store } from "../store/store.ts";
import type { Lane } from "./lane.ts";

/** A worker may own so many times its part: lanes that come and go must not wander all the time. */
const SLACK = 1.25;
/** So many lanes are let go at a time. */
const LET_GO_MAX = 100;

export type LaneSharingDeps = {
  store: Pick<Store, "laneShares">;
  workerId: WorkerId;
  clock: Clock;
  /** The lanes that are known here. */
  lanes: () => Iterable<Lane>;
  /** Begins to let a lane go. */
  letGo: (lane: Lane) => void;
};

export class LaneSharing {
  readonly #deps: LaneSharingDeps;
  #takesLanes = true;

  constructor(deps: LaneSharingDeps) {
    this.#deps = deps;
  }

  /** Whether this worker takes lanes that belong to nobody. */
  get takesLanes(): boolean {
    return this.#takesLanes;
  }

  /** Looks how the lanes are shared now. */
  async runOnce(): Promise<void> {
    const { store, workerId, clock, lanes, letGo } = this.#deps;
    const { own, all, workers } = await store.laneShares({ workerId });
    const share = Math.max(1, Math.ceil((all / Math.max(1, workers)) * SLACK));
    this.#takesLanes = workers <= 1 || own < share;
    const known = [...lanes()];
    const excess = own - known.filter((lane) => lane.isLeaving).length - share;
    if (workers <= 1 || excess <= 0) return;
    const nowMs = clock.monotonicMs();
    const leastBusy = known
      .filter((lane) => lane.isOwn && lane.isMovable(nowMs))
      .sort((one, other) => one.load - other.load);
    for (const lane of leastBusy.slice(0, Math.min(excess, LET_GO_MAX))) letGo(lane);
  }
}
