/**
 * The key pairs of `v1a` signatures (ed25519), as Standard Webhooks writes them: `whsk_` and `whpk_`, each with base64 of
 * 32 bytes. A private key is its seed.
 */
import type { KeyObject } from "node:crypto";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { assert } from "../assert.ts";

const PRIVATE_PREFIX = "whsk_";
const PUBLIC_PREFIX = "whpk_";
/** How many bytes either half of a pair has. */
export const KEY_PAIR_BYTES = 32;
/** What stands before the 32 bytes in the DER of a private key (RFC 8410, PKCS #8) and of a public one (SPKI). */
const PRIVATE_DER_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_DER_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** The private key of 32 random bytes. */
export function formatPrivateKey(seed: Buffer): string {
  assert(seed.length === KEY_PAIR_BYTES, `the seed of a private key has ${seed.length} bytes`);
  return PRIVATE_PREFIX + seed.toString("base64");
}

/** The public half (`whpk_…`) of a private key (`whsk_…`). */
export function publicKeyOf(privateKey: string): string {
  const key = parsePrivateKey(privateKey);
  assert(key !== null, "a private key is malformed");
  const der = createPublicKey(key).export({ type: "spki", format: "der" });
  return PUBLIC_PREFIX + der.subarray(PUBLIC_DER_HEAD.length).toString("base64");
}

/** The key of `whsk_…`, ready to sign; null where it is not 32 bytes of canonical base64. */
export function parsePrivateKey(text: string): KeyObject | null {
  const seed = parseBytes(text, PRIVATE_PREFIX);
  if (seed === null) return null;
  return createPrivateKey({ key: Buffer.concat([PRIVATE_DER_HEAD, seed]), format: "der", type: "pkcs8" });
}

/** The key of `whpk_…`, ready to verify; null where it is not 32 bytes of canonical base64. */
export function parsePublicKey(text: string): KeyObject | null {
  const bytes = parseBytes(text, PUBLIC_PREFIX);
  if (bytes === null) return null;
  return createPublicKey({ key: Buffer.concat([PUBLIC_DER_HEAD, bytes]), format: "der", type: "spki" });
}

function parseBytes(text: string, prefix: string): Buffer | null {
  if (!text.startsWith(prefix)) return null;
  const bytes = Buffer.from(text.slice(prefix.length), "base64");
  return bytes.length === KEY_PAIR_BYTES && bytes.toString("base64") === text.slice(prefix.length) ? bytes : null;
}
