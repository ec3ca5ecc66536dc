/** The contract that every store passes. */
import { deletedWebhooksContract } from "./deleted_webhooks.ts";
import { durabilityContract } from "./durability.ts";
import { historyContract } from "./history.ts";
import { idempotencyContract } from "./idempotency.ts";
import { leasingContract } from "./leasing.ts";
import { publishingContract } from "./publishing.ts";
import { resendingContract } from "./resending.ts";
import { retentionContract } from "./retention.ts";
import { settlingContract } from "./settling.ts";
import type { StoreFactory } from "./store_factory.ts";
import { takeOverContract } from "./take_over.ts";
import { tenancyContract } from "./tenancy.ts";
import { tokensContract } from "./tokens.ts";
import { webhooksContract } from "./webhooks.ts";

/** Registers every test of the contract for one implementation. */
export function storeContract(factory: StoreFactory): void {
  publishingContract(factory);
  idempotencyContract(factory);
  leasingContract(factory);
  settlingContract(factory);
  takeOverContract(factory);
  resendingContract(factory);
  tokensContract(factory);
  webhooksContract(factory);
  deletedWebhooksContract(factory);
  tenancyContract(factory);
  historyContract(factory);
  retentionContract(factory);
  durabilityContract(factory);
}
