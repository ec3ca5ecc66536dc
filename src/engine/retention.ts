/** Keeps the history within its retention, in small transactions beside live traffic. */
import type { Clock } from "../clock.ts";
import { retentionOf } from "../domain/environment_settings.ts";
import type { TenantRetention } from "../store/settings.ts";
import type { Store } from "../store/store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/**
 * A step is short, since what is published waits for its commit, and a pause follows: removing 2 million messages takes 40 minutes,
 * and live traffic loses less than a tenth of its rate meanwhile. About 900 messages a second go, 75 million a day.
 */
const PRUNE_LIMIT = 50;
const STEP_PAUSE_MS = 50;
const TENANTS_LIMIT = 1_000;

/** So long after its end, a day that should have gone in one piece is cleaned row by row. */
const DROPPING_MS = 2 * HOUR_MS;

type RetentionStore = Pick<
  Store,
  "capabilities" | "listRetentions" | "dropOldDay" | "pruneMessages" | "pruneJobs" | "eraseOldContents"
>;

/**
 * Removes messages and jobs beyond their retention, and before that the contents whose own is shorter, tenant by tenant, in small
 * transactions. Messages with a waiting event stay, whole. Where the history is cut by day, a day goes in one piece when it is
 * over for all; so messages stay until the end of the (UTC) day in which they reach their retention, if that is a day or more.
 */
export class Retention {
  readonly #store: RetentionStore;
  readonly #clock: Clock;
  readonly #retentionMs: number;
  #droppedAtMs = Number.NEGATIVE_INFINITY;

  /** `retentionMs` is the server's, for environments that set none. */
  constructor(deps: { store: RetentionStore; clock: Clock; retentionMs: number }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#retentionMs = deps.retentionMs;
  }

  /** One pass over all tenants. */
  async runOnce(signal: AbortSignal): Promise<{ deleted: number; erased: number }> {
    const done = { deleted: 0, erased: 0 };
    await this.#dropDays(signal);
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

  /** Once an hour, and again soon when something was in use. */
  async #dropDays(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    if (!this.#store.capabilities.isCutByDay || now - this.#droppedAtMs < HOUR_MS) return;
    while (!signal.aborted) {
      const what = await this.#store.dropOldDay({ retentionMs: this.#retentionMs });
      if (what === "none") this.#droppedAtMs = now;
      if (what !== "dropped") return;
    }
  }

  /** What messages must be older than to be deleted one by one. */
  #oldest(messageMs: number): number {
    const before = this.#clock.now() - messageMs;
    if (!this.#store.capabilities.isCutByDay || messageMs < DAY_MS) return before;
    return Math.floor((before - DROPPING_MS) / DAY_MS) * DAY_MS;
  }

  async #keepWithin(of: TenantRetention, signal: AbortSignal): Promise<{ deleted: number; erased: number }> {
    const { tenant } = of;
    const { messageMs, contentMs } = retentionOf(of, this.#retentionMs);
    const now = this.#clock.now();
    const pausing = { clock: this.#clock, signal };
    const messages = inSteps(pausing, async (cursor) => {
      const step = { tenant, before: this.#oldest(messageMs), cursor, limit: PRUNE_LIMIT };
      const { deleted: count, nextCursor } = await this.#store.pruneMessages(step);
      return { count, nextCursor };
    });
    const jobs = this.#pruneJobs({ tenant, before: now - messageMs }, signal); // together, for they share a commit
    const [deleted] = await Promise.all([messages, jobs]);
    if (contentMs === messageMs) return { deleted, erased: 0 };
    const erased = await inSteps(pausing, async (cursor) => {
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

/** Runs steps with pauses between them until the end is reached or a stop is asked for; the sum of what they did. */
async function inSteps(
  { clock, signal }: { clock: Clock; signal: AbortSignal },
  step: (cursor: string | null) => Promise<{ count: number; nextCursor: string | null }>,
): Promise<number> {
  let sum = 0;
  let cursor: string | null = null;
  do {
    if (signal.aborted) return sum;
    const { count, nextCursor }: { count: number; nextCursor: string | null } = await step(cursor);
    sum += count;
    cursor = nextCursor;
    if (cursor !== null) await pause(clock, signal);
  } while (cursor !== null);
  return sum;
}

/** Ends early when a stop is asked for. */
function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.setTimer(end, STEP_PAUSE_MS);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
