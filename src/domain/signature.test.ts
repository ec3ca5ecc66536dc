import { test } from "node:test";
import assert from "node:assert/strict";
import { formatSecret, parseSecret, signatureHeader } from "./signature.ts";

test("the published vector of Standard Webhooks is signed as published", () => {
  const content = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestampS: 1_614_265_330, body: '{"test": 2432232314}' };
  const header = signatureHeader(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], content);
  assert.equal(header, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test("every live secret signs, newest first, separated by a space", () => {
  const secrets = [formatSecret(Buffer.alloc(32, 1)), formatSecret(Buffer.alloc(24, 2))];
  const content = { id: "evt_1", timestampS: 1, body: "{}" };
  const header = signatureHeader(secrets, content);
  assert.deepEqual(
    header.split(" "),
    secrets.map((secret) => signatureHeader([secret], content)),
  );
});

test("a secret has 24 to 64 bytes of canonical base64", () => {
  for (const bytes of [24, 32, 64]) assert.equal(parseSecret(formatSecret(Buffer.alloc(bytes, 9)))?.length, bytes);
  for (const text of [
    formatSecret(Buffer.alloc(23, 9)),
    formatSecret(Buffer.alloc(65, 9)),
    "whsec_",
    "whsec_AA==",
    "whpk_" + Buffer.alloc(32).toString("base64"),
    formatSecret(Buffer.alloc(32, 9)) + " ",
    formatSecret(Buffer.alloc(32, 255)).replaceAll("/", "_"),
  ]) {
    assert.equal(parseSecret(text), null, text);
  }
});
