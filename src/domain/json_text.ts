/**
 * JSON as text: what a publisher sent is kept and delivered byte for byte, so its parts are cut out of the text, never
 * made anew from parsed values. Cutting trusts that the text is valid, which {@link decodeJson} has checked.
 */
import { assert } from "../assert.ts";
import { locateJsonFault } from "./json_fault.ts";

/** How many objects and arrays may stand inside each other, the outermost one counted. */
export const JSON_DEPTH_MAX = 64;

/** A text that is valid JSON with its value, or why it was refused (one sentence with the place and the remedy). */
export type DecodedJson = { kind: "ok"; text: string; value: unknown } | { kind: "fault"; message: string };

/** The top-level fields of an object: the text of each value by decoded key; of a repeated key, the last one's. */
export type ObjectFields = { fields: Map<string, string>; repeated: string[] };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const SPACE = 0x20;

/** Decodes and parses a body. Refuses an empty one, a BOM, invalid UTF-8, malformed JSON, and more than 64 levels. */
export function decodeJson(bytes: Uint8Array): DecodedJson {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { kind: "fault", message: "The body begins with a byte order mark. Send UTF-8 without one." };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: "fault", message: "The body is not valid UTF-8. Send JSON encoded as UTF-8." };
  }
  return parseJsonText(text);
}

/** {@link decodeJson} for what is text already. */
export function parseJsonText(text: string): DecodedJson {
  const tooDeepAt = depthFaultAt(text);
  if (tooDeepAt !== -1) {
    const message = `The JSON is nested deeper than ${JSON_DEPTH_MAX} levels at ${placeOf(text, tooDeepAt)}. Send a flatter value.`;
    return { kind: "fault", message };
  }
  try {
    return { kind: "ok", text, value: JSON.parse(text) as unknown };
  } catch {
    const fault = locateJsonFault(text);
    return { kind: "fault", message: `Malformed JSON at ${placeOf(text, fault.at)}: ${fault.message}` };
  }
}

/** Cuts a valid JSON object into its top-level values, without the white space around them. */
export function objectFields(text: string): ObjectFields {
  const fields = new Map<string, string>();
  const repeated = new Set<string>();
  let at = afterSpace(text, 0);
  assert(text.charCodeAt(at) === BRACE_OPEN, "fields are cut out of a JSON object");
  at = afterSpace(text, at + 1);
  while (text.charCodeAt(at) !== BRACE_CLOSE) {
    if (text.charCodeAt(at) === COMMA) at = afterSpace(text, at + 1);
    const keyEnd = afterString(text, at);
    const key = keyOf(text.slice(at, keyEnd));
    at = afterSpace(text, afterSpace(text, keyEnd) + 1);
    const valueEnd = afterValue(text, at);
    if (fields.has(key)) repeated.add(key);
    fields.set(key, text.slice(at, valueEnd));
    at = afterSpace(text, valueEnd);
  }
  return { fields, repeated: [...repeated] };
}

/** Cuts a valid JSON array into its items, without the white space around them. */
export function arrayItems(text: string): string[] {
  const items: string[] = [];
  let at = afterSpace(text, 0);
  assert(text.charCodeAt(at) === BRACKET_OPEN, "items are cut out of a JSON array");
  at = afterSpace(text, at + 1);
  while (text.charCodeAt(at) !== BRACKET_CLOSE) {
    if (text.charCodeAt(at) === COMMA) at = afterSpace(text, at + 1);
    const end = afterValue(text, at);
    items.push(text.slice(at, end));
    at = afterSpace(text, end);
  }
  return items;
}

function keyOf(quoted: string): string {
  return quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

/** The index of the first character from `at` that is not white space. */
function afterSpace(text: string, at: number): number {
  let index = at;
  while (text.charCodeAt(index) <= SPACE) index++;
  assert(index < text.length, "valid JSON ends with its last bracket");
  return index;
}

/** The index after the string whose opening quote is at `at`; the end of the text when it is never closed. */
function afterString(text: string, at: number): number {
  let quoteAt = text.indexOf('"', at + 1);
  while (quoteAt !== -1) {
    let escapes = quoteAt;
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes--;
    if ((quoteAt - escapes) % 2 === 0) return quoteAt + 1;
    quoteAt = text.indexOf('"', quoteAt + 1);
  }
  return text.length;
}

/** The index after the value that begins at `at`. */
function afterValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return afterString(text, at);
  return first === BRACE_OPEN || first === BRACKET_OPEN ? afterNested(text, at) : afterScalar(text, at);
}

function afterNested(text: string, at: number): number {
  let depth = 0;
  let index = at;
  do {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = afterString(text, index);
      continue;
    }
    if (code === BRACE_OPEN || code === BRACKET_OPEN) depth++;
    else if (code === BRACE_CLOSE || code === BRACKET_CLOSE) depth--;
    index++;
  } while (depth > 0 && index < text.length);
  assert(depth === 0, "the brackets of valid JSON are closed");
  return index;
}

function afterScalar(text: string, at: number): number {
  let index = at;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === COMMA || code === BRACE_CLOSE || code === BRACKET_CLOSE || code <= SPACE) break;
    index++;
  }
  return index;
}

/** The index of the bracket that opens one level too many, or -1. Works on malformed text too. */
function depthFaultAt(text: string): number {
  let depth = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = afterString(text, index);
      continue;
    }
    if (code === BRACE_OPEN || code === BRACKET_OPEN) {
      if (++depth > JSON_DEPTH_MAX) return index;
    } else if (code === BRACE_CLOSE || code === BRACKET_CLOSE) {
      depth--;
    }
    index++;
  }
  return -1;
}

/** Where `at` is, both counted from 1. */
function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return `line ${line}, column ${at - before.lastIndexOf("\n")}`;
}
