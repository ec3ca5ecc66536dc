/**
 * Bounded lists, newest first. What is listed comes from one or more index ranges that are each in the order of ids, so
 * they are merged without sorting. Conditions that no index serves are tried on so many rows and no more: the page then
 * ends where the look ended.
 */
import { lowestId } from "../../ids.ts";
import { PAGED_ROWS_MAX } from "../history.ts";
import type { Connection, SqlValue } from "./connection.ts";
import { textCursor } from "../cursor.ts";

/** So many rows are looked at in one call. */
export const LOOKED_ROWS_MAX = 20_000;

/** A condition in SQL with the values of its question marks, in order. */
export type Condition = { sql: string; values: readonly SqlValue[] };

/** A range of an index whose rows come in the order of ids: `from` names table and index, `where` fixes the range. */
export type Segment = { from: string; where: readonly Condition[] };

/** What is listed: index ranges, and conditions on their rows. */
export type Keyset = {
  segments: readonly Segment[];
  /** Conditions that no index serves, for all segments alike. */
  unserved: readonly Condition[];
  /** How the ids of a single segment are put in descending order; of several they are merged by `id desc`. */
  order: string;
  /** Limits to ids from `lowest` to below `before`. */
  between: (bounds: { lowest: string; before: string }) => Condition;
};

/** From where to where a list goes: ids from `lowest` (inclusive) to `before` (exclusive). */
export type Bounds = { lowest: string; before: string };

/** The bounds that `from` and `to` (epoch ms, exclusive) set. */
export function timeBounds(kind: "evt" | "msg", filter: { from: number | null; to: number | null }): Bounds {
  return {
    lowest: filter.from === null ? `${kind}_` : lowestId(kind, filter.from),
    before: filter.to === null ? lowestId(kind, 62 ** 8 - 1) : lowestId(kind, filter.to),
  };
}

/** The ids of one page, and the cursor behind it: null when nothing is left. */
export async function keysetPage(
  sql: Connection,
  keyset: Keyset,
  page: Bounds & { limit: number; offset: number },
): Promise<{ ids: string[]; nextCursor: string | null }> {
  const lookedTo = await lookEnd(sql, keyset, page);
  const bounds = lookedTo === null ? page : { ...page, lowest: lookedTo };
  const query = idsQuery(keyset, bounds, { limit: page.limit + 1, offset: page.offset });
  const ids = await sql.all<{ id: string }>(query.sql, ...query.values).map((row) => row.id);
  if (ids.length <= page.limit) return { ids, nextCursor: lookedTo === null ? null : textCursor(lookedTo) };
  const shown = ids.slice(0, page.limit);
  return { ids: shown, nextCursor: textCursor(shown.at(-1) ?? page.before) };
}

/** How many ids there are, counted so far as is allowed. */
export async function keysetTotal(
  sql: Connection,
  keyset: Keyset,
  whole: Bounds,
): Promise<{ total: number; totalIsAtLeast: boolean }> {
  const lookedTo = await lookEnd(sql, keyset, whole);
  const bounds = lookedTo === null ? whole : { ...whole, lowest: lookedTo };
  const query = idsQuery(keyset, bounds, { limit: PAGED_ROWS_MAX + 1, offset: 0 });
  const count = await sql.get<{ count: number }>(`select await count(*) as count from (${query.sql})`, ...query.values)?.count ?? 0;
  return { total: Math.min(count, PAGED_ROWS_MAX), totalIsAtLeast: count > PAGED_ROWS_MAX || lookedTo !== null };
}

/** The id of the last row that may be looked at; null when the whole range may. */
async function lookEnd(sql: Connection, keyset: Keyset, bounds: Bounds): Promise<string | null> {
  if (keyset.unserved.length === 0) return null;
  const query = idsQuery({ ...keyset, unserved: [] }, bounds, { limit: 1, offset: LOOKED_ROWS_MAX - 1 });
  return await sql.get<{ id: string }>(query.sql, ...query.values)?.id ?? null;
}

function idsQuery(keyset: Keyset, bounds: Bounds, page: { limit: number; offset: number }): Condition {
  const parts = keyset.segments.map((segment) => {
    const where = allOf([...segment.where, keyset.between(bounds), ...keyset.unserved]);
    return { sql: `select id from ${segment.from} where ${where.sql}`, values: where.values };
  });
  const order = parts.length > 1 ? "id desc" : keyset.order;
  return {
    sql: `${parts.map((part) => part.sql).join(" union all ")} order by ${order} limit ? offset ?`,
    values: [...parts.flatMap((part) => part.values), page.limit, page.offset],
  };
}

/** All the conditions in one. */
export function allOf(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map((condition) => condition.sql).join(" and "),
    values: conditions.flatMap((condition) => condition.values),
  };
}
