/** Keeps the search index near to what was published, where publishing itself does not write it. */
import type { Store } from "../store/store.ts";

/** Indexes everything that can be. */
export async function indexMessages(deps: { store: Pick<Store, "indexMessages"> }, signal: AbortSignal): Promise<void> {
  for (let more = true; more && !signal.aborted;) ({ more } = await deps.store.indexMessages());
}
