import { readFileSync } from "node:fs";
import { test } from "node:test";
import assert from "node:assert/strict";
import { publicKeyOf } from "./key_pair.ts";
import { formatSecret, parseSecret, signatureHeader, signingKey } from "./signature.ts";

/** One of docs/signature_vectors.json. */
type Vector = {
  name: string;
  id: string;
  timestamp: string;
  body?: string;
  signWith: string[];
  verifyWith: string[];
  signature: string;
};

const vectors = JSON.parse(readFileSync(new URL("../../docs/signature_vectors.json", import.meta.url), "utf8")) as {
  signed: Vector[];
};
/** What is sent is always text: bodies that are not are for receivers alone. */
const sendable = vectors.signed.flatMap((vector) =>
  vector.body === undefined ? [] : [{ ...vector, body: vector.body }],
);

for (const { name, id, timestamp, body, signWith, verifyWith, signature } of sendable) {
  test(`the published vector is signed as published: ${name}`, () => {
    const header = signatureHeader(signWith.map(signingKey), { id, timestampS: Number(timestamp), body });
    assert.equal(header, signature);
    const shown = signWith.map((key) => (key.startsWith("whsk_") ? publicKeyOf(key) : key));
    assert.deepEqual(shown, verifyWith);
  });
}

test("the vectors have both of Standard Webhooks, rotations, and both versions in one header", () => {
  assert.equal(vectors.signed.filter(({ name }) => name.startsWith("Standard Webhooks")).length, 2);
  const headers = new Set(sendable.map(({ signature }) => signature.replaceAll(/,\S+/g, "")));
  for (const versions of ["v1", "v1a", "v1 v1", "v1a v1a", "v1 v1 v1a v1a"]) assert.ok(headers.has(versions), versions);
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
