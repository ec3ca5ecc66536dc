/**
 * Removing old days of the history by dropping their partitions: no row is touched, and nothing is left to vacuum. What has to
 * stay (messages of environments that keep them longer, and those of which an event waits) is copied into a new partition of
 * the day that takes the place of the old one, if it is little; else the day is left to be cleaned row by row (retention.ts).
 *
 * Nobody may write to the day meanwhile, which nobody does but by a resend; reading goes on. For the exchange itself, all
 * four tables are locked for a moment. Whoever still uses one is waited for only briefly, since others queue behind that wait.
 */
import { DAY_MS } from "../../domain/stats_window.ts";
import type { EventStatus } from "../../domain/values.ts";
import type { EventId, MessageId } from "../../ids.ts";
import { messageIdOf } from "../../ids.ts";
import { TRY_PARTITIONS } from "./advisory_locks.ts";
import type { Connection } from "./connection.ts";
import type { PartitionedTable } from "./partitions.ts";
import { PARTITIONED, partitionName, partitionedDays } from "./partitions.ts";
import type { Transaction } from "./transaction.ts";

/** So many messages may stay of a day that is dropped. */
const KEPT_MAX = 20_000;
/** Of a day of which something stays, at least so many times as much must go. */
const GOING_FACTOR_MIN = 10;
const LOCK_MS_MAX = 1_000;
/** A day of very many events takes long to be counted. */
const STATEMENT_MS_MAX = 50_000;

type Kept = { tenant: number; id: MessageId };

const SHORTEST_RETENTION = `select min(retention_ms) as ms from environment_settings`;
/** Tenants that keep messages of that age ($2; $1 is what the others keep) and have some of the day ($3). */
const KEEPERS = `
  select k.tenant from (
    select tenant from environment_settings where retention_ms > $2
    union all
    select t.tenant from tenants t
    where $1 > $2 and not exists (
      select 1 from environment_settings s where s.tenant = t.tenant and s.retention_ms is not null)
  ) k where exists (select 1 from messages m where m.tenant = k.tenant and m.day = $3)`;
/** By the primary key. */
const MESSAGES_OF = `select tenant, id from messages where day = $1 and tenant = any($2::integer[]) limit $3`;
/** By events_due and events_leased. */
const WAITING = `
  (select tenant, id from events where day = $1 and next_attempt_at is not null and lease_worker is null limit $2)
  union all
  (select tenant, id from events where day = $1 and lease_worker is not null limit $2)`;
/** So many messages and no more are counted. */
const COUNT_MESSAGES = `select count(*) as count from (select 1 from messages where day = $1 limit $2) as found`;

/** See {@link MaintenanceStore.dropOldDay}. One process does it at a time. Fails as slow when the day is in use. */
export async function dropOldDay(
  tx: Transaction,
  params: { retentionMs: number },
): Promise<"dropped" | "none" | "busy"> {
  const lock = await tx.sql.get<{ taken: boolean }>(`select ${TRY_PARTITIONS} as taken`);
  if (lock?.taken !== true) return "none";
  const shortest = (await tx.sql.get<{ ms: number | null }>(SHORTEST_RETENTION))?.ms ?? params.retentionMs;
  const endsBefore = tx.now - Math.min(shortest, params.retentionMs);
  const old = (await partitionedDays(tx.sql)).filter((day) => endOf(day) <= endsBefore);
  for (const day of old) {
    const kept = await keptOf(tx, day, params.retentionMs);
    if (kept === null || !(await isWorthwhile(tx.sql, day, kept))) continue;
    await drop(tx, day, params.retentionMs);
    return "dropped";
  }
  return "none";
}

function endOf(day: number): number {
  return (day + 1) * DAY_MS;
}

/** The messages of the day that have to stay; null when those are many. */
async function keptOf({ sql, now }: Transaction, day: number, retentionMs: number): Promise<Kept[] | null> {
  const keepers = await sql.all<{ tenant: number }>(KEEPERS, retentionMs, now - endOf(day), day);
  const ofKeepers = await sql.all<Kept>(
    MESSAGES_OF,
    day,
    keepers.map(({ tenant }) => tenant),
    KEPT_MAX + 1,
  );
  if (ofKeepers.length > KEPT_MAX) return null;
  const waiting = await sql.all<{ tenant: number; id: EventId }>(WAITING, day, KEPT_MAX + 1);
  const all = [...ofKeepers, ...waiting.map(({ tenant, id }) => ({ tenant, id: messageIdOf(id) }))];
  const kept = [...new Map(all.map((one) => [one.id, one])).values()];
  return kept.length > KEPT_MAX ? null : kept;
}

async function isWorthwhile(sql: Connection, day: number, kept: readonly Kept[]): Promise<boolean> {
  if (kept.length === 0) return true;
  const enough = kept.length * (1 + GOING_FACTOR_MIN);
  return (await sql.get<{ count: number }>(COUNT_MESSAGES, day, enough))?.count === enough;
}

/** What stays is looked for once more when nobody can change it any more. */
async function drop(tx: Transaction, day: number, retentionMs: number): Promise<void> {
  const { sql } = tx;
  const names = PARTITIONED.map((table) => partitionName(table, day));
  await sql.exec(`set local lock_timeout = ${LOCK_MS_MAX}; set local statement_timeout = ${STATEMENT_MS_MAX}`);
  await sql.exec(`lock table ${names.join(", ")} in share row exclusive mode`);
  const kept = await keptOf(tx, day, retentionMs);
  if (kept === null) throw new Error(`more than ${KEPT_MAX} messages of day ${day} have come to wait`);
  await discount(tx, partitionName("events", day), -1);
  if (kept.length > 0) await copy(tx, day, kept);
  await sql.exec(`lock table ${PARTITIONED.map((table) => `only ${table}`).join(", ")} in access exclusive mode`);
  await sql.exec(`drop table ${names.join(", ")}`);
  if (kept.length === 0) return;
  for (const table of PARTITIONED) {
    const name = partitionName(table, day);
    await sql.exec(`alter table ${copyName(table, day)} rename to ${name}`);
    await sql.exec(`alter table ${table} attach partition ${name} for values from (${day}) to (${day + 1})`);
  }
}

const COUNT_EVENTS = (name: string): string => `
  select tenant, webhook_no, is_test, status, count(*) as count from ${name} group by 1, 2, 3, 4`;
type CountRow = { tenant: number; webhook_no: number; is_test: boolean; status: EventStatus; count: number };

/** Adds so many times the events of a table to the counters. */
async function discount(tx: Transaction, name: string, times: number): Promise<void> {
  for (const row of await tx.sql.long<CountRow>(COUNT_EVENTS(name), STATEMENT_MS_MAX)) {
    const { tenant, webhook_no: webhookNo, is_test: isTest, status, count } = row;
    tx.counters.add({ tenant, webhookNo, isTest, status }, times * count);
  }
}

const KEPT = `unnest($1::integer[], $2::text[]) as k (tenant, id)`;
/** All that hangs on a message, by what its row in each table has of the message's id. */
const IS_KEPT: { readonly [table in PartitionedTable]: string } = {
  messages: "t.tenant = k.tenant and t.id = k.id",
  events: "t.tenant = k.tenant and t.id > 'evt_' || substr(k.id, 5) and t.id < 'evt_' || substr(k.id, 5) || '~'",
  attempts:
    "t.tenant = k.tenant and t.event_id > 'evt_' || substr(k.id, 5) and t.event_id < 'evt_' || substr(k.id, 5) || '~'",
  search_index: "t.tenant = k.tenant and t.message_id = k.id",
};

async function copy(tx: Transaction, day: number, kept: readonly Kept[]): Promise<void> {
  const keys = [kept.map(({ tenant }) => tenant), kept.map(({ id }) => id)];
  for (const table of PARTITIONED) {
    const name = copyName(table, day);
    await tx.sql.exec(`create table ${name} (like ${table} including all)`);
    const rows = `select t.* from ${KEPT} join ${partitionName(table, day)} t on ${IS_KEPT[table]}`;
    await tx.sql.once(`insert into ${name} ${rows}`, keys);
    await tx.sql.exec(`analyze ${name}`);
  }
  await discount(tx, copyName("events", day), 1);
}

function copyName(table: PartitionedTable, day: number): string {
  return `${partitionName(table, day)}_kept`;
}
