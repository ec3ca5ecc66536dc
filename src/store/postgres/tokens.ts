/** Consuming verification tokens: one row for each, unique by its primary key, so that of many checks one wins. */
import type { EventId, WebhookId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { TokenCheck, TokenConsumption, TokenState } from "../delivery.ts";
import { CHECK_REPEATABLE_MS } from "../delivery.ts";
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

type ConsumedRow = { tenant: number; event_id: EventId; attempt: number; key_hash: Uint8Array | null };

/**
 * By primary and unique keys, in the partitions of the days. With `limit`, each row is looked up by its whole key whatever the
 * planner takes its table to be, so the plan can be one for all days. The content stays where it is.
 */
const READ_EVENTS = `
  select u.tenant, u.id, w.id as webhook_id, e.attempt_count, e.topic, e.action, m.content_sha256
  from unnest($1::integer[], $2::integer[], $3::text[]) as u (tenant, day, id)
    cross join lateral (
      select webhook_no, attempt_count, topic, action from events
      where tenant = u.tenant and day = u.day and id = u.id and day = any($4::integer[]) limit 1
    ) e
    join webhooks w on w.no = e.webhook_no
    cross join lateral (
      select encode(sha256(convert_to(content, 'UTF8')), 'hex') as content_sha256 from messages
      where tenant = u.tenant and day = u.day and id = 'msg_' || substr(u.id, 5, 22) and day = any($4::integer[]) limit 1
    ) m`;
/**
 * In the order of the primary key. A check that came first, even if it is not committed yet, is waited for. What is answered are
 * the rows that were not there, and those whose check can be repeated still; a null among the hashes is of the former.
 */
const CONSUME = `
  insert into consumed_tokens as c (tenant, day, event_id, attempt, consumed_at, key_hash)
  select tenant, day, event_id, attempt, $6::bigint, key_hash
  from unnest($1::integer[], $2::integer[], $3::text[], $4::integer[], $5::bytea[])
    as u (tenant, day, event_id, attempt, key_hash)
  on conflict (tenant, day, event_id, attempt) do update set key_hash = c.key_hash
    where c.key_hash is not null and c.consumed_at > $7::bigint
  returning tenant, event_id, attempt, key_hash`;

/** See {@link DeliveryStore.consumeToken}: that of several calls, in their order. */
export async function consumeTokens(tx: Transaction, calls: readonly TokenConsumption[]): Promise<TokenCheck[]> {
  const distinct = [...new Map(calls.map((call) => [`${call.tenant} ${call.eventId}`, call])).values()];
  const keys = distinct.map(({ tenant, eventId }) => ({ tenant, day: idDay(eventId), id: eventId }));
  const rows = await tx.sql.everyDay<TokenEventRow>(READ_EVENTS, ...eventKeys(keys));
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
    const isOwn = isConsumedBy(call, consumed);
    const { webhook_id: webhookId, topic, action, content_sha256: contentSha256 } = event;
    return { kind: isOwn ? "consumed" : "alreadyConsumed", webhookId, topic, action, contentSha256 };
  });
}

/** By their names, the tokens that were not consumed before, or whose check can be repeated, with the hash of its key. */
async function consume(tx: Transaction, calls: readonly TokenConsumption[]): Promise<Map<string, Uint8Array | null>> {
  const firsts = new Map(calls.toReversed().map((call) => [nameOf(call), call]));
  const sorted = [...firsts.values()].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  if (sorted.length === 0) return new Map();
  const rows = await tx.sql.all<ConsumedRow>(
    CONSUME,
    sorted.map(({ tenant }) => tenant),
    sorted.map(({ eventId }) => idDay(eventId)),
    sorted.map(({ eventId }) => eventId),
    sorted.map(({ attempt }) => attempt),
    sorted.map(({ keyHash = null }) => keyHash),
    tx.now,
    tx.now - CHECK_REPEATABLE_MS,
  );
  return new Map(
    rows.map((row) => [nameOf({ tenant: row.tenant, eventId: row.event_id, attempt: row.attempt }), row.key_hash]),
  );
}

/** Asked for the calls in their order: a token that was consumed without a key is the first one's alone. */
function isConsumedBy(call: TokenConsumption, consumed: Map<string, Uint8Array | null>): boolean {
  const hash = consumed.get(nameOf(call));
  if (hash === undefined) return false;
  if (hash === null) return consumed.delete(nameOf(call));
  return call.keyHash instanceof Uint8Array && Buffer.compare(hash, call.keyHash) === 0;
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
