import { test } from "node:test";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { KeyId } from "../ids.ts";
import { formatJwt, looksLikeJwt, parseJwt } from "./jwt.ts";

const KEY = Buffer.alloc(32, 7);
const KEY_ID = "key_0VbqWeCc000Z7hjQirIUX3" as KeyId;
const TOKEN = formatJwt(KEY, { keyId: KEY_ID, issuedAt: 1_700_000_000_123 });

test("a token is a JWT with HS256 that names its key and lives for an hour", () => {
  const [header = "", payload = "", signature] = TOKEN.split(".");
  const decoded = [header, payload].map((part) => JSON.parse(Buffer.from(part, "base64url").toString()) as unknown);
  assert.deepEqual(decoded, [
    { alg: "HS256", typ: "JWT" },
    { sub: KEY_ID, iat: 1_700_000_000, exp: 1_700_003_600 },
  ]);
  assert.equal(signature, createHmac("sha256", KEY).update(`${header}.${payload}`).digest("base64url"));
  assert.ok(looksLikeJwt(TOKEN));
  assert.deepEqual(parseJwt([KEY], TOKEN), { keyId: KEY_ID, expiresAt: 1_700_003_600_000 });
});

test("a token that was changed, cut, signed with another key or not at all is none", () => {
  const [header, payload = "", signature = ""] = TOKEN.split(".");
  const other = Buffer.from(JSON.stringify({ sub: KEY_ID, exp: 9e9 })).toString("base64url");
  const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
  for (const forged of [
    `${header}.${other}.${signature}`,
    `${none}.${payload}.`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${header}.`,
    TOKEN.slice(0, -1),
    formatJwt(Buffer.alloc(32), { keyId: KEY_ID, issuedAt: 0 }),
  ]) {
    assert.equal(parseJwt([KEY], forged), null, forged);
  }
});
