/** Removes what has an expiry of its own. */
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";

const EXPIRED_LIMIT = 5_000;
/** Minute statistics outlive the messages, for charts of a longer past: 90 days. */
const STATS_MS = 90 * 86_400_000;

/** Removes idempotency keys, consumed tokens, old statistics, changes, sessions and secrets. */
export async function pruneExpired(
  deps: { store: Pick<Store, "pruneExpired">; clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  for (let more = true; more && !signal.aborted;) {
    const statsBefore = deps.clock.now() - STATS_MS;
    ({ more } = await deps.store.pruneExpired({ limit: EXPIRED_LIMIT, statsBefore }));
  }
}
