/**
 * Verification tokens: one per attempt, a pure function of its claims and a server key, so that making one costs no
 * write; only its consumption is a row. `wvt_` + base64url of: version (1 byte), tenant (4), attempt number (4), issue
 * time in ms (6), event id without its prefix (27 ASCII bytes), HMAC-SHA256 of all that cut to 24 bytes (192 bits).
 * The event id fixes the webhook and the message; the tenant fixes application and environment.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { assert } from "../assert.ts";
import type { EventId } from "../ids.ts";
import { parseEventId } from "../ids.ts";

const PREFIX = "wvt_";
const VERSION = 1;
const CLAIM_BYTES = 42;
const MAC_BYTES = 24;
/** No token is valid for longer than 7 days, whatever `TOKEN_TTL` says. */
export const TOKEN_TTL_MS_MAX = 7 * 86_400_000;
const TOKEN_CHARS = PREFIX.length + ((CLAIM_BYTES + MAC_BYTES) * 4) / 3;

/** What a token is bound to. `issuedAt` is the start of the attempt, epoch ms. */
export type TokenClaims = { tenant: number; eventId: EventId; attempt: number; issuedAt: number };

/** The token for these claims under `key` (32 bytes). */
export function formatToken(key: Buffer, claims: TokenClaims): string {
  const bytes = Buffer.allocUnsafe(CLAIM_BYTES + MAC_BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32BE(claims.tenant, 1);
  bytes.writeUInt32BE(claims.attempt, 5);
  bytes.writeUIntBE(claims.issuedAt, 9, 6);
  assert(claims.eventId.length === 4 + CLAIM_BYTES - 15, "an event id does not have its fixed length");
  bytes.write(claims.eventId.slice(4), 15, "latin1");
  mac(key, bytes.subarray(0, CLAIM_BYTES)).copy(bytes, CLAIM_BYTES);
  return PREFIX + bytes.toString("base64url");
}

/** The claims of a token made under one of the keys, or null for anything else. Constant in time for tokens of the right form. */
export function parseToken(keys: readonly Buffer[], token: string): TokenClaims | null {
  if (token.length !== TOKEN_CHARS || !token.startsWith(PREFIX)) return null;
  const bytes = Buffer.from(token.slice(PREFIX.length), "base64url");
  if (bytes.length !== CLAIM_BYTES + MAC_BYTES || bytes.toString("base64url") !== token.slice(PREFIX.length))
    return null;
  const claims = bytes.subarray(0, CLAIM_BYTES);
  const isOurs = keys.map((key) => timingSafeEqual(mac(key, claims), bytes.subarray(CLAIM_BYTES)));
  if (!isOurs.includes(true)) return null;
  const eventId = parseEventId(`evt_${claims.toString("latin1", 15)}`);
  if (claims.readUInt8(0) !== VERSION || eventId === null) return null;
  return {
    tenant: claims.readUInt32BE(1),
    attempt: claims.readUInt32BE(5),
    issuedAt: claims.readUIntBE(9, 6),
    eventId,
  };
}

function mac(key: Buffer, claims: Buffer): Buffer {
  return createHmac("sha256", key).update("webhook-verification-token.").update(claims).digest().subarray(0, MAC_BYTES);
}

/** What tokens look like in text, for masking them in what receivers send back. */
export const TOKEN_PATTERN = /wvt_[A-Za-z0-9_-]{88}/g;
/** What stands in place of a token in the history. */
export const TOKEN_MASK = "wvt_***";
