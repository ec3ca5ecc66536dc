/**
 * Arrays as parameters, in PostgreSQL's binary form: neither side quotes, escapes or parses their elements, which is most of
 * the work of sending many rows in one statement. The type of the elements is that of the parameter's cast in the statement.
 */
import { assert } from "../../assert.ts";
import { storable } from "./text.ts";

/** The types of elements by the name that casts use, with PostgreSQL's numbers for them. */
const OIDS = { integer: 23, bigint: 20, text: 25, boolean: 16, float8: 701, bytea: 17, smallint: 21 } as const;

/** See {@link elementTypes}. */
export type ElementType = keyof typeof OIDS;
/** An element; which of them suits follows from the {@link ElementType}. */
export type Element = null | number | string | boolean | Uint8Array;

const CAST = new RegExp(String.raw`\$(\d+)::(${Object.keys(OIDS).join("|")})\[\]`, "g");
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const SCALAR_BYTES_MAX = 8;
const NULL_LENGTH = -1;
const TWO_TO_32 = 2 ** 32;

/** The types of the elements of a statement's parameters that have a cast such as `$1::integer[]`, by number less one. */
export function elementTypes(text: string): (ElementType | undefined)[] {
  const types: (ElementType | undefined)[] = [];
  for (const [, number, type] of text.matchAll(CAST)) types[Number(number) - 1] = type as ElementType; // by the pattern
  return types;
}

/** The array as it is sent. */
export function binaryArray(type: ElementType, given: readonly Element[]): Buffer {
  const elements = type === "text" ? given.map(storableElement) : given;
  const buffer = Buffer.allocUnsafe(
    HEADER_BYTES + elements.reduce<number>((sum, element) => sum + sizeMax(element), 0),
  );
  const header = [1, elements.includes(null) ? 1 : 0, OIDS[type], elements.length, 1]; // one dimension, its bounds from 1
  let at = 0;
  for (const value of header) at = buffer.writeInt32BE(value, at);
  for (const element of elements) {
    if (element === null) {
      at = buffer.writeInt32BE(NULL_LENGTH, at);
      continue;
    }
    const end = writeElement(buffer, at + LENGTH_BYTES, type, element);
    buffer.writeInt32BE(end - at - LENGTH_BYTES, at);
    at = end;
  }
  return buffer.subarray(0, at);
}

function storableElement(element: Element): Element {
  return typeof element === "string" ? storable(element) : element;
}

/** How many bytes the element may take, with its length. */
function sizeMax(element: Element): number {
  if (typeof element === "string") return LENGTH_BYTES + Buffer.byteLength(element);
  return LENGTH_BYTES + (element instanceof Uint8Array ? element.length : SCALAR_BYTES_MAX);
}

/** Where it ends. */
function writeElement(buffer: Buffer, at: number, type: ElementType, element: NonNullable<Element>): number {
  if (type === "text" && typeof element === "string") return at + buffer.write(element, at);
  if (type === "boolean" && typeof element === "boolean") return buffer.writeUInt8(element ? 1 : 0, at);
  if (type === "float8" && typeof element === "number") return buffer.writeDoubleBE(element, at);
  if (type === "bytea" && element instanceof Uint8Array) {
    buffer.set(element, at);
    return at + element.length;
  }
  assert(Number.isSafeInteger(element), `an element of ${type}[] is the ${typeof element} ${String(element)}`);
  return writeInteger(buffer, at, type, Number(element));
}

function writeInteger(buffer: Buffer, at: number, type: ElementType, value: number): number {
  if (type === "integer") return buffer.writeInt32BE(value, at);
  if (type === "smallint") return buffer.writeInt16BE(value, at);
  assert(type === "bigint", `an element of ${type}[] is the number ${value}`);
  const high = Math.floor(value / TWO_TO_32);
  return buffer.writeUInt32BE(value - high * TWO_TO_32, buffer.writeInt32BE(high, at));
}
