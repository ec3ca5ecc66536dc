/** How the connections of one process are divided, so that nobody waits for those that others need. */
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log.ts";
import type { DatabaseAddress } from "./address.ts";
import { Gate } from "./gate.ts";
import { Pool } from "./pool.ts";

/** Four kinds of batches, a claim, a heartbeat, taking over, and the live feed: what users ask for leaves them free. */
const HOT_CONNECTIONS = 8;
const SIZE_MIN = HOT_CONNECTIONS + 3;

/** The connections by what they are for. */
export type Pools = {
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
    scans: new Pool({ ...place, size: third }),
    others: new Pool({ ...place, size: size - third }),
    gates: { writes: new Gate(third), scans: new Gate(third), lookups: new Gate(shared - 2 * third) },
  };
}
