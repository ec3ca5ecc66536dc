/**
 * What happens, passed between the processes of a shared store, for those who watch it live. Nothing but a look is lost
 * where something of it is lost, so no other work waits for it. Where a store has one process, there is nothing to pass.
 */
import type { WorkerId } from "../ids.ts";

/** An item of another process. `seq` grows, but not in the order of commits: a smaller one may show up a little later. */
export type PassedItem = { seq: number; tenant: number; item: string };

export interface LiveSharingStore {
  /** Says that this process watches these tenants, and no others, for the next `forMs`. */
  watchTenants(params: { process: WorkerId; tenants: readonly number[]; forMs: number }): Promise<void>;
  /** The tenants that any other process watches now. */
  tenantsWatchedElsewhere(params: { process: WorkerId }): Promise<number[]>;
  /** Passes items on, as text. They are kept for a minute. */
  passItems(params: { process: WorkerId; items: readonly { tenant: number; item: string }[] }): Promise<void>;
  /** Items of other processes and these tenants after `after` (null: none yet, only where the end is), at most `limit`. */
  readPassedItems(params: {
    process: WorkerId;
    tenants: readonly number[];
    after: number | null;
    limit: number;
  }): Promise<{ items: PassedItem[]; last: number }>;
}
