/** Statements that are put together of conditions: question marks while that goes on, numbers when they are sent. */
import type { SqlValue } from "./values.ts";

/** A condition in SQL with the values of its question marks, in order. */
export type Condition = { sql: string; values: readonly SqlValue[] };

/** All the conditions in one. */
export function allOf(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.length === 0 ? "true" : conditions.map((condition) => condition.sql).join(" and "),
    values: conditions.flatMap((condition) => condition.values),
  };
}

/** The text with `$1`, `$2`, … in place of its question marks. */
export function numbered(text: string): string {
  let count = 0;
  return text.replaceAll("?", () => `$${++count}`);
}
