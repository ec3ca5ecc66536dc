/**
 * Encryption of secrets at rest: AES-256-GCM under a key that is derived from a master key. The text form is
 * `keyId.nonce.ciphertext` (the last two in base64url, the tag at the end of the ciphertext). What is sealed is bound to its
 * row: moved elsewhere it does not open. While master keys change, a box has two keys: it opens what either has sealed.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { assert } from "./assert.ts";
import type { Random } from "./random.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Names a key without giving it away: the first 8 hex characters of its SHA-256. */
export function secretKeyId(key: Uint8Array): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}

/** Which key has sealed a text. */
export function sealedUnder(sealedText: string): string {
  return sealedText.split(".", 1)[0] ?? "";
}

/** Seals under one key. */
export type Sealer = {
  readonly keyId: string;
  /** Encrypts `clearText`. `binding` names its place (table and row) and must be given again to open it. */
  readonly seal: (clearText: string, binding: string) => string;
};

/** Opens secrets under any of its keys, and seals them under the one that is asked for. */
export class SecretBox {
  /** Of its keys: first the one of `MASTER_KEY`. */
  readonly keyIds: readonly [string, ...string[]];
  readonly #keys: ReadonlyMap<string, Uint8Array>;
  readonly #random: Random;

  /** Each key has 32 bytes. */
  constructor(keys: readonly [Uint8Array, ...Uint8Array[]], random: Random) {
    for (const key of keys) {
      assert(key.length === KEY_BYTES, `a key of a secret box has ${key.length} bytes in place of ${KEY_BYTES}`);
    }
    const [first, ...others] = keys;
    this.keyIds = [secretKeyId(first), ...others.map(secretKeyId)];
    this.#keys = new Map(keys.map((key) => [secretKeyId(key), key]));
    this.#random = random;
  }

  /** Whether it can open what this key has sealed. */
  has(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /** For one of its keys. */
  sealer(keyId: string): Sealer {
    const key = this.#keyOf(keyId);
    const seal = (clearText: string, binding: string): string => {
      const nonce = this.#random.bytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(binding));
      const sealed = Buffer.concat([cipher.update(clearText, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${keyId}.${nonce.toString("base64url")}.${sealed.toString("base64url")}`;
    };
    return { keyId, seal };
  }

  /** Decrypts what was sealed for the same binding. Throws when it was changed, moved, or sealed by a key that it has not. */
  open(sealedText: string, binding: string): string {
    const [keyId = "", nonce = "", sealed = ""] = sealedText.split(".");
    const key = this.#keyOf(keyId);
    const bytes = Buffer.from(sealed, "base64url");
    assert(bytes.length >= TAG_BYTES, "a sealed secret is cut short");
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64url"), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(binding)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
  }

  #keyOf(keyId: string): Uint8Array {
    const key = this.#keys.get(keyId);
    assert(key !== undefined, `a secret needs the key ${keyId}, and there is only ${this.keyIds.join(" and ")}`);
    return key;
  }
}
