/** Folds the statistics of minutes that are over into hours and days, so that charts of long ranges stay cheap. */
import type { Store } from "../store/store.ts";

/** So many rows in one transaction: about 30 ms of the writer. */
const FOLDED_ROWS_MAX = 2_000;

/** Folds everything that can be. */
export async function foldStats(deps: { store: Pick<Store, "foldStats"> }, signal: AbortSignal): Promise<void> {
  for (let more = true; more && !signal.aborted;) {
    ({ more } = await deps.store.foldStats({ limit: FOLDED_ROWS_MAX }));
  }
}
