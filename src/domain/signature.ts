/** Standard Webhooks signatures (v1.0.0): HMAC-SHA256 over `id.timestamp.body`, secrets as `whsec_<base64>`. */
import { createHmac } from "node:crypto";
import { assert } from "../assert.ts";

const PREFIX = "whsec_";
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
/** The size of a secret that we make. */
export const SECRET_BYTES_DEFAULT = 32;

/** A new secret's text from random bytes (24 to 64 of them). */
export function formatSecret(bytes: Buffer): string {
  return PREFIX + bytes.toString("base64");
}

/** The key bytes of `whsec_…`, or null where it is not 24 to 64 bytes of canonical base64. */
export function parseSecret(text: string): Buffer | null {
  if (!text.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(text.slice(PREFIX.length), "base64");
  const isCanonical = bytes.toString("base64") === text.slice(PREFIX.length);
  return isCanonical && bytes.length >= SECRET_BYTES_MIN && bytes.length <= SECRET_BYTES_MAX ? bytes : null;
}

/** What is signed. `timestampS` is in whole seconds, `body` the exact text sent. */
export type SignedContent = { id: string; timestampS: number; body: string };

/** The `webhook-signature` header: `v1,<base64>` for each secret, newest first, separated by a space. */
export function signatureHeader(secrets: readonly string[], content: SignedContent): string {
  const signed = `${content.id}.${content.timestampS}.${content.body}`;
  return secrets.map((secret) => signaturePart(secret, signed)).join(" ");
}

/** One part of the header, `v1,<base64>`: the signature of a text by one stored secret. */
export function signaturePart(secret: string, signed: string): string {
  const key = parseSecret(secret);
  assert(key !== null, "a stored signing secret is malformed");
  return `v1,${createHmac("sha256", key).update(signed, "utf8").digest("base64")}`;
}
