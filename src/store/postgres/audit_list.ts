/** Listing the audit log, newest first by time. Rows of one time are in the order in which they were written. */
import type { AuditId, KeyId } from "../../ids.ts";
import type { AuditFilter, ChainedAuditEntry } from "../audit_log.ts";
import { PAGED_ROWS_MAX } from "../history.ts";
import type { Actor, AuditEntry, Page, PageRequest } from "../tenancy.ts";
import { pageOffset, parseTextCursor, textCursor } from "../cursor.ts";
import { allOf, numbered } from "./condition.ts";
import type { Condition } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { LOOKED_ROWS_MAX } from "./keyset.ts";

/** A row of the log, but for the hash before it. */
export type AuditRow = {
  seq: number;
  id: AuditId;
  tenant: number | null;
  at: number;
  actor_kind: Actor["kind"];
  actor_key_id: KeyId | null;
  actor_name: string;
  actor_ip: string | null;
  actor_request_id: string | null;
  action: string;
  target_kind: AuditEntry["target"]["kind"];
  target_id: string;
  before_json: string | null;
  after_json: string | null;
  hash: Uint8Array;
};

/** The columns of an {@link AuditRow}. */
export const AUDIT_COLUMNS = `seq, id, tenant, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action,
  target_kind, target_id, before_json, after_json, hash`;

/** Where a row is in the list. */
type Place = { at: number; seq: number };

/** What is listed: rows of one index, by conditions that it serves and others that are tried on each row. */
type Listing = { served: readonly Condition[]; unserved: readonly Condition[] };

/** See {@link AuditLogStore.listAudit}. */
export async function listAudit(
  { sql }: { sql: Connection },
  params: PageRequest & { tenant: number | null; filter?: AuditFilter },
): Promise<Page<ChainedAuditEntry> & { total: number; totalIsAtLeast: boolean }> {
  const whole = listingOf(params);
  const before = placeOf(params.cursor);
  const rest = before === null ? whole : within(whole, "<", before);
  const lookedTo = await lookEnd(sql, rest);
  const shown = lookedTo === null ? rest : within(rest, ">=", lookedTo);
  const rows = await select<AuditRow>(sql, AUDIT_COLUMNS, shown, {
    limit: params.limit + 1,
    offset: pageOffset(params),
  });
  const items = rows.slice(0, params.limit);
  const last = rows.length > params.limit ? items.at(-1) : lookedTo;
  return { items: items.map(chainedEntry), nextCursor: cursorOf(last ?? null), ...(await count(sql, whole)) };
}

/** The entry that a row holds. */
export function auditEntry(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    tenant: row.tenant,
    actor: {
      kind: row.actor_kind,
      keyId: row.actor_key_id,
      name: row.actor_name,
      ip: row.actor_ip,
      requestId: row.actor_request_id,
    },
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id },
    before: row.before_json,
    after: row.after_json,
  };
}

function chainedEntry(row: AuditRow): ChainedAuditEntry {
  return { ...auditEntry(row), hash: Buffer.from(row.hash).toString("hex") };
}

/** By audit_log_target where the target is given, else by audit_log_time; both end in the time and the row's number. */
function listingOf({ tenant, filter }: { tenant: number | null; filter?: AuditFilter }): Listing {
  const { actor = null, action = null, target = null, from = null, to = null } = filter ?? {};
  const served: Condition[] = [
    tenant === null ? { sql: "tenant is null", values: [] } : { sql: "tenant = ?", values: [tenant] },
  ];
  if (target !== null) served.push({ sql: "target_id = ?", values: [target] });
  if (from !== null) served.push({ sql: "at >= ?", values: [from] });
  if (to !== null) served.push({ sql: "at < ?", values: [to] });
  const unserved: Condition[] = [];
  if (actor !== null) unserved.push({ sql: "(actor_key_id = ? or actor_name = ?)", values: [actor, actor] });
  if (action !== null) unserved.push(actionCondition(action));
  return { served, unserved };
}

function actionCondition(action: string): Condition {
  return action.endsWith(".")
    ? { sql: "left(action, ?) = ?", values: [action.length, action] }
    : { sql: "action = ?", values: [action] };
}

function within(listing: Listing, side: "<" | ">=", { at, seq }: Place): Listing {
  return {
    ...listing,
    served: [...listing.served, { sql: `(at, seq) ${side} (?::bigint, ?::bigint)`, values: [at, seq] }],
  };
}

/** The last row that may be looked at; null when all of them may. */
async function lookEnd(sql: Connection, listing: Listing): Promise<Place | null> {
  if (listing.unserved.length === 0) return null;
  const page = { limit: 1, offset: LOOKED_ROWS_MAX - 1 };
  return (await select<Place>(sql, "at, seq", { ...listing, unserved: [] }, page))[0] ?? null;
}

/** How many there are, counted so far as is allowed. */
async function count(sql: Connection, whole: Listing): Promise<{ total: number; totalIsAtLeast: boolean }> {
  const lookedTo = await lookEnd(sql, whole);
  const looked = lookedTo === null ? whole : within(whole, ">=", lookedTo);
  const { sql: text, values } = query("1", looked, { limit: PAGED_ROWS_MAX + 1, offset: 0 });
  const [row] = await sql.once<{ count: number }>(numbered(`select count(*) as count from (${text}) as found`), values);
  const found = row?.count ?? 0;
  return { total: Math.min(found, PAGED_ROWS_MAX), totalIsAtLeast: found > PAGED_ROWS_MAX || lookedTo !== null };
}

type Range = { limit: number; offset: number };

async function select<Row>(sql: Connection, columns: string, listing: Listing, range: Range): Promise<Row[]> {
  const { sql: text, values } = query(columns, listing, range);
  return await sql.once<Row>(numbered(text), values);
}

function query(columns: string, listing: Listing, range: Range): Condition {
  const where = allOf([...listing.served, ...listing.unserved]);
  return {
    sql: `select ${columns} from audit_log where ${where.sql} order by at desc, seq desc limit ? offset ?`,
    values: [...where.values, range.limit, range.offset],
  };
}

function cursorOf(place: Place | null): string | null {
  return place === null ? null : textCursor(`${place.at}.${place.seq}`);
}

function placeOf(cursor: string | null): Place | null {
  const [at, seq] =
    parseTextCursor(cursor, /^\d{1,15}\.\d{1,15}$/)
      ?.split(".")
      .map(Number) ?? [];
  return at === undefined || seq === undefined ? null : { at, seq };
}
