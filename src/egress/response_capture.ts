/** Makes what a receiver sent fit for the history: text that is safe to store and show, tokens masked. Pure. */
import { TOKEN_MASK, TOKEN_PATTERN } from "../domain/token.ts";
import type { HeaderPair } from "../domain/values.ts";

const TOKEN_START = "wvt_";
/** A token that the end of the captured bytes cuts off. */
const CUT_TOKEN = /wvt_[A-Za-z0-9_-]{0,87}$/;
const UNSAFE = /[^\t\u0020-\u007e]/;
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** The bytes of a body, one a character, with every token masked, also one that is cut off at their end. */
export function maskTokensInBody(body: string): string {
  return body.includes(TOKEN_START) ? body.replace(TOKEN_PATTERN, TOKEN_MASK).replace(CUT_TOKEN, TOKEN_MASK) : body;
}

/** Pairs from name, value, name, value, …, in their order. */
export function capturedHeaders(rawHeaders: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    pairs.push([safeText(rawHeaders[at] ?? ""), safeText(rawHeaders[at + 1] ?? "")]);
  }
  return pairs;
}

/** The first header of that name (lower case), or null. */
export function headerValue(headers: readonly HeaderPair[], name: string): string | null {
  for (const header of headers) {
    if (header[0].length === name.length && header[0].toLowerCase() === name) return header[1];
  }
  return null;
}

/** Bytes (one a character) as UTF-8 text, what is invalid and controls as U+FFFD, tokens masked. */
export function safeText(bytes: string): string {
  const text = UNSAFE.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8").replace(CONTROLS, "\ufffd") : bytes;
  return text.includes(TOKEN_START) ? text.replace(TOKEN_PATTERN, TOKEN_MASK) : text;
}
