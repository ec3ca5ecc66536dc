import { test } from "node:test";
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { completeApiKey, hashApiKey, isKeyOf, newApiKey, newAppId, shownPrefix } from "./keys.ts";
import { systemRandom } from "./random.ts";

const APP_ID = "appId_6f9619ff-8b86-4011-b42d-00c04fc964ff";
const OWNER = { kind: "tenant", appId: APP_ID, appEnv: "PRODUCTION" } as const;

test("a tenant's key names its environment and its application, and its secret has no underscore", () => {
  const key = newApiKey(OWNER, systemRandom);
  assert.match(key, /^skv2_production_6f9619ff-8b86-4011-b42d-00c04fc964ff_[0-9A-Za-z]{49}$/);
  assert.ok(isKeyOf(key, OWNER));
  assert.notEqual(newApiKey(OWNER, systemRandom), key);
});

test("the keys of the platform and the operator have their kind in place of the environment", () => {
  for (const kind of ["platform", "operator"] as const) {
    assert.match(newApiKey({ kind }, systemRandom), new RegExp(`^skv2_${kind}_[0-9a-f-]{36}_[0-9A-Za-z]{49}$`));
  }
});

test("the end of a secret is the checksum of the rest", () => {
  const secret = newApiKey(OWNER, systemRandom).split("_").at(-1) ?? "";
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const checksum = secret
    .slice(-6)
    .split("")
    .reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
  assert.equal(checksum, crc32(secret.slice(0, -6)));
});

test("a key of another application, environment or form is not this tenant's", () => {
  const secret = "0123456789abcdef";
  assert.ok(isKeyOf(completeApiKey(OWNER, secret), OWNER));
  assert.ok(!isKeyOf(completeApiKey(OWNER, secret), { ...OWNER, appEnv: "TEST" }));
  assert.ok(!isKeyOf(completeApiKey(OWNER, secret), { ...OWNER, appId: newAppId(systemRandom) }));
  for (const wrong of [secret.slice(1), `${secret}_x`, `${secret} `, `${secret}\n`, "x".repeat(257)]) {
    assert.ok(!isKeyOf(completeApiKey(OWNER, wrong), OWNER), wrong);
  }
});

test("what is shown of a key is all but its secret and four characters", () => {
  const key = newApiKey(OWNER, systemRandom);
  assert.equal(shownPrefix(key), key.slice(0, -45));
  assert.equal(shownPrefix(`${key.slice(0, -1)}_`), key.slice(0, -45));
  for (const own of ["an own operator key", "an_own_operator_key", "an_o-of-64-kinds-of-characters_"]) {
    assert.equal(shownPrefix(own), own.slice(0, 4), own);
  }
});

test("a hash is the SHA-256 of the whole key", () => {
  assert.equal(hashApiKey("abc").toString("hex").slice(0, 8), "ba7816bf");
});

test("an application id is a version 4 UUID with its prefix", () => {
  assert.match(newAppId(systemRandom), /^appId_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
