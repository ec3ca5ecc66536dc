/** Resending: settled events become PENDING and due now, with a fresh schedule. */
import type { EventStatus, Trigger } from "../../domain/values.ts";
import type { EventId, WebhookId } from "../../ids.ts";
import { idDay, webhookNoOf } from "../../ids.ts";
import type { Actor } from "../tenancy.ts";
import { triggeredBy } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import type { EventRow } from "./events.ts";
import { countStatus, eventKeys } from "./events.ts";
import type { Transaction } from "./transaction.ts";

type ResendRow = {
  webhook_no: number;
  is_test: boolean;
  status: EventStatus;
  is_leased: boolean;
  is_disabled: boolean;
  is_erased: boolean;
};

/** By the unique index on the id. */
const FIND_WEBHOOK = `select no from webhooks where id = $1 and tenant = $2 and deleted_at is null`;
/**
 * By three primary or unique keys. Of two resends at the same time, the second waits here for the first; and either this one
 * waits for an erasure, or the erasure for it.
 */
const LOCK_EVENT = `
  select e.webhook_no, e.is_test, e.status, e.lease_worker is not null as is_leased, w.is_disabled,
    m.content is null as is_erased
  from events e
    join webhooks w on w.no = e.webhook_no
    join messages m on m.tenant = $1 and m.day = $2 and m.id = 'msg_' || substr($3::text, 5, 22)
  where e.tenant = $1 and e.day = $2 and e.id = $3 and w.id = $4 and w.deleted_at is null
  for no key update of e for share of m`;
/** By the primary key, in the partitions of the days. */
const RESEND = `
  update events e set status = 'PENDING', next_attempt_at = $5, retries_used = 0, abandoned_in_row = 0, next_trigger = $6,
    next_triggered_by = $7, updated_at = $5
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
  where e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])`;

/** See {@link DeliveryStore.resendEvent}. */
export async function resendEvent(
  tx: Transaction,
  params: { tenant: number; webhookId: WebhookId; eventId: EventId; trigger: Trigger; actor: Actor },
): Promise<"resent" | "notFound" | "alreadyPending" | "webhookDisabled" | "contentErased"> {
  const { tenant, webhookId, eventId, trigger, actor } = params;
  const day = idDay(eventId);
  const webhookNo = webhookNoOf(eventId);
  const webhook = await tx.sql.get<{ no: number }>(FIND_WEBHOOK, webhookId, tenant);
  if (webhook?.no !== webhookNo) return "notFound";
  await tx.lanes.lock([webhookNo]);
  const event = await tx.sql.get<ResendRow>(LOCK_EVENT, tenant, day, eventId, webhookId);
  if (event === undefined) return "notFound";
  if (event.status === "PENDING" || event.is_leased) return "alreadyPending";
  if (event.is_disabled) return "webhookDisabled";
  if (event.is_erased) return "contentErased";
  await makePending(tx, [{ tenant, day, id: eventId, ...event }], { trigger, triggeredBy: triggeredBy(actor) });
  const target = { kind: "event", id: eventId } as const;
  const before = { status: event.status };
  writeAudit(tx, { tenant, actor, action: "event.resend", target, before, after: { trigger } });
  return "resent";
}

/** Puts settled events, which nobody holds a lease of, on their way once more. Their lanes and rows are locked. */
export async function makePending(
  tx: Transaction,
  events: readonly EventRow[],
  next: { trigger: Trigger; triggeredBy: string },
): Promise<void> {
  if (events.length === 0) return;
  await tx.sql.run(RESEND, ...eventKeys(events), tx.now, next.trigger, next.triggeredBy);
  for (const event of events) {
    countStatus(tx, event, "PENDING");
    tx.lanes.waits(event.webhook_no, { day: event.day, dueAt: tx.now });
  }
  tx.leavesWork = true;
}
