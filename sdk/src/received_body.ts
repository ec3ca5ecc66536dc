/** The bytes of a received body against what the server says it has sent. A token alone says nothing about them. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/** A string, or what opens, closes and divides objects and lists. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/** What was sent: `contentSha256` in hexadecimal; null where the content was erased since. */
export type SentBody = { topic: string; action: string; contentSha256: string | null };

/** Whether topic, action and the bytes of `content` are the ones that were sent. Erased content fits none. */
export function isSentBody(rawBody: string | Uint8Array, sent: SentBody): boolean {
  const bytes = Buffer.from(rawBody);
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString("utf8"));
  } catch {
    return false;
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  const { topic, action } = body as { topic?: unknown; action?: unknown };
  if (topic !== sent.topic || action !== sent.action) return false;
  // One character for each byte, so that the hash is of what came, be it text or not. What is looked for is ASCII.
  const contents = fieldTexts(bytes.toString("latin1"), "content");
  const [content = ""] = contents;
  const hash = createHash("sha256").update(content, "latin1").digest("hex");
  return contents.length === 1 && hash === sent.contentSha256; // of two, a parser may take the other one
}

/** The values of the top-level fields of that name in an object that is known to be JSON, as they are written. */
function fieldTexts(json: string, name: string): string[] {
  const texts: string[] = [];
  let depth = 0;
  let key: string | null = null;
  let valueAt = 0;
  for (const { 0: token, index } of json.matchAll(TOKENS)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
    const ends = depth === 0 || (depth === 1 && token === ",");
    if (ends) {
      if (key === name) texts.push(json.slice(valueAt, index).trim());
      key = null;
    } else if (depth === 1 && token === ":") valueAt = index + 1;
    else if (depth === 1 && key === null && token.startsWith('"')) key = String(JSON.parse(token));
  }
  return texts;
}
