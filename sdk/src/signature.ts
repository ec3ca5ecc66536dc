/** Standard Webhooks signatures (v1): was this body signed with the webhook's secret, a moment ago? */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

const SECRET_PREFIX = "whsec_";
const KEY_BYTES_MIN = 24;
const KEY_BYTES_MAX = 64;
const SIGNATURES_MAX = 10;
const TOLERANCE_S_DEFAULT = 300;

/** Headers of a request, as Node, Express or `fetch` give them. */
export type ReceivedHeaders =
  { readonly [name: string]: string | string[] | undefined } | { get(name: string): string | null };

/** What is verified. */
export type SignedRequest = {
  /** The webhook's signing secret, or several during a rotation. */
  secret: string | readonly string[];
  headers: ReceivedHeaders;
  /** The body exactly as received: bytes, or the text they decode to. Never a parsed one that was written again. */
  rawBody: string | Uint8Array;
  /** How far the timestamp may be from now, earlier or later. Default 300. */
  toleranceS?: number;
  /** Epoch ms; default now. */
  nowMs?: number;
};

/** Whether the request carries a valid signature. Throws a TypeError only for what the receiver itself got wrong. */
export function verifySignature({ secret, headers, rawBody, toleranceS, nowMs }: SignedRequest): boolean {
  const keys = (typeof secret === "string" ? [secret] : secret).map(keyOf);
  if (keys.length === 0) throw new TypeError("secret is an empty list. Give the signing secret of the webhook.");
  if (typeof rawBody !== "string" && !(rawBody instanceof Uint8Array)) {
    throw new TypeError("rawBody is no text and no bytes. Give the body as received, before it is parsed.");
  }
  const id = headerOf(headers, "webhook-id");
  const timestamp = headerOf(headers, "webhook-timestamp");
  const signatures = headerOf(headers, "webhook-signature").split(" ");
  // A dot in the id would let another division into id, timestamp and body have the same signature.
  if (id === "" || id.includes(".") || !/^\d{1,12}$/.test(timestamp) || signatures.length > SIGNATURES_MAX)
    return false;
  const ageS = Math.abs(Math.floor((nowMs ?? Date.now()) / 1000) - Number(timestamp));
  if (ageS > (toleranceS ?? TOLERANCE_S_DEFAULT)) return false;
  const expected = keys.map((key) => createHmac("sha256", key).update(`${id}.${timestamp}.`).update(rawBody).digest());
  let isValid = false;
  for (const given of signatures.map(digestOf)) {
    // Every pair is compared, so that the time taken does not tell which one matched.
    for (const digest of expected) isValid = (given !== null && timingSafeEqual(given, digest)) || isValid;
  }
  return isValid;
}

/** The 32 bytes of a `v1,<base64>` signature, or null for any other one. */
function digestOf(signature: string): Buffer | null {
  if (!signature.startsWith("v1,")) return null;
  const bytes = Buffer.from(signature.slice(3), "base64");
  return bytes.length === 32 && bytes.toString("base64") === signature.slice(3) ? bytes : null;
}

function keyOf(secret: string): Buffer {
  const text = typeof secret === "string" && secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : "";
  const key = Buffer.from(text, "base64");
  if (key.toString("base64") !== text || key.length < KEY_BYTES_MIN || key.length > KEY_BYTES_MAX) {
    throw new TypeError(
      `secret is no signing secret; expected "${SECRET_PREFIX}" and ${KEY_BYTES_MIN} to ${KEY_BYTES_MAX} bytes in base64.`,
    );
  }
  return key;
}

/** The header's one value; empty when it is missing or repeated. */
function headerOf(headers: ReceivedHeaders, name: string): string {
  if (typeof headers["get"] === "function") return headers.get(name) ?? "";
  const pairs = Object.entries(headers as { readonly [name: string]: string | string[] | undefined });
  const values = pairs.flatMap(([given, value]) => (given.toLowerCase() === name ? (value ?? []) : []));
  return values.length === 1 ? (values[0] ?? "") : "";
}
