/**
 * Standard Webhooks signatures (v1.0.0) over `id.timestamp.body`: `v1`, HMAC-SHA256 under a secret (`whsec_…`), and `v1a`,
 * ed25519 under a private key (`whsk_…`).
 */
import type { KeyObject } from "node:crypto";
import { createHmac, createSecretKey, sign } from "node:crypto";
import { assert } from "../assert.ts";
import { parsePrivateKey } from "./key_pair.ts";
import type { SignatureVersion } from "./webhook.ts";

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

/** A key ready to sign. Making one of its text costs as much as signing does: whoever signs often keeps it. */
export type SigningKey = { version: SignatureVersion; key: KeyObject };

/** The key of a stored secret or private key, by its prefix. */
export function signingKey(text: string): SigningKey {
  const secret = parseSecret(text);
  if (secret !== null) return { version: "v1", key: createSecretKey(secret) };
  const privateKey = parsePrivateKey(text);
  assert(privateKey !== null, "a stored signing secret is malformed");
  return { version: "v1a", key: privateKey };
}

/** What is signed. `timestampS` is in whole seconds, `body` the exact text sent. */
export type SignedContent = { id: string; timestampS: number; body: string };

/** The `webhook-signature` header: one part for each key, in the order of the keys, separated by a space. */
export function signatureHeader(keys: readonly SigningKey[], content: SignedContent): string {
  const signed = `${content.id}.${content.timestampS}.${content.body}`;
  return keys.map((key) => signaturePart(key, signed)).join(" ");
}

/** One part of the header, `v1,<base64>` or `v1a,<base64>`: the signature of a text by one key. */
export function signaturePart({ version, key }: SigningKey, signed: string): string {
  const signature =
    version === "v1"
      ? createHmac("sha256", key).update(signed, "utf8").digest("base64")
      : sign(null, Buffer.from(signed, "utf8"), key).toString("base64");
  return `${version},${signature}`;
}
