/**
 * How values cross the wire. 64-bit integers become numbers, here and nowhere else, and must be safe ones; bytes become views
 * of memory of their own. PostgreSQL's text cannot hold U+0000, which JSON text never has but as an escape: in any other
 * text it becomes U+FFFD, when it is stored and when it is searched for alike.
 */
import pg from "pg";
import { assert } from "../../assert.ts";

type Scalar = null | number | string | boolean | Uint8Array;
/** What can be bound to a parameter. Arrays are bound to parameters with a cast such as `$1::integer[]`. */
export type SqlValue = Scalar | readonly Scalar[];

/** For the `types` of a client. */
export const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === pg.types.builtins.INT8) return safeInteger;
    if (oid === pg.types.builtins.BYTEA) return ownBytes;
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown; // as pg itself does
  },
};

/** The value as `pg` is to send it. */
export function boundValue(value: SqlValue): unknown {
  if (typeof value === "string") return storable(value);
  return Array.isArray(value) ? arrayText(value) : value;
}

function safeInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `the database holds the integer ${text}, which is no safe number`);
  return value;
}

function ownBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), "hex")); // after `\x`
}

function storable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}

/** An array as its text form. */
function arrayText(values: readonly Scalar[]): string {
  return `{${values.map(elementText).join(",")}}`;
}

function elementText(value: Scalar): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return quoted(storable(value));
  if (typeof value === "object") {
    return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}"`;
  }
  return String(value);
}

function quoted(text: string): string {
  return `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, String.raw`\$&`) : text}"`;
}
