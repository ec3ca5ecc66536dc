/**
 * Shares the lanes of a store between its workers. A lane belongs to the worker that asked first, until it is given back:
 * when it is idle, so that whoever gets the next message may have it, and when its worker owns more than its share. Above
 * its share a worker takes no further lanes, and lets the least busy of its own go, a few at a time.
 */
import type { WorkerId } from "../ids.ts";
import type { Store } from "../store/store.ts";
import type { Lane } from "./lane.ts";

/** A worker may own so many times its share: lanes that come and go must not wander all the time. */
const SLACK = 1.25;
/** So many lanes are let go at a time. */
const LET_GO_MAX = 100;

export type LaneSharingDeps = {
  store: Pick<Store, "laneShares">;
  workerId: WorkerId;
  /** The lanes that are known here. */
  lanes: () => Iterable<Lane>;
  /** Lets lanes go: what waits here goes back to the store, and then they are anybody's. */
  letGo: (lanes: readonly Lane[]) => Promise<void>;
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
    const { store, workerId, lanes, letGo } = this.#deps;
    const { own, all, workers } = await store.laneShares({ workerId });
    const share = Math.ceil((all / Math.max(1, workers)) * SLACK);
    const excess = workers > 1 ? Math.max(0, own - share) : 0;
    this.#takesLanes = workers <= 1 || own < share || all <= workers;
    if (excess === 0) return;
    const leastBusy = [...lanes()].filter((lane) => !lane.isLeaving).sort((one, other) => one.load - other.load);
    await letGo(leastBusy.slice(0, Math.min(excess, LET_GO_MAX)));
  }
}
