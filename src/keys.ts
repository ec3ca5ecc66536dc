/**
 * The format of API keys, which clients of the hosted product take apart:
 * `skv2_<env in lower case>_<appId without its "appId_">_<secret without "_">`. Keys of the platform and of the operator
 * have their kind in the place of the environment and a random UUID in the place of the application. Only the SHA-256 of a
 * whole key is ever stored.
 */
import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { AppEnv, Scope } from "./domain/values.ts";
import type { Random } from "./random.ts";

const PREFIX = "skv2";
const APP_ID_PREFIX = "appId_";
const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 43 characters of 62 kinds are 256 bits. */
const SECRET_CHARS = 43;
const CHECKSUM_CHARS = 6;
const PUBLIC_PART = new RegExp(`^${PREFIX}_[a-z]{1,16}_${UUID}_`);
/** How much of a key the console shows, so that its owner recognises it: all but its secret, and 4 characters of that. */
const SHOWN_SECRET_CHARS = 4;

/** What an application's id looks like; ids of the hosted product have this form and can be brought along. */
export const APP_ID_PATTERN = `^${APP_ID_PREFIX}${UUID}$`;
/** What the secret part of a key that is brought along looks like. */
const KEY_SECRET_PATTERN = "[A-Za-z0-9.~+/=-]{16,256}";
/** The longest header value that is looked up as a key. */
export const KEY_CHARS_MAX = 512;

/** The scopes of a tenant's key that is made without any: the platform alone publishes. */
export const DEFAULT_SCOPES: readonly Scope[] = ["webhooks", "events", "tokens"];

/** Whose key it is, as far as its text says so. */
export type KeyOwner = { kind: "tenant"; appId: string; appEnv: AppEnv } | { kind: "platform" | "operator" };

/** A new random key of 256 bits. Its secret ends in a checksum, by which scanners of leaked secrets recognise it. */
export function newApiKey(owner: KeyOwner, random: Random): string {
  const chars = randomChars(SECRET_CHARS, random);
  return keyPrefix(owner, random) + chars + checksum(chars);
}

/** The key that its owner knows by its last part alone, as older clients send it. */
export function completeApiKey(owner: { appId: string; appEnv: AppEnv }, secret: string): string {
  return `${PREFIX}_${owner.appEnv.toLowerCase()}_${owner.appId.slice(APP_ID_PREFIX.length)}_${secret}`;
}

/** Whether `key` is a well-formed key of this application environment. */
export function isKeyOf(key: string, owner: { appId: string; appEnv: AppEnv }): boolean {
  const start = completeApiKey(owner, "");
  return key.startsWith(start) && new RegExp(`^${KEY_SECRET_PATTERN}$`).test(key.slice(start.length));
}

/** The part of a key that may be stored and shown. An operator's own key may have any form: then all of it is secret. */
export function shownPrefix(key: string): string {
  return key.slice(0, (publicPart(key)?.length ?? 0) + SHOWN_SECRET_CHARS);
}

/** The part of a key that is no secret: whose key it is. Null for a text of another form. */
export function publicPart(key: string): string | null {
  return PUBLIC_PART.exec(key)?.[0] ?? null;
}

/** The SHA-256 of a whole key: what is stored of it. */
export function hashApiKey(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

/** A new application id. */
export function newAppId(random: Random): string {
  return APP_ID_PREFIX + newUuid(random);
}

function keyPrefix(owner: KeyOwner, random: Random): string {
  return owner.kind === "tenant" ? completeApiKey(owner, "") : `${PREFIX}_${owner.kind}_${newUuid(random)}_`;
}

/** A version 4 UUID. */
function newUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function randomChars(count: number, random: Random): string {
  let chars = "";
  while (chars.length < count) {
    for (const byte of random.bytes(count)) {
      // 248 = 4 × 62: the bytes above would favour some characters.
      if (byte < 248 && chars.length < count) chars += DIGITS.charAt(byte % 62);
    }
  }
  return chars;
}

function checksum(chars: string): string {
  let rest = crc32(chars);
  let text = "";
  for (let place = 0; place < CHECKSUM_CHARS; place++) {
    text = DIGITS.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
