/** Consuming verification tokens: one row for each, unique by its primary key, so that of many checks one wins. */
import type { EventId, WebhookId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { TokenCheck, TokenState } from "../delivery.ts";
import { eventKeys } from "./events.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type TokenClaims = { tenant: number; eventId: EventId; attempt: number };
type TokenEventRow = {
  tenant: number;
  id: EventId;
  webhook_id: WebhookId;
  attempt_count: number;
  topic: string;
  action: string;
  content_sha256: string | null;
};

/** By primary and unique keys, in the partitions of the days. The content stays where it is. */
const READ_EVENTS = `
  select e.tenant, e.id, w.id as webhook_id, e.attempt_count, e.topic, e.action,
    encode(sha256(convert_to(m.content, 'UTF8')), 'hex') as content_sha256
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
    join events e on e.tenant = u.tenant and e.day = u.day and e.id = u.id and e.day = any($4::integer[])
    join webhooks w on w.no = e.webhook_no
    join messages m on m.tenant = e.tenant and m.day = e.day and m.id = 'msg_' || substr(e.id, 5, 22)
      and m.day = any($4::integer[])`;
/** In the order of the primary key. A check that came first, even if it is not committed yet, is waited for. */
const CONSUME = `
  insert into consumed_tokens (tenant, day, event_id, attempt, consumed_at)
  select tenant, day, event_id, attempt, $5::bigint
  from unnest($1::integer[], $2::integer[], $3::text[], $4::integer[]) as u (tenant, day, event_id, attempt)
  on conflict do nothing returning tenant, event_id, attempt`;

/** See {@link DeliveryStore.consumeToken}: that of several calls, in their order. */
export async function consumeTokens(tx: Transaction, calls: readonly TokenClaims[]): Promise<TokenCheck[]> {
  const distinct = [...new Map(calls.map((call) => [`${call.tenant} ${call.eventId}`, call])).values()];
  const keys = distinct.map(({ tenant, eventId }) => ({ tenant, day: idDay(eventId), id: eventId }));
  const rows = await tx.sql.all<TokenEventRow>(READ_EVENTS, ...eventKeys(keys));
  const events = new Map(rows.map((row) => [`${row.tenant} ${row.id}`, row]));
  const found = calls.map((call) => {
    const event = events.get(`${call.tenant} ${call.eventId}`);
    return event === undefined || call.attempt < 1 || call.attempt > event.attempt_count ? null : event;
  });
  const consumed = await consume(
    tx,
    calls.filter((_, at) => found[at] !== null),
  );
  return calls.map((call, at) => {
    const event = found[at] ?? null;
    if (event === null) return { kind: "notFound" };
    const isFirst = consumed.delete(nameOf(call));
    const { webhook_id: webhookId, topic, action, content_sha256: contentSha256 } = event;
    return { kind: isFirst ? "consumed" : "alreadyConsumed", webhookId, topic, action, contentSha256 };
  });
}

/** The names of those that were not consumed before. */
async function consume(tx: Transaction, claims: readonly TokenClaims[]): Promise<Set<string>> {
  const sorted = [...new Map(claims.map((claim) => [nameOf(claim), claim])).values()].sort((one, other) =>
    nameOf(one) < nameOf(other) ? -1 : 1,
  );
  if (sorted.length === 0) return new Set();
  const rows = await tx.sql.all<{ tenant: number; event_id: EventId; attempt: number }>(
    CONSUME,
    sorted.map(({ tenant }) => tenant),
    sorted.map(({ eventId }) => idDay(eventId)),
    sorted.map(({ eventId }) => eventId),
    sorted.map(({ attempt }) => attempt),
    tx.now,
  );
  return new Set(rows.map((row) => nameOf({ tenant: row.tenant, eventId: row.event_id, attempt: row.attempt })));
}

function nameOf({ tenant, eventId, attempt }: TokenClaims): string {
  return `${tenant} ${eventId} ${attempt}`;
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
    left join consumed_tokens c on c.tenant = e.tenant and c.day = e.day and c.event_id = e.id and c.attempt = $4
    left join attempts a on a.tenant = $1 and a.day = $2 and a.event_id = $3 and a.number = $4
  where e.tenant = $1 and e.day = $2 and e.id = $3`;

/** See {@link DeliveryStore.findToken}. */
export async function findToken({ sql }: ReadView, params: TokenClaims): Promise<TokenState | null> {
  const { tenant, eventId, attempt } = params;
  const row = await sql.get<TokenStateRow>(READ_STATE, tenant, idDay(eventId), eventId, attempt);
  if (row === undefined || attempt < 1 || attempt > row.attempt_count) return null;
  return { webhookId: row.webhook_id, topic: row.topic, action: row.action, consumedAt: row.consumed_at };
}
