/** The tokens of `POST /v4/auth/app-api`: JWT (HS256) that name an API key, live for an hour, and die with their key. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { KeyId } from "../ids.ts";
import { parseKeyId } from "../ids.ts";

const JWT_TTL_MS = 3_600_000;

const HEADER = Buffer.from(JSON.stringify({ alg: "HS256", typ: "JWT" })).toString("base64url");

/** What a token says: the key it stands for, and until when. */
export type JwtClaims = { keyId: KeyId; expiresAt: number };

/** The token under `key` (32 bytes); its times are whole seconds, as the standard asks. */
export function formatJwt(key: Buffer, claims: { keyId: KeyId; issuedAt: number }): string {
  const iat = Math.floor(claims.issuedAt / 1000);
  const payload = { sub: claims.keyId, iat, exp: iat + JWT_TTL_MS / 1000 };
  const signed = `${HEADER}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}`;
  return `${signed}.${sign(key, signed)}`;
}

/** Whether a credential is meant as a JWT; API keys contain no dot-separated header of ours. */
export function looksLikeJwt(text: string): boolean {
  return text.startsWith(`${HEADER}.`);
}

/** The claims of a token made under one of the keys, or null for anything else. Whether it is expired is the caller's to judge. */
export function parseJwt(keys: readonly Buffer[], token: string): JwtClaims | null {
  const signatureAt = token.lastIndexOf(".");
  const signed = token.slice(0, signatureAt);
  const given = Buffer.from(token.slice(signatureAt + 1));
  const isOurs = keys.map((key) => {
    const expected = Buffer.from(sign(key, signed));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isOurs.includes(true)) return null;
  // The signature is ours, so the payload has the form that formatJwt gave it.
  const payload = JSON.parse(Buffer.from(signed.slice(HEADER.length + 1), "base64url").toString()) as {
    sub: string;
    exp: number;
  };
  const keyId = parseKeyId(payload.sub);
  return keyId === null ? null : { keyId, expiresAt: payload.exp * 1000 };
}

function sign(key: Buffer, signed: string): string {
  return createHmac("sha256", key).update(signed).digest("base64url");
}
