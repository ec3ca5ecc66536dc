/** Disabling a webhook by the store's own rules: a 410, the receiver's wish, or failing for too long. */
import type { DisabledReason } from "../../domain/webhook.ts";
import { SYSTEM_ACTOR } from "../audit_hash.ts";
import { writeAudit } from "./audit.ts";
import { noteWebhookChange } from "./changes.ts";
import type { Transaction } from "./transaction.ts";

/** By the primary key. */
const LOCK_WEBHOOKS = `select 1 from webhooks where no = any($1::integer[]) order by no for no key update`;
const DISABLE = `
  update webhooks set is_disabled = true, disabled_reason = $2, updated_at = $3
  where no = $1 and not is_disabled and deleted_at is null`;

/** Locks webhooks, before their lanes are locked. */
export async function lockWebhooks(tx: Transaction, webhookNos: readonly number[]): Promise<void> {
  if (webhookNos.length > 0) await tx.sql.run(LOCK_WEBHOOKS, [...new Set(webhookNos)]);
}

/** False when it was disabled or deleted already. */
export async function disableWebhook(tx: Transaction, webhookNo: number, reason: DisabledReason): Promise<boolean> {
  await tx.lanes.lock([webhookNo]);
  if ((await tx.sql.run(DISABLE, webhookNo, reason, tx.now)) === 0) return false;
  const { tenant, webhookId } = tx.lanes.get(webhookNo);
  tx.lanes.change(webhookNo, { isPaused: true });
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
