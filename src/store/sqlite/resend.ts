/** Resending: a settled event becomes PENDING and due now, with a fresh schedule. */
import type { EventStatus, Trigger } from "../../domain/values.ts";
import type { EventId, WebhookId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { Actor } from "../tenancy.ts";
import { triggeredBy } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import type { EventRow } from "./events.ts";
import { countStatus } from "./events.ts";
import type { Transaction } from "./transaction.ts";

type ResendRow = {
  webhook_no: number;
  is_test: number;
  status: EventStatus;
  lease_worker: string | null;
  is_disabled: number;
  is_erased: number;
};

/** By three primary or unique keys. */
const READ_EVENT = `
  select e.webhook_no, e.is_test, e.status, e.lease_worker, w.is_disabled, m.content is null as is_erased
  from events e
    join webhooks w on w.no = e.webhook_no
    join messages m on m.tenant = e.tenant and m.day = e.day and m.id = 'msg_' || substr(e.id, 5, 22)
  where e.tenant = ?1 and e.day = ?2 and e.id = ?3 and w.id = ?4 and w.deleted_at is null`;
const RESEND = `
  update events set status = 'PENDING', next_attempt_at = ?4, retries_used = 0, abandoned_in_row = 0, next_trigger = ?5,
    next_triggered_by = ?6, updated_at = ?4
  where tenant = ?1 and day = ?2 and id = ?3`;

/** See {@link DeliveryStore.resendEvent}. */
export function resendEvent(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; eventId: EventId; trigger: Trigger; actor: Actor },
): "resent" | "notFound" | "alreadyPending" | "webhookDisabled" | "contentErased" {
  const { tenant, webhookId, eventId, trigger, actor } = params;
  const day = idDay(eventId);
  const event = tx.sql.get<ResendRow>(READ_EVENT, tenant, day, eventId, webhookId);
  if (event === undefined) return "notFound";
  if (event.status === "PENDING" || event.lease_worker !== null) return "alreadyPending";
  if (event.is_disabled === 1) return "webhookDisabled";
  if (event.is_erased === 1) return "contentErased";
  makePending(tx, { tenant, day, id: eventId, ...event }, { trigger, triggeredBy: triggeredBy(actor) });
  const target = { kind: "event", id: eventId } as const;
  writeAudit(tx, {
    tenant,
    actor,
    action: "event.resend",
    target,
    before: { status: event.status },
    after: { trigger },
  });
  return "resent";
}

/** Puts a settled event, which nobody holds a lease of, on its way once more. */
export function makePending(tx: Transaction, event: EventRow, next: { trigger: Trigger; triggeredBy: string }): void {
  tx.sql.run(RESEND, event.tenant, event.day, event.id, tx.now, next.trigger, next.triggeredBy);
  countStatus(tx, event, "PENDING");
  tx.lanes.waits(event.webhook_no, tx.now);
}
