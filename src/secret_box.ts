/**
 * Encryption of secrets at rest: AES-256-GCM under the master key. The text form is `keyId.nonce.ciphertext` (the last two
 * in base64url, the tag at the end of the ciphertext). What is sealed is bound to its row: moved elsewhere it does not open.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { assert } from "./assert.ts";
import type { Random } from "./random.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals and opens secrets under one key. */
export class SecretBox {
  /** Names the key without giving it away: the first 8 hex characters of its SHA-256. */
  readonly keyId: string;
  readonly #key: Uint8Array;
  readonly #random: Random;

  /** `key` has 32 bytes. */
  constructor(key: Uint8Array, random: Random) {
    assert(key.length === KEY_BYTES, `the key of a secret box has ${key.length} bytes in place of ${KEY_BYTES}`);
    this.keyId = createHash("sha256").update(key).digest("hex").slice(0, 8);
    this.#key = key;
    this.#random = random;
  }

  /** Encrypts `clearText`. `binding` names its place (table and row) and must be given again to open it. */
  seal(clearText: string, binding: string): string {
    const nonce = this.#random.bytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(binding));
    const sealed = Buffer.concat([cipher.update(clearText, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `${this.keyId}.${nonce.toString("base64url")}.${sealed.toString("base64url")}`;
  }

  /** Decrypts what {@link seal} gave for the same binding. Throws when it was changed, moved, or sealed by another key. */
  open(sealedText: string, binding: string): string {
    const [keyId, nonce = "", sealed = ""] = sealedText.split(".");
    assert(keyId === this.keyId, `a secret was sealed under key ${keyId}, not ${this.keyId}`);
    const bytes = Buffer.from(sealed, "base64url");
    assert(bytes.length >= TAG_BYTES, "a sealed secret is cut short");
    const decipher = createDecipheriv("aes-256-gcm", this.#key, Buffer.from(nonce, "base64url"), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(binding)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString("utf8");
  }
}
