/** Finding lanes that are due, and leasing their events to a worker. */
import { DAY_MS } from "../../domain/stats_window.ts";
import type { AppEnv, EventStatus, MsgNature, Trigger } from "../../domain/values.ts";
import type { EventId, MessageId, WebhookId, WorkerId } from "../../ids.ts";
import { parseTextCursor, textCursor } from "../cursor.ts";
import type { DueLane, LeasedEvent } from "../delivery.ts";
import { IS_UNOWNED } from "./lane_ownership.ts";
import { raiseLanes } from "./lanes.ts";
import type { ReadView, Transaction } from "./transaction.ts";

/** What nobody else has taken for so long is taken by whoever has more than its share, too. */
const LEFT_ALONE_MS = 2_000;
/** Whether the worker ($2) may claim from a lane at $1, taking it ($3) or not; null asks for all lanes. */
const IS_CLAIMABLE = `(
    $2::text is null or l.owner_worker = $2
    or (($3 or l.next_due_at <= $1 - ${LEFT_ALONE_MS}) and ${IS_UNOWNED}))`;
/** By lanes_due from the cursor on; a lane that is not due ends the range. */
const DUE_LANES = `
  select l.next_due_at, l.webhook_no, l.tenant, w.id
  from lanes l join webhooks w on w.no = l.webhook_no
  where not l.is_paused and l.next_due_at <= $1 and (l.next_due_at, l.webhook_no) > ($4::bigint, $5::integer) and ${IS_CLAIMABLE}
  order by l.next_due_at, l.webhook_no limit $6`;
/** The first entry of lanes_due after now. */
const NEXT_DUE_LANE = `
  select next_due_at from lanes l where not is_paused and next_due_at > $1 and ${IS_CLAIMABLE} order by next_due_at limit 1`;

type DueLaneRow = { next_due_at: number; webhook_no: number; tenant: number; id: WebhookId };

/** See {@link DeliveryStore.findDueLanes}. */
export async function findDueLanes(
  { sql, now }: ReadView,
  params: { limit: number; cursor: string | null; workerId?: WorkerId; takesLanes?: boolean },
): Promise<{ lanes: DueLane[]; nextCursor: string | null; nextDueAt: number | null }> {
  const { limit, workerId = null, takesLanes = true } = params;
  const key = parseTextCursor(params.cursor, /^-?\d{1,15} \d{1,15}$/);
  const [dueAt = 0, webhookNo = 0] = (key ?? "0 0").split(" ").map(Number);
  const [rows, next] = await Promise.all([
    sql.all<DueLaneRow>(DUE_LANES, now, workerId, takesLanes, dueAt, webhookNo, limit),
    sql.get<{ next_due_at: number }>(NEXT_DUE_LANE, now, workerId, takesLanes),
  ]);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    lanes: rows.map((row) => ({ tenant: row.tenant, webhookId: row.id })),
    nextCursor: last === undefined ? null : textCursor(`${last.next_due_at} ${last.webhook_no}`),
    nextDueAt: next?.next_due_at ?? null,
  };
}

/** By unique and primary keys. What another worker owns, or is just taking, is left out once its row is locked. */
const LOCK_LANES = `
  select l.webhook_no, l.oldest_day, l.owner_worker = $2 as is_own, u.place
  from unnest($4::integer[], $5::text[]) with ordinality as u (tenant, webhook_id, place)
    join webhooks w on w.id = u.webhook_id and w.tenant = u.tenant
    join lanes l on l.webhook_no = w.no
  where not l.is_paused and l.next_due_at <= $1 and ${IS_CLAIMABLE}
  order by l.webhook_no for no key update of l`;
const TAKE_LANES = `
  update lanes l set owner_worker = $1 where l.webhook_no = any($2::integer[]) and ${IS_UNOWNED} returning l.webhook_no`;
/** An event may be of a later day than today where the clock was set back. */
const DAYS_AHEAD = 1;
/**
 * So few days are planned for at each claim: a plan that was kept from when their tables were empty would read them whole, until
 * the server has looked at them anew. Planning for more takes longer than claiming.
 */
const PLANNED_DAYS_MAX = 4;
/**
 * For each lane by events_due, in order, in the partitions since its oldest day: nothing that is leased or not due is looked
 * at, nor anything of another lane. The sizes of the contents before each event end the claim. Events are changed by their
 * whole keys: a join with the tenants would let the planner look for them by tenant alone, so theirs is looked up at the end.
 */
const LEASE_EVENTS = `
  with due as (
    select e.tenant, e.day, e.id, e.next_attempt_at, u.place
    from unnest($1::integer[], $2::integer[], $3::integer[]) as u (webhook_no, room, place)
      cross join lateral (
        select tenant, day, id, next_attempt_at from events
        where webhook_no = u.webhook_no and next_attempt_at is not null and lease_worker is null and next_attempt_at <= $4
          and day >= $5 and day <= $8
        order by next_attempt_at, id limit u.room for update skip locked
      ) e
  ), sized as (
    select due.*, m.id as message_id, m.msg_nature, m.content, m.error,
      coalesce(sum(m.content_bytes) over (
        order by due.place, due.next_attempt_at, due.id rows between unbounded preceding and 1 preceding), 0) as bytes_before,
      row_number() over (order by due.place, due.next_attempt_at, due.id) as turn
    from due join messages m
      on m.tenant = due.tenant and m.day = due.day and m.id = 'msg_' || substr(due.id, 5, 22) and m.day >= $5
      and m.day <= $8
  )
  update events e set attempt_count = e.attempt_count + 1, lease_worker = $6, leased_at = $4,
    is_retry = e.status = 'FAILED'
  from sized s
  where e.tenant = s.tenant and e.day = s.day and e.id = s.id and e.day >= $5 and e.day <= $8
    and (s.turn = 1 or s.bytes_before < $7)
  returning s.turn, e.tenant, e.id, e.webhook_no, e.topic, e.action, e.is_test, e.status, e.attempt_count, e.retries_used,
    e.abandoned_in_row, e.next_attempt_at, e.next_trigger, e.next_triggered_by, s.message_id, s.msg_nature, s.content,
    s.error, (select t.app_id from tenants t where t.tenant = e.tenant) as app_id,
    (select t.app_env from tenants t where t.tenant = e.tenant) as app_env`;

type LockedLane = { webhook_no: number; oldest_day: number; is_own: boolean | null; place: number };
type LeasedRow = {
  turn: number;
  tenant: number;
  id: EventId;
  webhook_no: number;
  topic: string;
  action: string;
  is_test: boolean;
  status: EventStatus;
  attempt_count: number;
  retries_used: number;
  abandoned_in_row: number;
  next_attempt_at: number;
  next_trigger: Trigger;
  next_triggered_by: string | null;
  message_id: MessageId;
  msg_nature: MsgNature;
  content: string | null;
  error: string | null;
  app_id: string;
  app_env: AppEnv;
};
type Claim = {
  workerId: WorkerId;
  lanes: readonly (DueLane & { room: number })[];
  bytesMax: number;
  takesLanes?: boolean;
};

/** See {@link DeliveryStore.claimDue}. The rows of the lanes are locked, so two claims from one lane follow each other. */
export async function claimDue(tx: Transaction, params: Claim): Promise<LeasedEvent[]> {
  const { workerId, lanes, bytesMax, takesLanes = true } = params;
  const found = await tx.sql.all<LockedLane>(
    LOCK_LANES,
    tx.now,
    workerId,
    takesLanes,
    lanes.map(({ tenant }) => tenant),
    lanes.map(({ webhookId }) => webhookId),
  );
  const free = found.filter((lane) => lane.is_own !== true).map((lane) => lane.webhook_no);
  const taken = free.length === 0 ? [] : await tx.sql.all<{ webhook_no: number }>(TAKE_LANES, workerId, free);
  const mine = new Set(taken.map((lane) => lane.webhook_no));
  const locked = found.filter((lane) => lane.is_own === true || mine.has(lane.webhook_no));
  if (locked.length === 0) return [];
  const rooms = locked.map(({ place }) => lanes[place - 1]?.room ?? 0);
  const days = [Math.min(...locked.map((lane) => lane.oldest_day)), Math.floor(tx.now / DAY_MS) + DAYS_AHEAD] as const;
  const values = [locked.map((lane) => lane.webhook_no), rooms, locked.map(({ place }) => place), tx.now] as const;
  const bound = [...values, days[0], workerId, bytesMax, days[1]] as const;
  const rows =
    days[1] - days[0] < PLANNED_DAYS_MAX
      ? await tx.sql.byIndexes<LeasedRow>(LEASE_EVENTS, ...bound)
      : await tx.sql.everyDay<LeasedRow>(LEASE_EVENTS, ...bound);
  const cameOf = Map.groupBy(rows, (row) => row.webhook_no);
  const drained = locked.filter((lane, at) => (cameOf.get(lane.webhook_no)?.length ?? 0) < (rooms[at] ?? 0));
  const numbers = drained.map((lane) => lane.webhook_no);
  if (numbers.length > 0) await raiseLanes(tx.sql, numbers, tx.now);
  const webhookIds = new Map(locked.map((lane) => [lane.webhook_no, lanes[lane.place - 1]?.webhookId]));
  return rows
    .toSorted((one, other) => one.turn - other.turn)
    .flatMap((row) => {
      const webhookId = webhookIds.get(row.webhook_no);
      return webhookId === undefined ? [] : [leasedEvent(tx, row, { workerId, webhookId })];
    });
}

function leasedEvent(
  tx: Transaction,
  row: LeasedRow,
  { workerId, webhookId }: { workerId: WorkerId; webhookId: WebhookId },
): LeasedEvent {
  tx.leases.push({ workerId, tenant: row.tenant, eventId: row.id, attempt: row.attempt_count });
  return {
    id: row.id,
    messageId: row.message_id,
    tenant: row.tenant,
    appId: row.app_id,
    appEnv: row.app_env,
    webhookId,
    topic: row.topic,
    action: row.action,
    msgNature: row.msg_nature,
    content: row.content,
    error: row.error,
    isTest: row.is_test,
    status: row.status,
    attempt: row.attempt_count,
    trigger: row.next_trigger,
    triggeredBy: row.next_triggered_by,
    // An attempt of a FAILED event is an automatic retry: its verdict sees itself counted.
    retriesUsed: row.retries_used + (row.status === "FAILED" ? 1 : 0),
    isRepeat: row.abandoned_in_row > 0,
    dueAt: row.next_attempt_at,
  };
}
