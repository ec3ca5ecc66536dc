/** What a deleted webhook leaves behind. */
import type { Store } from "../store/store.ts";

const DELETED_LIMIT = 500;

/** Fails the waiting events of deleted webhooks; a webhook may leave a million of them, so not in the deletion itself. */
export async function failEventsOfDeletedWebhooks(
  deps: { store: Pick<Store, "failEventsOfDeletedWebhooks"> },
  signal: AbortSignal,
): Promise<void> {
  for (let more = true; more && !signal.aborted;) {
    ({ more } = await deps.store.failEventsOfDeletedWebhooks({ limit: DELETED_LIMIT }));
  }
}
