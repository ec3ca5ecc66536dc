/** The rows of new messages and of new events, all PENDING and due now, in one statement each. */
import type { Trigger } from "../../domain/values.ts";
import type { EventId, MessageId, WorkerId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { NewMessage } from "../delivery.ts";
import type { Transaction } from "./transaction.ts";

/** A message as it is stored. */
type NewRow = {
  tenant: number;
  id: MessageId;
  at: number;
  source: NewMessage;
  isTest: boolean;
  idempotency: { key: string } | null;
};

/** An event as it is stored; `workerId` is the worker that it is handed over to, or null. */
export type NewEvent = {
  tenant: number;
  day: number;
  id: EventId;
  webhookNo: number;
  topic: string;
  action: string;
  isTest: boolean;
  next: { trigger: Trigger; triggeredBy: string | null };
  workerId: WorkerId | null;
  createdAt: number;
};

/** The arrays in the select list are read side by side, without being put aside as in a `from`. */
const INSERT_MESSAGES = `
  insert into messages (tenant, day, id, topic, action, msg_nature, is_test, idempotency_key, trace_parent,
    search_values, content_bytes, created_at, error, content)
  select unnest($1::integer[]), unnest($2::integer[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
    unnest($6::text[]), unnest($7::boolean[]), unnest($8::text[]), unnest($9::text[]), unnest($10::text[]),
    unnest($11::integer[]), unnest($12::bigint[]), unnest($13::text[]), unnest($14::text[])`;
const INSERT_EVENTS = `
  insert into events (tenant, day, id, webhook_no, topic, action, is_test, status, next_attempt_at, attempt_count,
    next_trigger, next_triggered_by, lease_worker, leased_at, created_at, updated_at)
  select tenant, day, id, webhook_no, topic, action, is_test, 'PENDING', $12::bigint,
    case when worker is null then 0 else 1 end, next_trigger, next_triggered_by, worker,
    case when worker is not null then $12::bigint end, created_at, created_at
  from (
    select unnest($1::integer[]) as tenant, unnest($2::integer[]) as day, unnest($3::text[]) as id,
      unnest($4::integer[]) as webhook_no, unnest($5::text[]) as topic, unnest($6::text[]) as action,
      unnest($7::boolean[]) as is_test, unnest($8::text[]) as next_trigger, unnest($9::text[]) as next_triggered_by,
      unnest($10::text[]) as worker, unnest($11::bigint[]) as created_at
  ) u`;

/** Inserts messages. */
export async function insertMessages(tx: Transaction, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return;
  const sources = rows.map(({ source }) => source);
  await tx.sql.run(
    INSERT_MESSAGES,
    rows.map(({ tenant }) => tenant),
    rows.map(({ id }) => idDay(id)),
    rows.map(({ id }) => id),
    sources.map(({ topic }) => topic),
    sources.map(({ action }) => action),
    sources.map(({ msgNature }) => msgNature),
    rows.map(({ isTest }) => isTest),
    rows.map(({ idempotency }) => idempotency?.key ?? null),
    sources.map(({ traceParent }) => traceParent),
    sources.map(({ searchValues }) => JSON.stringify(searchValues)),
    sources.map(({ content }) => Buffer.byteLength(content)),
    rows.map(({ at }) => at),
    sources.map(({ error }) => error),
    sources.map(({ content }) => content),
  );
}

/** Inserts events, and counts them. */
export async function insertEvents(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  for (const { tenant, webhookNo, isTest } of events) {
    tx.counters.add({ tenant, webhookNo, isTest, status: "PENDING" }, 1);
    if (!isTest) tx.minutes.created({ tenant, webhookNo });
  }
  await tx.sql.run(
    INSERT_EVENTS,
    events.map(({ tenant }) => tenant),
    events.map(({ day }) => day),
    events.map(({ id }) => id),
    events.map(({ webhookNo }) => webhookNo),
    events.map(({ topic }) => topic),
    events.map(({ action }) => action),
    events.map(({ isTest }) => isTest),
    events.map(({ next }) => next.trigger),
    events.map(({ next }) => next.triggeredBy),
    events.map(({ workerId }) => workerId),
    events.map(({ createdAt }) => createdAt),
    tx.now,
  );
}

/** Keeps the bounds of the lanes from being raised until the commit; publishes do not wait for each other here. */
const HOLD_LANES = `
  select 1 from lanes where webhook_no = any($1::integer[]) order by webhook_no for key share`;
/** Only where the bounds are too high: whoever finds them low enough waits for nobody. */
const LOWER_LANES = `
  with held as (
    select l.webhook_no, u.day
    from lanes l join unnest($1::integer[], $2::integer[]) as u (webhook_no, day) on u.webhook_no = l.webhook_no
    where l.next_due_at is null or l.next_due_at > $3 or l.oldest_day > u.day
    order by l.webhook_no for no key update of l
  )
  update lanes l set next_due_at = least(l.next_due_at, $3), oldest_day = least(l.oldest_day, held.day)
  from held where l.webhook_no = held.webhook_no`;

/** Makes the lanes of events that wait in the store due now. */
export async function makeLanesDue(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  const days = new Map<number, number>();
  for (const { webhookNo, day } of events) days.set(webhookNo, Math.min(day, days.get(webhookNo) ?? day));
  const numbers = [...days.keys()].sort((one, other) => one - other);
  tx.leavesWork = true;
  await Promise.all([
    tx.sql.run(HOLD_LANES, numbers),
    tx.sql.forItsValues(
      LOWER_LANES,
      numbers,
      numbers.map((no) => days.get(no) ?? 0),
      tx.now,
    ),
  ]);
}
