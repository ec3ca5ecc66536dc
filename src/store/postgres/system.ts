/** The installation as a whole: cheap figures from counters and indexes, and the switch that pauses all deliveries. */
import { MINUTE_MS } from "../../domain/stats_window.ts";
import type { SystemFigures } from "../system.ts";
import type { Actor } from "../tenancy.ts";
import { lockTenant, writeAudit } from "./audit.ts";
import { noteSystemChange } from "./changes.ts";
import { readSetting, saveSetting } from "./settings.ts";
import { UNPACK, whatOf } from "./tally.ts";
import type { ReadView, Transaction } from "./transaction.ts";

const CREATED = whatOf({ measure: "CREATED", bucket: 0 });
const PAUSED = "is_paused";
const HOUR_MINUTES = 60;

/** See {@link SystemStore.isPaused}. */
export async function isPaused({ sql }: Pick<ReadView, "sql">): Promise<boolean> {
  return (await readSetting(sql, PAUSED)) === "1";
}

/** See {@link SystemStore.setPaused}. */
export async function setPaused(tx: Transaction, params: { isPaused: boolean; actor: Actor }): Promise<boolean> {
  await lockTenant(tx.sql, null); // of two at the same time, the second finds what the first has done
  const before = await isPaused(tx);
  if (before === params.isPaused) return false;
  await saveSetting(tx.sql, PAUSED, params.isPaused ? "1" : "0");
  writeAudit(tx, {
    tenant: null,
    actor: params.actor,
    action: params.isPaused ? "system.pause" : "system.resume",
    target: { kind: "system", id: "deliveries" },
    before: { isPaused: before },
    after: { isPaused: params.isPaused },
  });
  noteSystemChange(tx);
  return true;
}

const DATABASE_BYTES = `select pg_database_size(current_database()) as bytes`;
const MIGRATIONS = `select number, name, applied_at as "appliedAt" from migrations order by number`;
/** Every counter is read: a few for each webhook. */
const WAITING = `select coalesce(sum(pending), 0)::bigint as waiting from counters`;
/** By lanes_due. */
const DUE = `
  select count(*) as due, min(next_due_at) as "oldestDueAt" from lanes where not is_paused and next_due_at <= $1`;
/** The leases are counted by events_leased: memory bounds how many a worker holds. */
const WORKERS = `
  select w.id, w.role, w.host, w.pid, w.started_at as "startedAt", w.heartbeat_at as "heartbeatAt",
    coalesce(h.leases, 0) as leases
  from workers w left join (
    select lease_worker, count(*) as leases from events where lease_worker is not null group by lease_worker
  ) h on h.lease_worker = w.id
  order by w.started_at, w.id`;
/** By webhook_minutes_expiry, the rows of one hour, and every counter. */
const BUSIEST = `
  select t.app_id as "appId", a.app_name as "appName", t.app_env as "appEnv", f.pending, f.made as "lastHour"
  from (
    select tenant, sum(pending)::bigint as pending, sum(made)::bigint as made from (
      select tenant, pending, 0 as made from counters
      union all
      select t.tenant, 0, u.count from webhook_minutes t, ${UNPACK} where t.minute > $1 and u.what = ${CREATED}
    ) c group by tenant
  ) f
    join tenants t on t.tenant = f.tenant
    join applications a on a.app_id = t.app_id
  where f.pending + f.made > 0
  order by greatest(f.pending, f.made) desc, f.tenant limit $2`;

/** See {@link SystemStore.systemFigures}. */
export async function systemFigures({ sql, now }: ReadView, params: { tenantsMax: number }): Promise<SystemFigures> {
  const hourAgo = Math.floor(now / MINUTE_MS) - HOUR_MINUTES;
  const [paused, size, migrations, waiting, due, workers, tenants] = await Promise.all([
    isPaused({ sql }),
    sql.get<{ bytes: number }>(DATABASE_BYTES),
    sql.all<SystemFigures["database"]["migrations"][number]>(MIGRATIONS),
    sql.get<{ waiting: number }>(WAITING),
    sql.get<{ due: number; oldestDueAt: number | null }>(DUE, now),
    sql.all<SystemFigures["workers"][number]>(WORKERS),
    sql.all<SystemFigures["tenants"][number]>(BUSIEST, hourAgo, params.tenantsMax),
  ]);
  return {
    isPaused: paused,
    database: { kind: "postgresql", bytes: size?.bytes ?? 0, migrations },
    queue: { waiting: waiting?.waiting ?? 0, due: due?.due ?? 0, oldestDueAt: due?.oldestDueAt ?? null },
    workers,
    tenants,
  };
}
