import { generateKeyPairSync, sign, verify } from "node:crypto";
import { test } from "node:test";
import assert from "node:assert/strict";
import { formatPrivateKey, parsePrivateKey, parsePublicKey, publicKeyOf } from "./key_pair.ts";

test("the two halves of a pair belong together, and are what other programs make of the same seed", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const seed = Buffer.from(String(privateKey.export({ format: "jwk" }).d), "base64url");
  const text = formatPrivateKey(seed);
  const parsed = parsePrivateKey(text);
  const shown = parsePublicKey(publicKeyOf(text));
  assert.ok(parsed !== null && shown !== null);
  assert.ok(parsed.equals(privateKey) && shown.equals(publicKey));
  const bytes = Buffer.from("signed");
  assert.ok(verify(null, bytes, shown, sign(null, bytes, parsed)));
  assert.ok(!publicKeyOf(text).includes(text.slice(5)));
});

test("a half of a pair is its prefix and 32 bytes of canonical base64", () => {
  const bodyOf = (bytes: number): string => Buffer.alloc(bytes, 251).toString("base64");
  assert.ok(parsePrivateKey(`whsk_${bodyOf(32)}`) !== null);
  assert.ok(parsePublicKey(`whpk_${bodyOf(32)}`) !== null);
  for (const text of [
    "",
    bodyOf(31),
    bodyOf(33),
    bodyOf(64),
    bodyOf(32).slice(0, -1),
    `${bodyOf(32)} `,
    `_${bodyOf(32).slice(1)}`,
  ]) {
    assert.equal(parsePrivateKey(`whsk_${text}`), null, text);
    assert.equal(parsePublicKey(`whpk_${text}`), null, text);
  }
  assert.equal(parsePrivateKey(`whpk_${bodyOf(32)}`), null);
  assert.equal(parsePublicKey(`whsk_${bodyOf(32)}`), null);
  assert.throws(() => formatPrivateKey(Buffer.alloc(31)));
  assert.throws(() => publicKeyOf(`whpk_${bodyOf(32)}`), { message: "a private key is malformed" });
});
