/** Disabling a webhook by the store's own rules: a 410, the receiver's wish, or failing for too long. */
import type { DisabledReason } from "../../domain/webhook.ts";
import { SYSTEM_ACTOR } from "../audit_hash.ts";
import { writeAudit } from "./audit.ts";
import { noteWebhookChange } from "./changes.ts";
import type { Transaction } from "./transaction.ts";

/** By the primary key. */
const DISABLE = `
  update webhooks set is_disabled = 1, disabled_reason = ?2, updated_at = ?3
  where no = ?1 and is_disabled = 0 and deleted_at is null`;

/** False when it was disabled or deleted already. */
export function disableWebhook(tx: Transaction, webhookNo: number, reason: DisabledReason): boolean {
  if (tx.sql.run(DISABLE, webhookNo, reason, tx.now) === 0) return false;
  const { tenant, webhookId } = tx.lanes.get(webhookNo);
  tx.lanes.change(webhookNo, { isPaused: true });
  tx.targets.forget(tenant);
  writeAudit(tx, {
    tenant,
    actor: SYSTEM_ACTOR,
    action: "webhook.disable",
    target: { kind: "webhook", id: webhookId },
    before: { isDisabled: false },
    after: { isDisabled: true, disabledReason: reason },
  });
  noteWebhookChange(tx, webhookId);
  return true;
}
