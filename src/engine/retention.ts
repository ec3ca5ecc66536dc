/** Keeps the history within its retention, in small transactions beside live traffic. */
import type { Clock } from "../clock.ts";
import { retentionOf } from "../domain/environment_settings.ts";
import type { TenantRetention } from "../store/settings.ts";
import type { Store } from "../store/store.ts";

const PRUNE_LIMIT = 500;
const TENANTS_LIMIT = 1_000;

type RetentionStore = Pick<Store, "listRetentions" | "pruneMessages" | "pruneJobs" | "eraseOldContents">;

/**
 * Removes messages and jobs beyond their retention, and before that the contents whose own is shorter, tenant by tenant, in small
 * transactions. Messages with a waiting event stay, whole.
 */
export class Retention {
  readonly #store: RetentionStore;
  readonly #clock: Clock;
  readonly #retentionMs: number;

  /** `retentionMs` is the server's, for environments that set none. */
  constructor(deps: { store: RetentionStore; clock: Clock; retentionMs: number }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#retentionMs = deps.retentionMs;
  }

  /** One pass over all tenants. */
  async runOnce(signal: AbortSignal): Promise<{ deleted: number; erased: number }> {
    const done = { deleted: 0, erased: 0 };
    let after = 0;
    for (;;) {
      const tenants = await this.#store.listRetentions({ after, limit: TENANTS_LIMIT });
      for (const tenant of tenants) {
        const { deleted, erased } = await this.#keepWithin(tenant, signal);
        done.deleted += deleted;
        done.erased += erased;
      }
      const last = tenants.at(-1);
      if (last === undefined || signal.aborted) return done;
      after = last.tenant;
    }
  }

  async #keepWithin(of: TenantRetention, signal: AbortSignal): Promise<{ deleted: number; erased: number }> {
    const { tenant } = of;
    const { messageMs, contentMs } = retentionOf(of, this.#retentionMs);
    const now = this.#clock.now();
    const messages = inSteps(signal, async (cursor) => {
      const step = { tenant, before: now - messageMs, cursor, limit: PRUNE_LIMIT };
      const { deleted: count, nextCursor } = await this.#store.pruneMessages(step);
      return { count, nextCursor };
    });
    const jobs = this.#pruneJobs({ tenant, before: now - messageMs }, signal); // together, for they share a commit
    const [deleted] = await Promise.all([messages, jobs]);
    if (contentMs === messageMs) return { deleted, erased: 0 };
    const erased = await inSteps(signal, async (cursor) => {
      const step = { tenant, before: now - contentMs, cursor, limit: PRUNE_LIMIT };
      const { erased: count, nextCursor } = await this.#store.eraseOldContents(step);
      return { count, nextCursor };
    });
    return { deleted, erased };
  }

  async #pruneJobs(which: { tenant: number; before: number }, signal: AbortSignal): Promise<void> {
    for (let more = true; more && !signal.aborted;) {
      ({ more } = await this.#store.pruneJobs({ ...which, limit: PRUNE_LIMIT }));
    }
  }
}

/** Runs steps until the end is reached or a stop is asked for; the sum of what they did. */
async function inSteps(
  signal: AbortSignal,
  step: (cursor: string | null) => Promise<{ count: number; nextCursor: string | null }>,
): Promise<number> {
  let sum = 0;
  let cursor: string | null = null;
  do {
    if (signal.aborted) return sum;
    const { count, nextCursor }: { count: number; nextCursor: string | null } = await step(cursor);
    sum += count;
    cursor = nextCursor;
  } while (cursor !== null);
  return sum;
}
