/**
 * Bounded lists, newest first. What is listed comes from one or more index ranges that are each in the order of ids, so
 * they are merged without sorting. Conditions that no index serves are tried on so many rows and no more: the page then
 * ends where the look ended. The statements are few, whatever is asked for, since each is planned for the partitions of all
 * days (see {@link Connection.everyDay}).
 */
import { idDay, lowestId } from "../../ids.ts";
import { textCursor } from "../cursor.ts";
import { PAGED_ROWS_MAX } from "../history.ts";
import { allOf, numbered } from "./condition.ts";
import type { Condition } from "./condition.ts";
import type { Connection } from "./connection.ts";

/** So many rows are looked at in one call: it stays below 10 ms on ten million rows. */
export const LOOKED_ROWS_MAX = 2_000;
/** The same where the message of each has to be found. */
export const LOOKED_WITH_MESSAGE_MAX = 1_000;

/** An index range in the order of ids: the conditions that fix it, and that order in the columns of the index. */
export type Segment = { where: readonly Condition[]; order: readonly string[] };

/** A condition that no index serves, the columns it is about, and on how many rows it is tried in one call. */
type Unserved = { condition: Condition; columns: string; rowsMax: number };

/** What is listed: index ranges of a table, and a condition on their rows. */
export type Keyset = {
  from: "events" | "messages";
  segments: readonly Segment[];
  /** For all segments alike; null: everything in them is listed. */
  unserved: Unserved | null;
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
  const query = pageQuery(keyset, page);
  const ids = (await sql.everyDay<{ id: string }>(numbered(query.sql), ...query.values)).map((row) => row.id);
  const shown = ids.slice(0, page.limit);
  const end = ids.length > page.limit ? (shown.at(-1) ?? page.before) : await lookEnd(sql, keyset, page);
  return { ids: shown, nextCursor: end === null ? null : textCursor(end) };
}

/** Both of what {@link keysetPage} and {@link keysetTotal} tell, from one look at rows of which no index knows which fit. */
export async function keysetPageAndTotal(
  sql: Connection,
  keyset: Keyset,
  { unserved, page }: { unserved: Unserved; page: Bounds & { limit: number; offset: number } },
): Promise<{ ids: string[]; nextCursor: string | null; total: number; totalIsAtLeast: boolean }> {
  const { limit, offset } = page;
  const { condition, rowsMax } = unserved;
  const rows = rowsQuery(keyset, page, { limit: rowsMax, offset: 0 });
  const text = `
    with looked as materialized (${rows.sql}), found as materialized (select id from looked where ${condition.sql})
    select (select count(*) from looked) as looked, (select min(id) from looked) as lowest,
      (select count(*) from found) as count, array(select id from found order by id desc limit ? offset ?) as ids`;
  const values = [...rows.values, ...condition.values, limit + 1, offset];
  type Row = { looked: number; lowest: string | null; count: number; ids: string[] };
  const [row] = await sql.everyDay<Row>(numbered(text), ...values);
  const { looked, lowest, count, ids } = row ?? { looked: 0, lowest: null, count: 0, ids: [] };
  const isCut = looked === rowsMax;
  const shown = ids.slice(0, limit);
  const end = ids.length > limit ? (shown.at(-1) ?? page.before) : lowest;
  const isMore = ids.length > limit || isCut;
  return {
    ids: shown,
    nextCursor: isMore && end !== null ? textCursor(end) : null,
    total: count,
    totalIsAtLeast: isCut,
  };
}

/** How many ids there are, counted so far as is allowed. */
export async function keysetTotal(
  sql: Connection,
  keyset: Keyset,
  whole: Bounds,
): Promise<{ total: number; totalIsAtLeast: boolean }> {
  const isWhole = keyset.unserved === null;
  const rowsMax = keyset.unserved?.rowsMax ?? PAGED_ROWS_MAX + 1;
  const rows = rowsQuery(keyset, whole, { limit: rowsMax, offset: 0 });
  const fits = keyset.unserved?.condition ?? { sql: "true", values: [] };
  const text = `select count(*) filter (where ${fits.sql}) as count, count(*) as looked from (${rows.sql}) m`;
  const [row] = await sql.everyDay<{ count: number; looked: number }>(numbered(text), ...fits.values, ...rows.values);
  const { count, looked } = row ?? { count: 0, looked: 0 };
  const isCut = isWhole ? count > PAGED_ROWS_MAX : looked === rowsMax;
  return { total: Math.min(count, PAGED_ROWS_MAX), totalIsAtLeast: isCut };
}

/** The id of the last row that was looked at; null when the whole range was. */
async function lookEnd(sql: Connection, keyset: Keyset, bounds: Bounds): Promise<string | null> {
  if (keyset.unserved === null) return null;
  const query = rowsQuery({ ...keyset, unserved: null }, bounds, { limit: 1, offset: keyset.unserved.rowsMax - 1 });
  return (await sql.everyDay<{ id: string }>(numbered(query.sql), ...query.values))[0]?.id ?? null;
}

/** Rows are looked at until the page is full. */
function pageQuery(keyset: Keyset, page: Bounds & { limit: number; offset: number }): Condition {
  const size = { limit: page.limit + 1, offset: page.offset };
  if (keyset.unserved === null) return rowsQuery(keyset, page, size);
  const { condition, rowsMax } = keyset.unserved;
  const rows = rowsQuery(keyset, page, { limit: rowsMax, offset: 0 });
  return {
    sql: `select id from (${rows.sql}) m where ${condition.sql} order by ${descending(orderOf(keyset))} limit ? offset ?`,
    values: [...rows.values, ...condition.values, size.limit, size.offset],
  };
}

/** Each segment is read in its own order, as far as it may be needed: then there is little left to be merged. */
function rowsQuery(keyset: Keyset, bounds: Bounds, page: { limit: number; offset: number }): Condition {
  const { from, segments, unserved } = keyset;
  const columns = unserved === null ? "id" : `id, day, ${unserved.columns}`;
  const parts = segments.map(({ where: ofSegment, order }) => {
    const where = allOf([...ofSegment, between(bounds)]);
    return {
      sql: `select ${columns} from ${from} where ${where.sql} order by ${descending(order)}`,
      values: where.values,
    };
  });
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) {
    return { sql: `${only.sql} limit ? offset ?`, values: [...only.values, page.limit, page.offset] };
  }
  const union = parts.map((part) => `(${part.sql} limit ?)`).join(" union all ");
  return {
    sql: `select * from (${union}) as merged order by id desc limit ? offset ?`,
    values: [...parts.flatMap((part) => [...part.values, page.offset + page.limit]), page.limit, page.offset],
  };
}

function orderOf({ segments }: Keyset): readonly string[] {
  return segments.length === 1 ? (segments[0]?.order ?? []) : ["id"];
}

function descending(columns: readonly string[]): string {
  return columns.map((column) => `${column} desc`).join(", ");
}
