/** The installation as a whole: cheap figures from counters and indexes, and the switch that pauses all deliveries. */
import { MINUTE_MS } from "../../domain/stats_window.ts";
import type { AppEnv } from "../../domain/values.ts";
import type { SystemFigures } from "../system.ts";
import type { Actor } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { noteSystemChange } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { readSetting, saveSetting } from "./settings.ts";
import type { ReadView, Transaction } from "./transaction.ts";

const PAUSED = "is_paused";
const HOUR_MINUTES = 60;

/** See {@link SystemStore.isPaused}. */
export async function isPaused({ sql }: Pick<ReadView, "sql">): Promise<boolean> {
  return await readSetting(sql, PAUSED) === "1";
}

/** See {@link SystemStore.setPaused}. */
export async function setPaused(tx: Transaction, params: { isPaused: boolean; actor: Actor }): Promise<boolean> {
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

const DATABASE_BYTES = `
  select page_count * page_size as bytes from pragma_page_count() join pragma_page_size()`;
const MIGRATIONS = `select number, name, applied_at as appliedAt from migrations order by number`;
/** Every counter is read: a few for each webhook. */
const WAITING = `select coalesce(sum(count), 0) as count from counters where status = 'PENDING'`;
/** By lanes_due. */
const DUE = `
  select await count(*) as due, min(next_due_at) as oldestDueAt from lanes
  where is_paused = 0 and next_due_at is not null and next_due_at <= $1`;
/** The leases of each are counted by events_leased: memory bounds how many a worker holds. */
const WORKERS = `
  select id, role, host, pid, started_at as startedAt, heartbeat_at as heartbeatAt,
    (select await count(*) from events where lease_worker = workers.id) as leases
  from workers order by started_at, id`;
/** By webhook_minutes_expiry, the rows of one hour, and every counter. */
const BUSIEST = `
  select t.app_id as appId, a.app_name as appName, t.app_env as appEnv, sum(pending) as pending, sum(made) as lastHour
  from (
    select tenant, count as pending, 0 as made from counters where status = 'PENDING'
    union all
    select tenant, 0, count from webhook_minutes
    where minute > $1 and measure = 'CREATED'
  ) f
    join tenants t on t.tenant = f.tenant
    join applications a on a.app_id = t.app_id
  group by f.tenant having sum(pending) + sum(made) > 0
  order by max(sum(pending), sum(made)) desc, f.tenant limit $2`;

type TenantFigures = { appId: string; appName: string; appEnv: AppEnv; pending: number; lastHour: number };

/** See {@link SystemStore.systemFigures}. */
export async function systemFigures({ sql, now }: ReadView, params: { tenantsMax: number }): Promise<SystemFigures> {
  const hourAgo = Math.floor(now / MINUTE_MS) - HOUR_MINUTES;
  const due = await sql.get<{ due: number; oldestDueAt: number | null }>(DUE, now) ?? { due: 0, oldestDueAt: null };
  return {
    isPaused: await isPaused({ sql }),
    database: {
      kind: "sqlite",
      bytes: await numberOf(sql, DATABASE_BYTES, "bytes"),
      migrations: plain(await sql.all<SystemFigures["database"]["migrations"][number]>(MIGRATIONS)),
    },
    queue: { waiting: await numberOf(sql, WAITING, "count"), ...due },
    workers: plain(await sql.all<SystemFigures["workers"][number]>(WORKERS)),
    tenants: plain(await sql.all<TenantFigures>(BUSIEST, hourAgo, params.tenantsMax)),
  };
}

async function numberOf(sql: Connection, query: string, column: "bytes" | "count"): Promise<number> {
  return await sql.get<{ [name in typeof column]: number }>(query)?.[column] ?? 0;
}

/** Rows have no prototype, which a comparison would take for a difference. */
function plain<Row extends object>(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row }));
}
