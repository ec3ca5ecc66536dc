/** Keeps the history within its retention, in small transactions beside live traffic. */
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";

const PRUNE_LIMIT = 500;
const TENANTS_LIMIT = 1_000;

/** Removes messages beyond their retention, tenant by tenant, in small transactions. */
export class Retention {
  readonly #store: Pick<Store, "listTenants" | "pruneMessages">;
  readonly #clock: Clock;
  readonly #retentionMs: number;

  constructor(deps: { store: Pick<Store, "listTenants" | "pruneMessages">; clock: Clock; retentionMs: number }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#retentionMs = deps.retentionMs;
  }

  /** One pass over all tenants. Messages with a waiting event stay. */
  async runOnce(signal: AbortSignal): Promise<{ deleted: number }> {
    const before = this.#clock.now() - this.#retentionMs;
    let deleted = 0;
    let after = 0;
    for (;;) {
      const tenants = await this.#store.listTenants({ after, limit: TENANTS_LIMIT });
      for (const tenant of tenants) {
        let cursor: string | null = null;
        do {
          if (signal.aborted) return { deleted };
          const pruned: { deleted: number; nextCursor: string | null } = await this.#store.pruneMessages({
            tenant,
            before,
            cursor,
            limit: PRUNE_LIMIT,
          });
          deleted += pruned.deleted;
          cursor = pruned.nextCursor;
        } while (cursor !== null);
      }
      const last = tenants.at(-1);
      if (last === undefined) return { deleted };
      after = last;
    }
  }
}
