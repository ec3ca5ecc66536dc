/**
 * Bounded lists, newest first. What is listed comes from one or more index ranges that are each in the order of ids, so
 * they are merged without sorting. Conditions that no index serves are tried on so many rows and no more: the page then
 * ends where the look ended.
 */
import { idDay, lowestId } from "../../ids.ts";
import { textCursor } from "../cursor.ts";
import { PAGED_ROWS_MAX } from "../history.ts";
import { allOf, numbered } from "./condition.ts";
import type { Condition } from "./condition.ts";
import type { Connection } from "./connection.ts";

/** So many rows are looked at in one call. */
export const LOOKED_ROWS_MAX = 20_000;

/** An index range in the order of ids: the conditions that fix it, and that order in the columns of the index. */
export type Segment = { where: readonly Condition[]; order: readonly string[] };

/** What is listed: index ranges of a table, and conditions on their rows. */
export type Keyset = {
  from: "events" | "messages";
  segments: readonly Segment[];
  /** Conditions that no index serves, for all segments alike. */
  unserved: readonly Condition[];
};

/** A range of an index that has the id right after the columns that are fixed. */
export function byId(where: readonly Condition[]): Segment {
  return { where, order: ["id"] };
}

/** A range of the primary key; days follow from ids, so the two orders are one. */
export function byPrimaryKey(where: readonly Condition[]): Segment {
  return { where, order: ["day", "id"] };
}

/** From where to where a list goes: ids from `lowest` (inclusive) to `before` (exclusive). */
export type Bounds = { lowest: string; before: string };

/** The bounds that `from` and `to` (epoch ms, exclusive) set. */
export function timeBounds(kind: "evt" | "msg", filter: { from: number | null; to: number | null }): Bounds {
  return {
    lowest: filter.from === null ? `${kind}_` : lowestId(kind, filter.from),
    before: filter.to === null ? lowestId(kind, 62 ** 8 - 1) : lowestId(kind, filter.to),
  };
}

/** Limits to the bounds. As days follow from ids, naming them leaves out the partitions of the others. */
function between({ lowest, before }: Bounds): Condition {
  return {
    sql: "id >= ? and id < ? and day >= ? and day <= ?",
    values: [lowest, before, dayOf(lowest), dayOf(before)],
  };
}

/** The day of an id, which may be from the far end of time, as the column holds it. */
export function dayOf(id: string): number {
  return Math.min(idDay(id), DAY_MAX);
}

const DAY_MAX = 2 ** 31 - 1;

/** The ids of one page, and the cursor behind it: null when nothing is left. */
export async function keysetPage(
  sql: Connection,
  keyset: Keyset,
  page: Bounds & { limit: number; offset: number },
): Promise<{ ids: string[]; nextCursor: string | null }> {
  const lookedTo = await lookEnd(sql, keyset, page);
  const bounds = lookedTo === null ? page : { ...page, lowest: lookedTo };
  const query = idsQuery(keyset, bounds, { limit: page.limit + 1, offset: page.offset });
  const ids = (await sql.once<{ id: string }>(numbered(query.sql), query.values)).map((row) => row.id);
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
  const text = numbered(`select count(*) as count from (${query.sql}) as found`);
  const count = (await sql.once<{ count: number }>(text, query.values))[0]?.count ?? 0;
  return { total: Math.min(count, PAGED_ROWS_MAX), totalIsAtLeast: count > PAGED_ROWS_MAX || lookedTo !== null };
}

/** The id of the last row that may be looked at; null when the whole range may. */
async function lookEnd(sql: Connection, keyset: Keyset, bounds: Bounds): Promise<string | null> {
  if (keyset.unserved.length === 0) return null;
  const query = idsQuery({ ...keyset, unserved: [] }, bounds, { limit: 1, offset: LOOKED_ROWS_MAX - 1 });
  return (await sql.once<{ id: string }>(numbered(query.sql), query.values))[0]?.id ?? null;
}

/** Each segment is read in its own order, as far as it may be needed: then there is little left to be merged. */
function idsQuery(keyset: Keyset, bounds: Bounds, page: { limit: number; offset: number }): Condition {
  const parts = keyset.segments.map((segment) => {
    const where = allOf([...segment.where, between(bounds), ...keyset.unserved]);
    const order = segment.order.map((column) => `${column} desc`).join(", ");
    return {
      sql: `(select id from ${keyset.from} where ${where.sql} order by ${order} limit ?)`,
      values: [...where.values, page.offset + page.limit],
    };
  });
  return {
    sql: `select id from (${parts.map((part) => part.sql).join(" union all ")}) as merged order by id desc limit ? offset ?`,
    values: [...parts.flatMap((part) => part.values), page.limit, page.offset],
  };
}
