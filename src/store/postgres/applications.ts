/** Applications and their environments, which are the tenants. */
import type { AppEnv } from "../../domain/values.ts";
import { APP_ENVS } from "../../domain/values.ts";
import type { Actor, Application, Page, PageRequest, Tenant } from "../tenancy.ts";
import { writeAudit } from "./audit.ts";
import { numberCursor, pageOffset, parseNumberCursor } from "../cursor.ts";
import type { ReadView, Transaction } from "./transaction.ts";

const INSERT_APPLICATION = `
  insert into applications (app_id, app_name, org_id, created_at) values ($1, $2, $3, $4) on conflict (app_id) do nothing`;
const INSERT_TENANTS = `insert into tenants (app_id, app_env) select $1, app_env from unnest($2::text[]) as app_env`;
/** By the unique index on the id. */
const FIND_APPLICATION = `select no, app_id, app_name, org_id, created_at from applications where app_id = $1`;
/** By the primary key, backwards. */
const LIST_APPLICATIONS = `
  select no, app_id, app_name, org_id, created_at from applications where no < $1 order by no desc limit $2 offset $3`;
const COUNT_APPLICATIONS = `select count(*) as count from applications`;
/** By the unique index on application and environment. */
const FIND_TENANT = `
  select t.tenant, t.app_id, t.app_env, a.app_name, a.org_id
  from tenants t join applications a on a.app_id = t.app_id where t.app_id = $1 and t.app_env = $2`;

/** Above every number. */
const NO_END = 2 ** 31 - 1;

type ApplicationRow = { no: number; app_id: string; app_name: string; org_id: string | null; created_at: number };
/** The columns of a tenant with its application. */
type TenantRow = { tenant: number; app_id: string; app_env: AppEnv; app_name: string; org_id: string | null };

/** See {@link TenancyStore.createApplication}. */
export async function createApplication(
  tx: Transaction,
  params: { appId: string; appName: string; orgId: string | null; actor: Actor },
): Promise<{ kind: "created"; application: Application } | { kind: "exists" }> {
  const { appId, appName, orgId, actor } = params;
  if ((await tx.sql.run(INSERT_APPLICATION, appId, appName, orgId, tx.now)) === 0) return { kind: "exists" };
  await tx.sql.run(INSERT_TENANTS, appId, APP_ENVS);
  const target = { kind: "application", id: appId } as const;
  const after = { appName, orgId };
  writeAudit(tx, { tenant: null, actor, action: "application.create", target, before: null, after });
  return { kind: "created", application: { appId, appName, orgId, createdAt: tx.now } };
}

/** Newest first. */
export async function listApplications(
  { sql }: ReadView,
  params: PageRequest,
): Promise<Page<Application> & { total: number }> {
  const before = parseNumberCursor(params.cursor) ?? NO_END;
  const rows = await sql.all<ApplicationRow>(LIST_APPLICATIONS, before, params.limit + 1, pageOffset(params));
  const shown = rows.slice(0, params.limit);
  return {
    items: shown.map(applicationOf),
    nextCursor: numberCursor(rows.length > params.limit ? shown.at(-1)?.no : null),
    total: (await sql.get<{ count: number }>(COUNT_APPLICATIONS))?.count ?? 0,
  };
}

/** See {@link TenancyStore.findApplication}. */
export async function findApplication({ sql }: ReadView, params: { appId: string }): Promise<Application | null> {
  const row = await sql.get<ApplicationRow>(FIND_APPLICATION, params.appId);
  return row === undefined ? null : applicationOf(row);
}

/** See {@link TenancyStore.findTenant}. */
export async function findTenant({ sql }: ReadView, params: { appId: string; appEnv: AppEnv }): Promise<Tenant | null> {
  const row = await sql.get<TenantRow>(FIND_TENANT, params.appId, params.appEnv);
  return row === undefined ? null : tenantOf(row);
}

/** The tenant that a row tells of. */
export function tenantOf(row: TenantRow): Tenant {
  return { tenant: row.tenant, appId: row.app_id, appName: row.app_name, orgId: row.org_id, appEnv: row.app_env };
}

function applicationOf(row: ApplicationRow): Application {
  return { appId: row.app_id, appName: row.app_name, orgId: row.org_id, createdAt: row.created_at };
}
