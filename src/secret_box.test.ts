import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { systemRandom } from "./random.ts";
import { SecretBox } from "./secret_box.ts";

const BINDING = "webhook_secrets/1/whk_a/sec_a";

function setup(): SecretBox {
  return new SecretBox(randomBytes(32), systemRandom);
}

test("what was sealed opens under the same key and binding", () => {
  const box = setup();
  for (const text of ["", "whsec_abc", "ключ 🔑"]) assert.equal(box.open(box.seal(text, BINDING), BINDING), text);
});

test("the text form is key id, nonce and ciphertext, and the same text is sealed differently each time", () => {
  const box = setup();
  const sealed = box.seal("whsec_abc", BINDING);
  assert.match(sealed, /^[0-9a-f]{8}\.[\w-]{16}\.[\w-]+$/);
  assert.ok(sealed.startsWith(`${box.keyId}.`));
  assert.ok(!sealed.includes("whsec"));
  assert.notEqual(box.seal("whsec_abc", BINDING), sealed);
});

test("a sealed secret that was moved to another row does not open", () => {
  const box = setup();
  assert.throws(() => box.open(box.seal("whsec_abc", BINDING), "webhook_secrets/1/whk_b/sec_a"));
});

test("a changed ciphertext, nonce or length does not open", () => {
  const box = setup();
  const [keyId, nonce = "", sealed = ""] = box.seal("whsec_abc", BINDING).split(".");
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
  assert.throws(() => second.open(first.seal("whsec_abc", BINDING), BINDING), new RegExp(first.keyId));
});

test("a key of another length than 32 bytes is refused", () => {
  assert.throws(() => new SecretBox(randomBytes(31), systemRandom));
});
