/**
 * The hot state of webhooks within one transaction: read once, changed in memory, written once before the commit.
 * `nextDueAt` is a lower bound of when an unleased event of the webhook is due, which finding due lanes relies on.
 */
import { assert } from "../../assert.ts";
import type { FailingRun } from "../../domain/webhook.ts";
import type { WebhookId } from "../../ids.ts";
import type { Connection } from "./connection.ts";

type LaneState = {
  readonly webhookNo: number;
  readonly webhookId: WebhookId;
  readonly tenant: number;
  nextDueAt: number | null;
  isPaused: boolean;
  isDeleted: boolean;
  failingRun: FailingRun | null;
};

type LaneRow = {
  webhook_no: number;
  id: WebhookId;
  tenant: number;
  next_due_at: number | null;
  is_paused: number;
  is_deleted: number;
  failing_since: number | null;
  failing_attempts: number | null;
  failing_days: number | null;
  failing_last_day: number | null;
};

/** By two primary keys. */
const READ_LANE = `
  select l.*, w.id from lanes l join webhooks w on w.no = l.webhook_no where l.webhook_no = ?1`;
const WRITE_LANE = `
  update lanes set next_due_at = ?2, is_paused = ?3, is_deleted = ?4,
    failing_since = ?5, failing_attempts = ?6, failing_days = ?7, failing_last_day = ?8
  where webhook_no = ?1`;
/** The first entry of events_due for the webhook. */
const NEXT_DUE = `
  select next_attempt_at from events indexed by events_due
  where webhook_no = ?1 and next_attempt_at is not null and lease_worker is null
  order by next_attempt_at limit 1`;
const INSERT_LANE = `insert into lanes (webhook_no, tenant, is_paused) values (?1, ?2, ?3)`;

/** The lanes of one transaction. Numbers without a lane are a bug of the caller. */
export class Lanes {
  readonly #sql: Connection;
  readonly #states = new Map<number, LaneState>();
  readonly #changed = new Set<LaneState>();

  constructor(sql: Connection) {
    this.#sql = sql;
  }

  /** Makes the lane of a new webhook. */
  insert(lane: { webhookNo: number; tenant: number; isPaused: boolean }): void {
    this.#sql.run(INSERT_LANE, lane.webhookNo, lane.tenant, lane.isPaused ? 1 : 0);
  }

  /** The present state; change it by {@link change} alone. */
  get(webhookNo: number): Readonly<LaneState> {
    return this.#state(webhookNo);
  }

  change(webhookNo: number, change: Partial<Omit<LaneState, "webhookNo" | "webhookId" | "tenant">>): void {
    const state = this.#state(webhookNo);
    Object.assign(state, change);
    this.#changed.add(state);
  }

  /** Notes that an event of the webhook waits, unleased, until `dueAt`. */
  waits(webhookNo: number, dueAt: number): void {
    const { nextDueAt } = this.#state(webhookNo);
    if (nextDueAt === null || dueAt < nextDueAt) this.change(webhookNo, { nextDueAt: dueAt });
  }

  /** Sets `nextDueAt` to what the events say. */
  recompute(webhookNo: number): void {
    const row = this.#sql.get<{ next_attempt_at: number }>(NEXT_DUE, webhookNo);
    const nextDueAt = row?.next_attempt_at ?? null;
    if (nextDueAt !== this.#state(webhookNo).nextDueAt) this.change(webhookNo, { nextDueAt });
  }

  flush(): void {
    for (const { webhookNo, nextDueAt, isPaused, isDeleted, failingRun: run } of this.#changed) {
      const flags = [isPaused ? 1 : 0, isDeleted ? 1 : 0];
      const failing = [run?.since ?? null, run?.attempts ?? null, run?.days ?? null, run?.lastDay ?? null];
      this.#sql.run(WRITE_LANE, webhookNo, nextDueAt, ...flags, ...failing);
    }
    this.#changed.clear();
  }

  #state(webhookNo: number): LaneState {
    const known = this.#states.get(webhookNo);
    if (known !== undefined) return known;
    const row = this.#sql.get<LaneRow>(READ_LANE, webhookNo);
    assert(row !== undefined, `webhook number ${webhookNo} has no lane`);
    const state = laneState(row);
    this.#states.set(webhookNo, state);
    return state;
  }
}

function laneState(row: LaneRow): LaneState {
  const { failing_since: since, failing_attempts: attempts, failing_days: days, failing_last_day: lastDay } = row;
  const isFailing = since !== null && attempts !== null && days !== null && lastDay !== null;
  return {
    webhookNo: row.webhook_no,
    webhookId: row.id,
    tenant: row.tenant,
    nextDueAt: row.next_due_at,
    isPaused: row.is_paused === 1,
    isDeleted: row.is_deleted === 1,
    failingRun: isFailing ? { since, attempts, days, lastDay } : null,
  };
}
