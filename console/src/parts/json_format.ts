/**
 * JSON as it was written: laid out for reading, and cut into its parts, without altering a token. Numbers beyond 2^53,
 * repeated keys, escapes and the order of keys survive, which they would not if the text were parsed and printed again.
 */

/** Beyond so many levels lines are indented no further: what is nested 16,000 deep must not become 250 MB of spaces. */
const INDENTED_LEVELS_MAX = 64;
const INDENT = "  ";
/** A break and the indentation of each level: made once, for they are written by the hundred thousand. */
const LINE_BREAKS = Array.from({ length: INDENTED_LEVELS_MAX + 1 }, (_, level) => `\n${INDENT.repeat(level)}`);
const QUOTE = 34;
const BACKSLASH = 92;

/** Whether the text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The same tokens, a member or an element to a line; null where the text is not JSON. */
export function prettyJson(text: string): string | null {
  if (!isJson(text)) return null;
  const parts: string[] = [];
  let level = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "{" || char === "[") {
      const next = skipSpace(text, at + 1);
      if (text[next] === "}" || text[next] === "]") {
        parts.push(char, text[next] ?? "");
        at = next + 1;
        continue;
      }
      level++;
      parts.push(char, lineBreak(level));
      at++;
    } else if (char === "}" || char === "]") {
      level--;
      parts.push(lineBreak(level), char);
      at++;
    } else if (char === ",") {
      parts.push(char, lineBreak(level));
      at++;
    } else if (char === ":") {
      parts.push(": ");
      at++;
    } else if (isSpace(char)) {
      at++;
    } else {
      const end = scalarEnd(text, at);
      parts.push(text.slice(at, end));
      at = end;
    }
  }
  return parts.join("");
}

/** The value of a member of the outermost object, as it was written; null where there is none. Of repeated names the last. */
export function rawMember(text: string, name: string): string | null {
  let found: string | null = null;
  let at = skipSpace(text, 0);
  if (text[at] !== "{") return null;
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const keyEnd = scalarEnd(text, at);
    const isWanted = JSON.parse(text.slice(at, keyEnd)) === name;
    const valueAt = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = skipValue(text, valueAt);
    if (isWanted) found = text.slice(valueAt, valueEnd);
    at = skipSpace(text, valueEnd);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return found;
}

/** The same JSON on one line, for NDJSON: a line break can only be space between its parts, never inside a text. */
export function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]+/g, " ");
}

/** The elements of an array, each as it was written; none where the text is no array. */
export function rawElements(text: string): string[] {
  const elements: string[] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== "[") return elements;
  at = skipSpace(text, at + 1);
  while (at < text.length && text[at] !== "]") {
    const end = skipValue(text, at);
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return elements;
}

/** Behind the value that begins at `at`. The text is JSON. */
function skipValue(text: string, at: number): number {
  let depth = 0;
  let next = at;
  do {
    const char = text[next] ?? "";
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    next = char === "" || isPunctuation(char) || isSpace(char) ? next + 1 : scalarEnd(text, next);
  } while (depth > 0 && next < text.length);
  return next;
}

/** Behind the string, number or word that begins at `at`. */
export function scalarEnd(text: string, at: number): number {
  let end = at + 1;
  if (text.charCodeAt(at) === QUOTE) {
    for (let code = text.charCodeAt(end); end < text.length && code !== QUOTE; code = text.charCodeAt(end)) {
      end += code === BACKSLASH ? 2 : 1;
    }
    return Math.min(text.length, end + 1);
  }
  while (end < text.length && !isPunctuation(text[end] ?? "") && !isSpace(text[end] ?? "")) end++;
  return end;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && isSpace(text[next] ?? "")) next++;
  return next;
}

/** Whether JSON may have the character between its parts. */
export function isSpace(char: string): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t";
}

/** Whether the character opens, closes or parts something. */
export function isPunctuation(char: string): boolean {
  return char === "{" || char === "}" || char === "[" || char === "]" || char === "," || char === ":";
}

function lineBreak(level: number): string {
  return LINE_BREAKS[Math.min(level, INDENTED_LEVELS_MAX)] ?? "\n";
}
