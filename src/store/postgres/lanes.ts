/**
 * The hot state of webhooks within one transaction: locked and read together, changed in memory, written once before the
 * commit. `nextDueAt` is a lower bound of when an unleased event of the webhook is due, which finding due lanes relies on.
 *
 * The race it must not lose: a transaction makes an event wait and sees that the bound is low enough, while a claim sees no
 * event yet and raises the bound. So whoever makes an event wait holds at least a key-share lock on the lane until its
 * commit, and whoever raises the bound must have the lane for itself: it skips lanes that are in use (a bound that is too low
 * costs a look, one that is too high an event), and reads the events in a statement after the lock. Settling and all others
 * who only lower the bound, or change the rest of the row, do not wait for publishes and not the other way round.
 *
 * Locks are taken in this order, to have few deadlocks (which are run again): webhooks, lanes by number, events by id, jobs,
 * tenants, counters and statistics by their keys, the number of the last change.
 */
import { assert } from "../../assert.ts";
import { DAY_MS } from "../../domain/stats_window.ts";
import type { FailingRun } from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import type { Connection } from "./connection.ts";

type LaneState = {
  readonly webhookNo: number;
  readonly webhookId: WebhookId;
  readonly tenant: number;
  nextDueAt: number | null;
  oldestDay: number | null;
  isPaused: boolean;
  isDeleted: boolean;
  failingRun: FailingRun | null;
};

/** The run of failures of a lane, as it is stored. */
export type FailingRow = {
  webhook_no: number;
  failing_since: number | null;
  failing_attempts: number | null;
  failing_days: number | null;
  failing_last_day: number | null;
};

/** What of a lane is read. */
type LaneRow = FailingRow & {
  id: WebhookId;
  tenant: number;
  next_due_at: number | null;
  oldest_day: number | null;
  is_paused: boolean;
  is_deleted: boolean;
};

/** By two primary keys. */
const LOCK_LANES = `
  select l.*, w.id from lanes l join webhooks w on w.no = l.webhook_no
  where l.webhook_no = any($1::integer[]) order by l.webhook_no for no key update of l`;
const WRITE_LANES = `
  update lanes l set next_due_at = u.next_due_at, oldest_day = u.oldest_day, is_paused = u.is_paused,
    is_deleted = u.is_deleted, failing_since = u.failing_since, failing_attempts = u.failing_attempts,
    failing_days = u.failing_days, failing_last_day = u.failing_last_day
  from unnest($1::integer[], $2::bigint[], $3::integer[], $4::boolean[], $5::boolean[], $6::bigint[], $7::integer[],
    $8::integer[], $9::integer[])
    as u (webhook_no, next_due_at, oldest_day, is_paused, is_deleted, failing_since, failing_attempts, failing_days,
      failing_last_day)
  where l.webhook_no = u.webhook_no`;
const INSERT_LANE = `insert into lanes (webhook_no, tenant, is_paused) values ($1, $2, $3)`;

/** The lanes of one transaction. */
export class Lanes {
  readonly #sql: Connection;
  readonly #states = new Map<number, LaneState>();
  readonly #changed = new Set<LaneState>();

  constructor(sql: Connection) {
    this.#sql = sql;
  }

  /** Makes the lane of a new webhook. */
  async insert(lane: { webhookNo: number; tenant: number; isPaused: boolean }): Promise<void> {
    await this.#sql.run(INSERT_LANE, lane.webhookNo, lane.tenant, lane.isPaused);
  }

  /** Locks lanes and reads them, before their events are locked. Numbers without a lane are a bug of the caller. */
  async lock(webhookNos: Iterable<number>): Promise<void> {
    const missing = [...new Set(webhookNos)].filter((no) => !this.#states.has(no)).sort((one, other) => one - other);
    if (missing.length === 0) return;
    const rows = await this.#sql.all<LaneRow>(LOCK_LANES, missing);
    for (const row of rows) this.#states.set(row.webhook_no, laneState(row));
    for (const no of missing) assert(this.#states.has(no), `webhook number ${no} has no lane`);
  }

  /** The present state of a lane that is locked; change it by {@link change} alone. */
  get(webhookNo: number): Readonly<LaneState> {
    return this.#state(webhookNo);
  }

  /** The present state; null when the lane is not locked. */
  find(webhookNo: number): Readonly<LaneState> | null {
    return this.#states.get(webhookNo) ?? null;
  }

  /** Of a lane that is locked. */
  change(webhookNo: number, change: Partial<Pick<LaneState, "isPaused" | "isDeleted" | "failingRun">>): void {
    const state = this.#state(webhookNo);
    Object.assign(state, change);
    this.#changed.add(state);
  }

  /** Notes that an event of the webhook, of that day, waits unleased until `dueAt`. */
  waits(webhookNo: number, event: { day: number; dueAt: number }): void {
    const state = this.#state(webhookNo);
    const { nextDueAt, oldestDay } = state;
    if (nextDueAt !== null && oldestDay !== null && nextDueAt <= event.dueAt && oldestDay <= event.day) return;
    state.nextDueAt = Math.min(nextDueAt ?? event.dueAt, event.dueAt);
    state.oldestDay = Math.min(oldestDay ?? event.day, event.day);
    this.#changed.add(state);
  }

  /** Writes what was changed since the last time. */
  flush(): Promise<unknown>[] {
    const states = [...this.#changed];
    this.#changed.clear();
    if (states.length === 0) return [];
    const runs = states.map(({ failingRun }) => failingRun);
    return [
      this.#sql.run(
        WRITE_LANES,
        states.map(({ webhookNo }) => webhookNo),
        states.map(({ nextDueAt }) => nextDueAt),
        states.map(({ oldestDay }) => oldestDay),
        states.map(({ isPaused }) => isPaused),
        states.map(({ isDeleted }) => isDeleted),
        runs.map((run) => run?.since ?? null),
        runs.map((run) => run?.attempts ?? null),
        runs.map((run) => run?.days ?? null),
        runs.map((run) => run?.lastDay ?? null),
      ),
    ];
  }

  #state(webhookNo: number): LaneState {
    const state = this.#states.get(webhookNo);
    assert(state !== undefined, `the lane of webhook number ${webhookNo} is not locked`);
    return state;
  }
}

/** The run of failures that a row tells of. */
export function failingRunOf(row: FailingRow): FailingRun | null {
  const { failing_since: since, failing_attempts: attempts, failing_days: days, failing_last_day: lastDay } = row;
  const isFailing = since !== null && attempts !== null && days !== null && lastDay !== null;
  return isFailing ? { since, attempts, days, lastDay } : null;
}

function laneState(row: LaneRow): LaneState {
  return {
    webhookNo: row.webhook_no,
    webhookId: row.id,
    tenant: row.tenant,
    nextDueAt: row.next_due_at,
    oldestDay: row.oldest_day,
    isPaused: row.is_paused,
    isDeleted: row.is_deleted,
    failingRun: failingRunOf(row),
  };
}

/** Those that nobody else uses. */
const LOCK_ALONE = `
  select webhook_no, oldest_day from lanes
  where webhook_no = any($1::integer[]) and next_due_at is not null order by webhook_no for update skip locked`;
/** The first entry of events_due for each, in the partitions since the oldest day. */
const RAISE_DUE = `
  update lanes l set next_due_at = n.next_attempt_at, oldest_day = case when n.next_attempt_at is not null then l.oldest_day end
  from unnest($1::integer[]) as u (webhook_no)
    left join lateral (
      select e.next_attempt_at from events e
      where e.webhook_no = u.webhook_no and e.next_attempt_at is not null and e.lease_worker is null and e.day >= $2
      order by e.next_attempt_at limit 1
    ) n on true
  where l.webhook_no = u.webhook_no and l.next_due_at is distinct from n.next_attempt_at`;
/** By events_due in one partition after the other, until one has an event that waits. */
const RAISE_DAY = `
  update lanes l set oldest_day = coalesce((
    select d from generate_series(l.oldest_day, $2::integer) as d
    where exists (
      select 1 from events e where e.webhook_no = l.webhook_no and e.day = d and e.next_attempt_at is not null
        and e.lease_worker is null)
    order by d limit 1
  ), l.oldest_day)
  where l.webhook_no = any($1::integer[]) and l.oldest_day is not null`;

/** Sets the bounds of those lanes that nobody else uses to what the events say. */
export async function raiseLanes(sql: Connection, webhookNos: readonly number[], now: number): Promise<void> {
  const alone = await sql.all<{ webhook_no: number; oldest_day: number }>(LOCK_ALONE, webhookNos);
  if (alone.length === 0) return;
  const since = Math.min(...alone.map((row) => row.oldest_day));
  const numbers = alone.map((row) => row.webhook_no);
  await sql.everyDay(RAISE_DUE, numbers, since);
  const today = Math.floor(now / DAY_MS);
  const behind = alone.filter((row) => row.oldest_day < today).map((row) => row.webhook_no);
  if (behind.length > 0) await sql.everyDay(RAISE_DAY, behind, today);
}
