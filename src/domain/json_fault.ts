/**
 * Where malformed JSON is malformed, and what to do about it. `JSON.parse` does not always name the place, so a text
 * that it refused is read once more here, by the grammar of RFC 8259. Only for refused texts: it is slow and recursive.
 */
import { assert } from "../assert.ts";

/** The index of the first character that cannot be there, and a sentence about it. */
export type JsonFault = { at: number; message: string };

type Reader = { readonly text: string; at: number };
/** What is wrong at the reader's place, or null. */
type Found = string | null;

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const STRING_PART = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The fault of a text that `JSON.parse` refused; its nesting must be bounded by the caller. */
export function locateJsonFault(text: string): JsonFault {
  const reader: Reader = { text, at: 0 };
  skip(reader, SPACE);
  if (reader.at === text.length) return { at: 0, message: "it is empty. Send a JSON value." };
  let message = readValue(reader);
  if (message === null) {
    skip(reader, SPACE);
    assert(reader.at < text.length, "a refused JSON text has a fault");
    message = `${found(reader)} after the end of the value. Send one JSON value and nothing else.`;
  }
  return { at: reader.at, message };
}

function readValue(reader: Reader): Found {
  skip(reader, SPACE);
  switch (reader.text[reader.at]) {
    case "{":
      return readMembers(reader, { close: "}", readMember: readField });
    case "[":
      return readMembers(reader, { close: "]", readMember: readValue });
    case '"':
      return readString(reader);
    default:
      return skip(reader, LITERAL) || skip(reader, NUMBER) ? null : expectedValue(reader);
  }
}

function readMembers(reader: Reader, kind: { close: "}" | "]"; readMember: (reader: Reader) => Found }): Found {
  reader.at++;
  skip(reader, SPACE);
  if (take(reader, kind.close)) return null;
  for (;;) {
    const fault = kind.readMember(reader);
    if (fault !== null) return fault;
    skip(reader, SPACE);
    if (take(reader, kind.close)) return null;
    if (!take(reader, ",")) return `${found(reader)} where "," or "${kind.close}" is expected.${endHint(reader)}`;
    skip(reader, SPACE);
    if (reader.text[reader.at] === kind.close) return `${found(reader)} after a comma. Remove the last comma.`;
  }
}

function readField(reader: Reader): Found {
  skip(reader, SPACE);
  if (reader.text[reader.at] !== '"') {
    const hint = endHint(reader) || " Field names stand in double quotes.";
    return `${found(reader)} where a field name is expected.${hint}`;
  }
  const fault = readString(reader);
  if (fault !== null) return fault;
  skip(reader, SPACE);
  if (!take(reader, ":")) return `${found(reader)} where ":" is expected.${endHint(reader)}`;
  return readValue(reader);
}

function readString(reader: Reader): Found {
  reader.at++;
  while (skip(reader, STRING_PART));
  if (take(reader, '"')) return null;
  if (reader.text[reader.at] === "\\") return 'a backslash that begins no escape. Write it as "\\\\".';
  if (reader.at === reader.text.length) return "the text ends inside a string. Send the whole body.";
  return `${found(reader)} inside a string. Escape control characters, such as a line break as "\\n".`;
}

function expectedValue(reader: Reader): string {
  const rest = reader.text.slice(reader.at, reader.at + 9);
  const what = `${found(reader)} where a value is expected.`;
  if (rest === "") return what + endHint(reader);
  if (rest.startsWith("'")) return `${what} Strings stand in double quotes.`;
  if (rest.startsWith("/")) return `${what} JSON has no comments.`;
  if (/^(?:NaN|undefined|-?Infinity|None)/.test(rest)) return `${what} Use null.`;
  if (/^(?:True|False)/.test(rest)) return `${what} Write true and false in lower case.`;
  return /^[+.]/.test(rest) ? `${what} Numbers begin with a digit or "-".` : what;
}

function endHint(reader: Reader): string {
  return reader.at >= reader.text.length ? " Send the whole body." : "";
}

function found(reader: Reader): string {
  const point = reader.text.codePointAt(reader.at);
  return point === undefined ? "the text ends" : `found ${JSON.stringify(String.fromCodePoint(point))}`;
}

/** Moves past `pattern` (sticky) at the reader's place; whether anything was there. */
function skip(reader: Reader, pattern: RegExp): boolean {
  pattern.lastIndex = reader.at;
  const isThere = pattern.test(reader.text) && pattern.lastIndex > reader.at;
  if (isThere) reader.at = pattern.lastIndex;
  return isThere;
}

function take(reader: Reader, char: string): boolean {
  const isThere = reader.text[reader.at] === char;
  if (isThere) reader.at++;
  return isThere;
}
