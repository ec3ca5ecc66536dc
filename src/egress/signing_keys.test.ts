import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPrivateKey } from "../domain/key_pair.ts";
import { formatSecret } from "../domain/signature.ts";
import { SIGNING_KEYS_KEPT_MAX, SigningKeys } from "./signing_keys.ts";

test("a key is made once for its text, whatever its version", () => {
  const keys = new SigningKeys();
  const [secret, privateKey] = [formatSecret(Buffer.alloc(32, 1)), formatPrivateKey(Buffer.alloc(32, 1))];
  assert.equal(keys.of(secret).version, "v1");
  assert.equal(keys.of(privateKey).version, "v1a");
  assert.equal(keys.of(String(Buffer.from(secret))), keys.of(secret));
  assert.equal(keys.of(String(Buffer.from(privateKey))), keys.of(privateKey));
  assert.equal(keys.size, 2);
});

test("a malformed key is refused each time, and its text is in no message", () => {
  const keys = new SigningKeys();
  for (const text of ["", "whsec_AA==", "whpk_AA==", "whsk_AA=="]) {
    for (const _ of [1, 2]) {
      assert.throws(() => keys.of(text), { name: "AssertionFailure", message: "a stored signing secret is malformed" });
    }
  }
  assert.equal(keys.size, 0);
});

test("so many keys are kept and no more", () => {
  const keys = new SigningKeys();
  const secretOf = (number: number): string => {
    const bytes = Buffer.alloc(24);
    bytes.writeUInt32BE(number);
    return formatSecret(bytes);
  };
  for (let number = 0; number < SIGNING_KEYS_KEPT_MAX; number++) keys.of(secretOf(number));
  assert.equal(keys.size, SIGNING_KEYS_KEPT_MAX);
  keys.of(secretOf(SIGNING_KEYS_KEPT_MAX));
  assert.equal(keys.size, 1);
});
