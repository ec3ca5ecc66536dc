/** API keys: only their hash is stored. A revoked key keeps its row, so that it can never be stored again. */
import { ApiError } from "../../errors.ts";
import type { AppEnv, Scope } from "../../domain/values.ts";
import { SCOPES } from "../../domain/values.ts";
import type { KeyId } from "../../ids.ts";
import { SYSTEM_ACTOR } from "../audit_hash.ts";
import type { Actor, ApiKey, KeyKind, KeyUse, NewApiKey, Page, PageRequest } from "../tenancy.ts";
import { tenantOf } from "./applications.ts";
import { lockTenant, writeAudit } from "./audit.ts";
import { noteKeyChange } from "./changes.ts";
import { pageOffset, parseTextCursor, textCursor } from "../cursor.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type KeyRow = {
  id: KeyId;
  kind: KeyKind;
  tenant: number | null;
  name: string;
  scopes: string;
  prefix: string;
  created_by: string | null;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
  last_used_ip: string | null;
  last_network: string | null;
  previous_network: string | null;
  network_changed_at: number | null;
  revoked_at: number | null;
  app_id: string | null;
  app_env: AppEnv | null;
  app_name: string | null;
  org_id: string | null;
};

const KEYS = `
  select k.id, k.kind, k.tenant, k.name, k.scopes, k.prefix, k.created_by, k.created_at, k.expires_at, k.last_used_at,
    k.last_used_ip, k.last_network, k.previous_network, k.network_changed_at, k.revoked_at, t.app_id, t.app_env, a.app_name, a.org_id
  from api_keys k left join tenants t on t.tenant = k.tenant left join applications a on a.app_id = t.app_id`;
/** By the primary key, and by the unique index on the hash. */
const FIND_BY_ID = `${KEYS} where k.id = $1`;
const FIND_BY_HASH = `${KEYS} where k.hash = $1`;
/** A key that is being revoked is waited for. */
const LOCK_BY_ID = `${FIND_BY_ID} for no key update of k`;
const OF_TENANT = `tenant = $1 and revoked_at is null and kind <> 'operator'`;
/** \`$1\` is null here. */
const OF_NO_TENANT = `tenant is null and $1::integer is null and revoked_at is null and kind <> 'operator'`;
/** By api_keys_live, backwards. */
const LIST_KEYS = (whose: string): string => `
  ${KEYS} where k.id in (select id from api_keys where ${whose} and id < $2 order by id desc limit $3 offset $4)
  order by k.id desc`;
const COUNT_KEYS = (whose: string): string => `select count(*) as count from api_keys where ${whose}`;
const INSERT_KEY = `
  insert into api_keys (id, kind, tenant, name, scopes, prefix, hash, created_at, expires_at, created_by)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (hash) do nothing`;
const REVOKE_KEY = `update api_keys set revoked_at = $2 where id = $1`;
/** By sessions_key. The operator's key may come back, its sessions do not. */
const FORGET_SESSIONS = `delete from sessions where key_id = $1`;
const REVIVE_KEY = `update api_keys set revoked_at = null where id = $1`;
/**
 * In the order of the ids, in which all lock them. Two networks are known: going from one to the other and back is no news.
 */
const TOUCH_KEYS = `
  with held as (
    select k.id, u.at, u.ip, u.network
    from api_keys k
      join unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) as u (id, at, ip, network) on u.id = k.id
    order by k.id for no key update of k
  )
  update api_keys k set last_used_at = held.at, last_used_ip = held.ip,
    network_changed_at = case
      when k.last_network <> held.network and k.previous_network is distinct from held.network then held.at
      else k.network_changed_at end,
    previous_network = case when k.last_network <> held.network then k.last_network else k.previous_network end,
    last_network = coalesce(held.network, k.last_network)
  from held where k.id = held.id`;
/** By api_keys_live: operator keys belong to no tenant. */
const LIVE_OPERATOR_KEYS = `${KEYS} where k.tenant is null and k.revoked_at is null and k.kind = 'operator'`;

/** Above every id. */
const LAST_ID = "key_~";

/** See {@link TenancyStore.createApiKey}. */
export async function createApiKey(
  tx: Transaction,
  params: { key: NewApiKey; actor: Actor },
): Promise<{ kind: "created"; key: ApiKey } | { kind: "exists" }> {
  const key = await insertKey(tx, params.key, params.actor);
  return key === null ? { kind: "exists" } : { kind: "created", key };
}

/** Null when a key with that hash is stored already. */
async function insertKey(tx: Transaction, key: NewApiKey, actor: Actor): Promise<ApiKey | null> {
  const { kind, tenant, name, scopes, prefix, hash, expiresAt } = key;
  const { id, at } = tx.mint("key");
  const createdBy = actor.name === "" ? actor.keyId : actor.name;
  const what = [kind, tenant, name, JSON.stringify(scopes), prefix, hash, at, expiresAt, createdBy];
  if ((await tx.sql.run(INSERT_KEY, id, ...what)) === 0) return null;
  audit(tx, {
    id,
    tenant,
    actor,
    action: "api-key.create",
    before: null,
    after: { kind, name, scopes, prefix, expiresAt },
  });
  const row = await tx.sql.get<KeyRow>(FIND_BY_ID, id);
  if (row === undefined) throw new Error("an API key that was just made is not there");
  return keyOf(row);
}

/** Newest first. */
export async function listApiKeys(
  { sql }: ReadView,
  params: PageRequest & { tenant: number | null },
): Promise<Page<ApiKey> & { total: number }> {
  const whose = params.tenant === null ? OF_NO_TENANT : OF_TENANT;
  const before = parseTextCursor(params.cursor, /^key_\w{1,40}$/) ?? LAST_ID;
  const rows = await sql.all<KeyRow>(LIST_KEYS(whose), params.tenant, before, params.limit + 1, pageOffset(params));
  const shown = rows.slice(0, params.limit);
  const last = rows.length > params.limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(keyOf),
    nextCursor: last === undefined ? null : textCursor(last.id),
    total: (await sql.get<{ count: number }>(COUNT_KEYS(whose), params.tenant))?.count ?? 0,
  };
}

/** See {@link TenancyStore.findApiKey}. */
export async function findApiKey(
  { sql }: Pick<ReadView, "sql">,
  params: { hash: Uint8Array } | { id: KeyId },
): Promise<ApiKey | null> {
  const row =
    "id" in params ? await sql.get<KeyRow>(FIND_BY_ID, params.id) : await sql.get<KeyRow>(FIND_BY_HASH, params.hash);
  return row === undefined || row.revoked_at !== null ? null : keyOf(row);
}

/** See {@link TenancyStore.revokeApiKey}. */
export async function revokeApiKey(
  tx: Transaction,
  params: { keyId: KeyId; tenant: number | null; actor: Actor },
): Promise<ApiKey | null> {
  const row = await tx.sql.get<KeyRow>(LOCK_BY_ID, params.keyId);
  if (row === undefined || row.revoked_at !== null || row.kind === "operator" || row.tenant !== params.tenant)
    return null;
  await revoke(tx, row, params.actor);
  return keyOf(row);
}

/** The live key with this id, kept from being revoked until the commit. */
export async function lockApiKey(tx: Transaction, id: KeyId): Promise<ApiKey | null> {
  const row = await tx.sql.get<KeyRow>(LOCK_BY_ID, id);
  return row === undefined || row.revoked_at !== null ? null : keyOf(row);
}

async function revoke(tx: Transaction, row: KeyRow, actor: Actor): Promise<void> {
  const { id, tenant, name, prefix } = row;
  await tx.sql.run(REVOKE_KEY, id, tx.now);
  await tx.sql.run(FORGET_SESSIONS, id);
  audit(tx, { id, tenant, actor, action: "api-key.revoke", before: { name, prefix }, after: null });
}

/** See {@link TenancyStore.touchApiKeys}. */
export async function touchApiKeys(tx: Transaction, { uses }: { uses: readonly KeyUse[] }): Promise<void> {
  const last = [...new Map(uses.map((use) => [use.keyId, use])).values()];
  const [ids, times] = [last.map(({ keyId }) => keyId), last.map(({ at }) => at)];
  await tx.sql.run(
    TOUCH_KEYS,
    ids,
    times,
    last.map(({ ip }) => ip),
    last.map(({ network }) => network),
  );
}

/** See {@link TenancyStore.setOperatorKey}. */
export async function setOperatorKey(
  tx: Transaction,
  { onlyIfNone = false, ...params }: { hash: Uint8Array; prefix: string; onlyIfNone?: boolean },
): Promise<{ isSet: boolean }> {
  await lockTenant(tx.sql, null); // of several processes that start with different keys, one after the other
  const live = await tx.sql.all<KeyRow>(LIVE_OPERATOR_KEYS);
  if (onlyIfNone && live.length > 0) return { isSet: false };
  const known = await tx.sql.get<KeyRow>(FIND_BY_HASH, params.hash);
  for (const row of live) {
    if (row.id !== known?.id) await revoke(tx, row, SYSTEM_ACTOR);
  }
  if (known === undefined) {
    const key = { kind: "operator", tenant: null, name: "operator", scopes: SCOPES, expiresAt: null } as const;
    await insertKey(tx, { ...key, ...params }, SYSTEM_ACTOR);
  } else if (known.kind !== "operator") {
    const stored = `ADMIN_API_KEY (${known.prefix}…) is already stored as a ${known.kind} key`;
    throw new ApiError("API_KEY_ALREADY_EXISTS", `${stored}. Set it to a key of its own, or unset it.`);
  } else if (known.revoked_at !== null) {
    await tx.sql.run(REVIVE_KEY, known.id);
    const after = { name: known.name, prefix: known.prefix };
    audit(tx, { id: known.id, tenant: null, actor: SYSTEM_ACTOR, action: "api-key.restore", before: null, after });
  }
  return { isSet: true };
}

function audit(
  tx: Transaction,
  entry: {
    id: KeyId;
    tenant: number | null;
    actor: Actor;
    action: string;
    before: object | null;
    after: object | null;
  },
): void {
  const { id, ...rest } = entry;
  writeAudit(tx, { ...rest, target: { kind: "api-key", id } });
  noteKeyChange(tx, id);
}

function keyOf(row: KeyRow): ApiKey {
  const { tenant, app_id, app_env, app_name, org_id } = row;
  const isTenants = tenant !== null && app_id !== null && app_env !== null && app_name !== null;
  return {
    id: row.id,
    kind: row.kind,
    tenant: isTenants ? tenantOf({ tenant, app_id, app_env, app_name, org_id }) : null,
    name: row.name,
    scopes: JSON.parse(row.scopes) as Scope[], // written by insertKey
    prefix: row.prefix,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    lastUsedIp: row.last_used_ip,
    networks: [row.last_network, row.previous_network].filter((network) => network !== null),
    newNetworkAt: row.network_changed_at,
  };
}
