/**
 * Standard Webhooks signatures: was this body signed for this webhook, a moment ago? `v1` is checked with the webhook's
 * secret (`whsec_…`, HMAC-SHA256), `v1a` with its public key (`whpk_…`, ed25519).
 */
import { Buffer } from "node:buffer";
import type { KeyObject } from "node:crypto";
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";

const SECRET_PREFIX = "whsec_";
const PUBLIC_PREFIX = "whpk_";
const SECRET_BYTES_MIN = 24;
const SECRET_BYTES_MAX = 64;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURES_MAX = 10;
const TOLERANCE_S_DEFAULT = 300;
/** What stands before the bytes of an ed25519 public key in its DER (RFC 8410). */
const PUBLIC_DER_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** Headers of a request, as Node, Express or `fetch` give them. */
export type ReceivedHeaders =
  { readonly [name: string]: string | string[] | undefined } | { get(name: string): string | null };

/** What is verified. */
export type SignedRequest = {
  /** The webhook's signing secret (`whsec_…`) or public key (`whpk_…`), or several, of which one has to fit. */
  secret: string | readonly string[];
  headers: ReceivedHeaders;
  /** The body exactly as received: bytes, or the text they decode to. Never a parsed one that was written again. */
  rawBody: string | Uint8Array;
  /** How far the timestamp may be from now, earlier or later. Default 300. */
  toleranceS?: number;
  /** Epoch ms; default now. */
  nowMs?: number;
};

/** Whether a signature, without its version, is one of the signed bytes. */
type Check = { version: "v1" | "v1a"; fits: (signature: Buffer) => boolean };

/** Whether the request carries a valid signature. Throws a TypeError only for what the receiver itself got wrong. */
export function verifySignature({
  secret,
  headers,
  rawBody,
  toleranceS = TOLERANCE_S_DEFAULT,
  nowMs = Date.now(),
}: SignedRequest): boolean {
  const keys = (typeof secret === "string" ? [secret] : secret).map(keyOf);
  if (keys.length === 0) throw new TypeError("secret is an empty list. Give the signing secret of the webhook.");
  if (typeof rawBody !== "string" && !(rawBody instanceof Uint8Array)) {
    throw new TypeError("rawBody is no text and no bytes. Give the body as received, before it is parsed.");
  }
  // NaN is greater than nothing, so every age would be within it.
  if (typeof toleranceS !== "number" || !(toleranceS >= 0)) throw new TypeError("toleranceS is no number from 0 on.");
  if (!Number.isFinite(nowMs) || nowMs < 0) throw new TypeError("nowMs is no time in ms since 1970.");
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const parts = headerOf(headers, "webhook-signature").split(" ");
  // A dot in the id would let another division into id, timestamp and body have the same signature.
  if (id === "" || id.includes(".") || !/^\d{1,12}$/.test(timestamp) || parts.length > SIGNATURES_MAX) return false;
  const ageS = Math.abs(Math.floor(nowMs / 1000) - Number(timestamp));
  if (ageS > toleranceS) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), Buffer.from(rawBody)]);
  const checks = keys.map((key) => checkOf(key, signed));
  let isValid = false;
  for (const part of parts) {
    // Every pair is compared, so that the time taken does not tell which one matched.
    for (const { version, fits } of checks) {
      const signature = signatureOf(part, version);
      isValid = (signature !== null && fits(signature)) || isValid;
    }
  }
  return isValid;
}

function checkOf(key: Buffer | KeyObject, signed: Buffer): Check {
  if (!Buffer.isBuffer(key)) return { version: "v1a", fits: (signature) => verify(null, signed, key, signature) };
  const expected = createHmac("sha256", key).update(signed).digest();
  return { version: "v1", fits: (signature) => timingSafeEqual(signature, expected) };
}

/** The bytes of `v1,<base64>` (32) or `v1a,<base64>` (64); null for a signature of another version or form. */
function signatureOf(part: string, version: Check["version"]): Buffer | null {
  if (!part.startsWith(`${version},`)) return null;
  const text = part.slice(version.length + 1);
  const bytes = Buffer.from(text, "base64");
  return bytes.length === (version === "v1" ? 32 : 64) && bytes.toString("base64") === text ? bytes : null;
}

/** The bytes of a secret, or a public key. */
function keyOf(text: string): Buffer | KeyObject {
  const secret = bytesOf(text, SECRET_PREFIX);
  if (secret !== null && secret.length >= SECRET_BYTES_MIN && secret.length <= SECRET_BYTES_MAX) return secret;
  const publicKey = bytesOf(text, PUBLIC_PREFIX);
  if (publicKey !== null && publicKey.length === PUBLIC_KEY_BYTES) {
    return createPublicKey({ key: Buffer.concat([PUBLIC_DER_HEAD, publicKey]), format: "der", type: "spki" });
  }
  throw new TypeError(
    `secret is no signing secret and no public key; expected "${SECRET_PREFIX}" and ${SECRET_BYTES_MIN} to ` +
      `${SECRET_BYTES_MAX} bytes in base64, or "${PUBLIC_PREFIX}" and ${PUBLIC_KEY_BYTES}.`,
  );
}

/** What stands behind the prefix; null where that is no canonical base64, or the prefix is another one. */
function bytesOf(text: string, prefix: string): Buffer | null {
  if (typeof text !== "string" || !text.startsWith(prefix)) return null;
  const bytes = Buffer.from(text.slice(prefix.length), "base64");
  return bytes.toString("base64") === text.slice(prefix.length) ? bytes : null;
}

/** The header's one value; empty when it is missing or repeated. */
function headerOf(headers: ReceivedHeaders, name: string): string {
  if (typeof headers["get"] === "function") return headers.get(name) ?? "";
  const pairs = Object.entries(headers as { readonly [name: string]: string | string[] | undefined });
  const values = pairs.flatMap(([given, value]) => (given.toLowerCase() === name ? (value ?? []) : []));
  return values.length === 1 ? (values[0] ?? "") : "";
}
