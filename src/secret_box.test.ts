import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { systemRandom } from "./random.ts";
import { SecretBox, sealedUnder, secretKeyId } from "./secret_box.ts";

const BINDING = "webhook_secrets/1/whk_a/sec_a";

function setup() {
  const key = randomBytes(32);
  const box = new SecretBox([key], systemRandom);
  const [keyId] = box.keyIds;
  return { key, keyId, box, seal: box.sealer(keyId).seal };
}

test("what was sealed opens under the same key and binding", () => {
  const { box, seal } = setup();
  for (const text of ["", "whsec_abc", "ключ 🔑"]) assert.equal(box.open(seal(text, BINDING), BINDING), text);
});

test("the text form is key id, nonce and ciphertext, and the same text is sealed differently each time", () => {
  const { key, keyId, seal } = setup();
  const sealed = seal("whsec_abc", BINDING);
  assert.match(sealed, /^[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
  assert.deepEqual([sealedUnder(sealed), secretKeyId(key)], [keyId, keyId]);
  assert.ok(!sealed.includes("whsec"));
  assert.notEqual(seal("whsec_abc", BINDING), sealed);
});

test("a sealed secret that was moved to another row does not open", () => {
  const { box, seal } = setup();
  assert.throws(() => box.open(seal("whsec_abc", BINDING), "webhook_secrets/1/whk_b/sec_a"));
});

test("a changed ciphertext, nonce or length does not open", () => {
  const { box, seal } = setup();
  const [keyId, nonce = "", sealed = ""] = seal("whsec_abc", BINDING).split(".");
  const flip = (text: string): string => (text.startsWith("A") ? "B" : "A") + text.slice(1);
  for (const text of [
    `${keyId}.${nonce}.${flip(sealed)}`,
    `${keyId}.${flip(nonce)}.${sealed}`,
    `${keyId}.${nonce}.AAAA`,
  ]) {
    assert.throws(() => box.open(text, BINDING));
  }
});

test("another key refuses it by naming the key it needs", () => {
  const [first, second] = [setup(), setup()];
  assert.throws(() => second.box.open(first.seal("whsec_abc", BINDING), BINDING), new RegExp(first.keyId));
  assert.throws(() => second.box.sealer(first.keyId), new RegExp(first.keyId));
});

test("a box with two keys opens what either has sealed, and seals under the one that is asked for", () => {
  const [older, newer] = [setup(), setup()];
  const box = new SecretBox([newer.key, older.key], systemRandom);
  assert.deepEqual(box.keyIds, [newer.keyId, older.keyId]);
  for (const { keyId, seal, box: alone } of [older, newer]) {
    assert.equal(box.open(seal("whsec_abc", BINDING), BINDING), "whsec_abc");
    assert.equal(alone.open(box.sealer(keyId).seal("whsec_abc", BINDING), BINDING), "whsec_abc");
    assert.ok(box.has(keyId));
  }
  assert.ok(!older.box.has(newer.keyId));
  const [, ...rest] = newer.seal("whsec_abc", BINDING).split(".");
  assert.throws(() => box.open([older.keyId, ...rest].join("."), BINDING), "the id is no more than a name");
});

test("a key of another length than 32 bytes is refused", () => {
  assert.throws(() => new SecretBox([randomBytes(31)], systemRandom));
  assert.throws(() => new SecretBox([randomBytes(32), randomBytes(33)], systemRandom));
});
