/** Consuming verification tokens: one row for each, unique by its primary key, so that of many checks one wins. */
import { createHash } from "node:crypto";
import type { EventId, WebhookId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { TokenCheck, TokenConsumption, TokenState } from "../delivery.ts";
import { CHECK_REPEATABLE_MS } from "../delivery.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type TokenEventRow = {
  id: WebhookId;
  attempt_count: number;
  topic: string;
  action: string;
  content: string | null;
};

/** By three primary or unique keys. */
const READ_EVENT = `
  select w.id, e.attempt_count, e.topic, e.action, m.content
  from events e
    join webhooks w on w.no = e.webhook_no
    join messages m on m.tenant = e.tenant and m.day = e.day and m.id = 'msg_' || substr(e.id, 5, 22)
  where e.tenant = ?1 and e.day = ?2 and e.id = ?3`;
/** A row of before is found, and left as it is, by a repeat alone. No index has its key_hash. */
const CONSUME = `
  insert into consumed_tokens (tenant, day, event_id, attempt, consumed_at, key_hash) values (?1, ?2, ?3, ?4, ?5, ?6)
  on conflict (tenant, day, event_id, attempt) do update set key_hash = excluded.key_hash
    where key_hash = excluded.key_hash and consumed_at > ?7`;

/** See {@link DeliveryStore.consumeToken}. */
export function consumeToken(tx: Transaction, params: TokenConsumption): TokenCheck {
  const { tenant, eventId, attempt, keyHash = null } = params;
  const day = idDay(eventId);
  const event = tx.sql.get<TokenEventRow>(READ_EVENT, tenant, day, eventId);
  if (event === undefined || attempt < 1 || attempt > event.attempt_count) return { kind: "notFound" };
  const repeatableSince = tx.now - CHECK_REPEATABLE_MS;
  const isOwn = tx.sql.run(CONSUME, tenant, day, eventId, attempt, tx.now, keyHash, repeatableSince) === 1;
  const { id: webhookId, topic, action, content } = event;
  const contentSha256 = content === null ? null : createHash("sha256").update(content).digest("hex");
  return { kind: isOwn ? "consumed" : "alreadyConsumed", webhookId, topic, action, contentSha256 };
}

type TokenStateRow = {
  webhook_id: WebhookId;
  attempt_count: number;
  topic: string;
  action: string;
  consumed_at: number | null;
};

/** By primary and unique keys. The attempt's row has what was carried over from an expired one of consumed_tokens. */
const READ_STATE = `
  select w.id as webhook_id, e.attempt_count, e.topic, e.action, coalesce(c.consumed_at, a.token_consumed_at) as consumed_at
  from events e
    join webhooks w on w.no = e.webhook_no
    left join consumed_tokens c on c.tenant = e.tenant and c.day = e.day and c.event_id = e.id and c.attempt = ?4
    left join attempts a on a.tenant = e.tenant and a.day = e.day and a.event_id = e.id and a.number = ?4
  where e.tenant = ?1 and e.day = ?2 and e.id = ?3`;

/** See {@link DeliveryStore.findToken}. */
export function findToken(
  { sql }: ReadView,
  params: { tenant: number; eventId: EventId; attempt: number },
): TokenState | null {
  const { tenant, eventId, attempt } = params;
  const row = sql.get<TokenStateRow>(READ_STATE, tenant, idDay(eventId), eventId, attempt);
  if (row === undefined || attempt < 1 || attempt > row.attempt_count) return null;
  return { webhookId: row.webhook_id, topic: row.topic, action: row.action, consumedAt: row.consumed_at };
}
