/** How the connections of one process are divided, so that nobody waits for those that others need. */
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log.ts";
import type { DatabaseAddress } from "./address.ts";
import { Gate } from "./gate.ts";
import { PLANS_KEPT } from "./plans.ts";
import { Pool } from "./pool.ts";

/** Of each kind of batch, one runs at a time. */
const BATCH_CONNECTIONS = 4;
/** Those of a claim, a heartbeat, taking over, and the live feed: nobody else may hold them. */
const ENGINE_CONNECTIONS = 4;
const HOT_CONNECTIONS = BATCH_CONNECTIONS + ENGINE_CONNECTIONS;
const SIZE_MIN = HOT_CONNECTIONS + 3;

/** The connections by what they are for. */
export type Pools = {
  batches: Pool;
  /** For reads that may look at many rows: their plans, which are large, are kept by few connections. */
  scans: Pool;
  /** For everything else. */
  others: Pool;
  /** How many at a time of what users ask for. */
  gates: { writes: Gate; lookups: Gate; scans: Gate };
};

/** Pools of `size` connections together, at least 11. */
export function makePools(options: { address: DatabaseAddress; size: number; log: Logger; timers: Clock }): Pools {
  const { size: asked, ...place } = options;
  const size = Math.max(asked, SIZE_MIN);
  const shared = size - HOT_CONNECTIONS;
  const third = Math.floor(shared / 3);
  return {
    batches: new Pool({ ...place, size: BATCH_CONNECTIONS, plans: PLANS_KEPT }),
    scans: new Pool({ ...place, size: third }),
    others: new Pool({ ...place, size: size - third - BATCH_CONNECTIONS }),
    gates: { writes: new Gate(third), scans: new Gate(third), lookups: new Gate(shared - 2 * third) },
  };
}
