/** Reading the audit log, and finding out whether somebody has tampered with it. Each change of the store writes it. */
import type { AuditId } from "../ids.ts";
import type { AuditEntry, Page, PageRequest } from "./tenancy.ts";

/** Which entries of a log are wanted; null stands for all of them. */
export type AuditFilter = {
  /** The id of the actor's key, or the actor's name. */
  actor: string | null;
  /** Such as `webhook.update`; one that ends in a dot stands for all that begin with it. */
  action: string | null;
  /** The id of what was changed. */
  target: string | null;
  /** Epoch ms, inclusive. */
  from: number | null;
  /** Epoch ms, exclusive. */
  to: number | null;
};

/** An entry with its place in the chain. */
export type ChainedAuditEntry = AuditEntry & {
  /** SHA-256 in hex over the entry and the hash before it. */
  hash: string;
};

/** The last row that was checked: where the next slice goes on. */
export type AuditChainPlace = { seq: number; hash: string };

/** What a slice of the chain looked like. */
export type AuditChainSlice = {
  /** Rows that are as they were written. */
  intact: number;
  /** The first row that was changed, or whose predecessor was changed or removed; null when there is none in the slice. */
  brokenAt: AuditId | null;
  /** Null at the end of the chain, or where it is broken. */
  next: AuditChainPlace | null;
};

export interface AuditLogStore {
  /** Newest first, all of it without a filter; `tenant: null` lists what belongs to no tenant. Counted up to 10,000. */
  listAudit(
    params: PageRequest & { tenant: number | null; filter?: AuditFilter },
  ): Promise<Page<ChainedAuditEntry> & { total: number; totalIsAtLeast: boolean }>;
  /**
   * Recomputes up to `limit` rows of a tenant's chain after `after` (null: from its first row). Rows that are added
   * meanwhile are found by a later slice.
   */
  checkAuditChain(params: {
    tenant: number | null;
    after: AuditChainPlace | null;
    limit: number;
  }): Promise<AuditChainSlice>;
}
