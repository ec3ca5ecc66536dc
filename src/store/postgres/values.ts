/**
 * How values cross the wire. 64-bit integers become numbers, here and nowhere else, and must be safe ones; bytes become views
 * of memory of their own.
 */
import pg from "pg";
import { assert } from "../../assert.ts";
import type { Element, ElementType } from "./array_parameter.ts";
import { binaryArray } from "./array_parameter.ts";
import { storable } from "./text.ts";

/** What can be bound to a parameter. Arrays are bound to parameters with a cast such as `$1::integer[]`. */
export type SqlValue = Element | readonly Element[];

/** For the `types` of a client. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === pg.types.builtins.INT8) return safeInteger;
    if (oid === pg.types.builtins.BYTEA) return ownBytes;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown; // as pg itself does
  },
};

/** The values of a statement's parameters as `pg` is to send them; `types` are those that its casts name for arrays. */
export function boundValues(values: readonly SqlValue[], types: readonly (ElementType | undefined)[]): unknown[] {
  return values.map((value, at) => {
    if (typeof value === "string") return storable(value);
    if (!isArray(value)) return value;
    const type = types[at];
    assert(type !== undefined, `parameter $${at + 1} is an array, and has no cast such as ::integer[]`);
    return binaryArray(type, value);
  });
}

function isArray(value: SqlValue): value is readonly Element[] {
  return Array.isArray(value);
}

function safeInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `the database holds the integer ${text}, which is no safe number`);
  return value;
}

function ownBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), "hex")); // after `\x`
}
