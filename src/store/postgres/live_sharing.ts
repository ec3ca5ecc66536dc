/** The tables of the live feed: who watches what, and items on their way. Unlogged: they are worth nothing after a crash. */
import type { WorkerId } from "../../ids.ts";
import type { PassedItem } from "../live_sharing.ts";
import type { Connection } from "./connection.ts";
import type { ReadView, Transaction } from "./transaction.ts";

const KEPT_MS = 60_000;

/** By the primary key. */
const END_WATCHES = `delete from live_watches where (process = $1 and tenant <> all($2::integer[])) or until <= $3`;
const WATCH = `
  insert into live_watches (tenant, process, until) select t, $1, $3 from unnest($2::integer[]) as t
  on conflict (tenant, process) do update set until = excluded.until`;
/** The whole of a small table. */
const WATCHED = `select distinct tenant from live_watches where process <> $1 and until > $2`;
const PASS = `
  insert into live_items (tenant, process, at, item)
  select u.tenant, $1, $2, u.item from unnest($3::integer[], $4::text[]) as u (tenant, item)`;
/** By live_items_expiry. */
const EXPIRE = `delete from live_items where at < $1`;
/** By live_items_tenant. */
const FORGET = `delete from live_items where tenant = $1`;
const LAST = `select coalesce(max(seq), 0) as seq from live_items`;
/** By live_items_tenant. */
const READ = `
  select seq, tenant, item from live_items
  where tenant = any($1::integer[]) and seq > $2 and process <> $3 order by seq limit $4`;

/** See {@link LiveSharingStore.watchTenants}. */
export async function watchTenants(
  tx: Transaction,
  { process, tenants, forMs }: { process: WorkerId; tenants: readonly number[]; forMs: number },
): Promise<void> {
  await tx.sql.run(END_WATCHES, process, tenants, tx.now);
  if (tenants.length > 0) await tx.sql.run(WATCH, process, tenants, tx.now + forMs);
}

/** See {@link LiveSharingStore.tenantsWatchedElsewhere}. */
export async function tenantsWatchedElsewhere(
  { sql, now }: ReadView,
  { process }: { process: WorkerId },
): Promise<number[]> {
  return (await sql.all<{ tenant: number }>(WATCHED, process, now)).map(({ tenant }) => tenant);
}

/** See {@link LiveSharingStore.passItems}. */
export async function passItems(
  tx: Transaction,
  { process, items }: { process: WorkerId; items: readonly { tenant: number; item: string }[] },
): Promise<void> {
  await expirePassedItems(tx);
  const [tenants, texts] = [items.map(({ tenant }) => tenant), items.map(({ item }) => item)];
  await tx.sql.run(PASS, process, tx.now, tenants, texts);
}

/** Deletes what nobody reads any more. */
export async function expirePassedItems(tx: Transaction): Promise<number> {
  return await tx.sql.run(EXPIRE, tx.now - KEPT_MS);
}

/** Deletes a tenant's items on their way, of which one may hold a content that is erased now. */
export async function forgetPassedItems(sql: Connection, tenant: number): Promise<void> {
  await sql.run(FORGET, tenant);
}

/** See {@link LiveSharingStore.readPassedItems}. */
export async function readPassedItems(
  { sql }: Pick<ReadView, "sql">,
  params: { process: WorkerId; tenants: readonly number[]; after: number | null; limit: number },
): Promise<{ items: PassedItem[]; last: number }> {
  const { process, tenants, after, limit } = params;
  if (after === null) return { items: [], last: (await sql.get<{ seq: number }>(LAST))?.seq ?? 0 };
  const items = await sql.all<PassedItem>(READ, tenants, after, process, limit);
  return { items, last: items.at(-1)?.seq ?? after };
}
