/** Gives leases back whose attempt was not begun: the store gets them for another time or worker, however long that takes. */
import type { Clock } from "../clock.ts";
import { sleep } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import type { Logger } from "../log.ts";
import type { LeasedEvent } from "../store/delivery.ts";
import type { Store } from "../store/store.ts";

const RETRY_MS = 500;

export class LeaseReturns {
  readonly #deps: { store: Pick<Store, "releaseLeases">; workerId: WorkerId; clock: Clock; log: Logger };
  readonly #underWay = new Set<Promise<void>>();

  constructor(deps: { store: Pick<Store, "releaseLeases">; workerId: WorkerId; clock: Clock; log: Logger }) {
    this.#deps = deps;
  }

  /** Resolves when they are back, which is tried until it succeeds. */
  giveBack(events: readonly LeasedEvent[]): Promise<void> {
    const returned = this.#release(events).finally(() => this.#underWay.delete(returned));
    this.#underWay.add(returned);
    return returned;
  }

  /** Resolves when everything given so far is back. */
  async flush(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #release(events: readonly LeasedEvent[]): Promise<void> {
    const { store, workerId, clock, log } = this.#deps;
    const leases = events.map((event) => ({ tenant: event.tenant, eventId: event.id, attempt: event.attempt }));
    for (;;) {
      try {
        await store.releaseLeases({ workerId, leases });
        return;
      } catch (error) {
        log.error({ err: error }, "leases cannot be given back; it is tried again");
        await sleep(clock, RETRY_MS);
      }
    }
  }
}
