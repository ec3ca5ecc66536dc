/**
 * Signing keys by their text, ready to sign: made anew for each attempt, an ed25519 key costs twice its signature, and a
 * secret half of its own.
 */
import type { SigningKey } from "../domain/signature.ts";
import { signingKey } from "../domain/signature.ts";

/** Then all are forgotten, those of old rotations too; the next attempts make theirs again. */
export const SIGNING_KEYS_KEPT_MAX = 10_000;

export class SigningKeys {
  readonly #keys = new Map<string, SigningKey>();

  /** How many are kept. */
  get size(): number {
    return this.#keys.size;
  }

  /** The key of `whsec_…` or `whsk_…`. Throws AssertionFailure where it is neither. */
  of(text: string): SigningKey {
    let key = this.#keys.get(text);
    if (key === undefined) {
      key = signingKey(text);
      if (this.#keys.size >= SIGNING_KEYS_KEPT_MAX) this.#keys.clear();
      this.#keys.set(text, key);
    }
    return key;
  }
}
