/** The contract that every store passes. */
import { auditLogContract } from "./audit_log.ts";
import { deletedWebhooksContract } from "./deleted_webhooks.ts";
import { durabilityContract } from "./durability.ts";
import { historyContract } from "./history.ts";
import { idempotencyContract } from "./idempotency.ts";
import { jobStepsContract } from "./job_steps.ts";
import { jobsContract } from "./jobs.ts";
import { laneOwnershipContract } from "./lane_ownership.ts";
import { leasingContract } from "./leasing.ts";
import { liveSharingContract } from "./live_sharing.ts";
import { masterKeyContract } from "./master_key.ts";
import { publishingContract } from "./publishing.ts";
import { resendingContract } from "./resending.ts";
import { retentionContract } from "./retention.ts";
import { sessionsContract } from "./sessions.ts";
import { settingsContract } from "./settings.ts";
import { settlingContract } from "./settling.ts";
import { signingKeysContract } from "./signing_keys.ts";
import { statsContract } from "./stats.ts";
import type { StoreFactory } from "./store_factory.ts";
import { systemContract } from "./system.ts";
import { takeOverContract } from "./take_over.ts";
import { tenancyContract } from "./tenancy.ts";
import { tokensContract } from "./tokens.ts";
import { viewsContract } from "./views.ts";
import { webhooksContract } from "./webhooks.ts";

/** Registers every test of the contract for one implementation. */
export function storeContract(factory: StoreFactory): void {
  deliveryContract(factory);
  bulkContract(factory);
  recordsContract(factory);
  historyContracts(factory);
}

/** The part about messages and events on their way. */
export function deliveryContract(factory: StoreFactory): void {
  publishingContract(factory);
  idempotencyContract(factory);
  leasingContract(factory);
  laneOwnershipContract(factory);
  settlingContract(factory);
  takeOverContract(factory);
  resendingContract(factory);
  tokensContract(factory);
}

/** The part about bulk work. */
export function bulkContract(factory: StoreFactory): void {
  jobsContract(factory);
  jobStepsContract(factory);
}

/** The part about what is kept: settings, tenants, who did what. */
export function recordsContract(factory: StoreFactory): void {
  webhooksContract(factory);
  signingKeysContract(factory);
  masterKeyContract(factory);
  deletedWebhooksContract(factory);
  tenancyContract(factory);
  sessionsContract(factory);
  auditLogContract(factory);
  settingsContract(factory);
  viewsContract(factory);
  systemContract(factory);
  liveSharingContract(factory);
  durabilityContract(factory);
}

/** The part about what has happened: lists, statistics, and how long they last. */
export function historyContracts(factory: StoreFactory): void {
  historyContract(factory);
  statsContract(factory);
  retentionContract(factory);
}
