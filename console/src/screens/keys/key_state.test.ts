import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiKey } from "./key_state.ts";
import { isExpired, keyWarnings, replacedKeys } from "./key_state.ts";

const NOW = Date.parse("2026-11-24T12:00:00.000Z");
const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(NOW - days * DAY_MS).toISOString();

function key(change: Partial<ApiKey>): ApiKey {
  const dates = { _createdAt: daysAgo(30), expiresAt: daysAgo(-60), lastUsedAt: daysAgo(1) };
  const who = { _id: "key_1", kind: "tenant", name: "Billing", scopes: ["tokens"], prefix: "skv2_test_1" } as const;
  return {
    ...who,
    scopes: [...who.scopes],
    createdBy: null,
    lastUsedIp: null,
    networks: [],
    newNetworkAt: null,
    ...dates,
    ...change,
  };
}

test("a key is expired from its very expiry on", () => {
  assert.equal(isExpired(key({ expiresAt: daysAgo(0) }), NOW), true);
  assert.equal(isExpired(key({ expiresAt: new Date(NOW + 1).toISOString() }), NOW), false);
  assert.equal(isExpired(key({ expiresAt: null }), NOW), false);
});

test("a key is worth a look for two weeks after it was used from a new network", () => {
  assert.deepEqual(keyWarnings(key({ newNetworkAt: daysAgo(13) }), NOW), ["newNetwork"]);
  assert.deepEqual(keyWarnings(key({ newNetworkAt: daysAgo(14) }), NOW), []);
});

test("a key is worth a look when unused for a week, without an expiry, or soon expired, but not once it is expired", () => {
  assert.deepEqual(keyWarnings(key({}), NOW), []);
  assert.deepEqual(keyWarnings(key({ lastUsedAt: null }), NOW), ["neverUsed"]);
  assert.deepEqual(keyWarnings(key({ lastUsedAt: null, _createdAt: daysAgo(6) }), NOW), []);
  assert.deepEqual(keyWarnings(key({ expiresAt: null }), NOW), ["unexpiring"]);
  assert.deepEqual(keyWarnings(key({ expiresAt: daysAgo(-13) }), NOW), ["expiring"]);
  assert.deepEqual(keyWarnings(key({ expiresAt: daysAgo(1), lastUsedAt: null }), NOW), []);
});

test("a rotated key is offered for revocation once its successor is in use and it was idle for 3 days", () => {
  const old = key({ lastUsedAt: daysAgo(4) });
  const successor = key({ _id: "key_2", _createdAt: daysAgo(5) });
  assert.deepEqual(replacedKeys([old, successor], NOW), [{ key: old, days: 4 }]);
  assert.deepEqual(replacedKeys([key({ lastUsedAt: daysAgo(2) }), successor], NOW), []);
  assert.deepEqual(replacedKeys([old, key({ _id: "key_2", _createdAt: daysAgo(5), lastUsedAt: null })], NOW), []);
  assert.deepEqual(replacedKeys([old, key({ _id: "key_2", _createdAt: daysAgo(5), name: "Other" })], NOW), []);
});
