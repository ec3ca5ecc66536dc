import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { IdMinter, eventIdOf } from "../ids.ts";
import { systemRandom } from "../random.ts";
import { TOKEN_PATTERN, formatToken, parseToken } from "./token.ts";

const KEY = Buffer.alloc(32, 3);
const OTHER_KEY = Buffer.alloc(32, 4);
const eventId = eventIdOf(new IdMinter(systemRandom).mint("msg", 1_767_571_200_000), 4_711);
const CLAIMS = { tenant: 7, eventId, attempt: 2, issuedAt: 1_767_571_200_123 };

test("a token gives back its claims, under its own key alone", () => {
  const token = formatToken(KEY, CLAIMS);
  assert.deepEqual(parseToken([KEY], token), CLAIMS);
  assert.equal(parseToken([OTHER_KEY], token), null);
});

test("of several keys any may have made a token", () => {
  const token = formatToken(KEY, CLAIMS);
  assert.deepEqual(parseToken([KEY, OTHER_KEY], token), CLAIMS);
  assert.deepEqual(parseToken([OTHER_KEY, KEY], token), CLAIMS);
  assert.equal(parseToken([OTHER_KEY, Buffer.alloc(32, 5)], token), null);
});

test("no claim can be changed and no character altered without the token becoming unknown", () => {
  const token = formatToken(KEY, CLAIMS);
  fc.assert(
    fc.property(fc.integer({ min: 4, max: token.length - 1 }), fc.integer({ min: 1, max: 63 }), (at, shift) => {
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const digit = alphabet.charAt((alphabet.indexOf(token.charAt(at)) + shift) % 64);
      assert.equal(parseToken([KEY], token.slice(0, at) + digit + token.slice(at + 1)), null);
    }),
  );
  for (const text of [
    "",
    "wvt_",
    token.slice(0, -1),
    `${token}A`,
    token.replace("wvt_", "wvx_"),
    `${token.slice(0, -1)}=`,
  ]) {
    assert.equal(parseToken([KEY], text), null);
  }
});

test("every token matches the pattern by which tokens are masked", () => {
  assert.deepEqual(`x${formatToken(KEY, CLAIMS)} y`.match(TOKEN_PATTERN), [formatToken(KEY, CLAIMS)]);
});
