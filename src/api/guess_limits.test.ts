import { test } from "node:test";
import assert from "node:assert/strict";
import { CLIENT_PATIENCE, GuessLimits, KEY_PATIENCE } from "./guess_limits.ts";

const THROTTLED = { code: "AUTHENTICATION_THROTTLED", retryAfterS: 1 };
const OWNER = "skv2_test_6f9619ff-8b86-4011-b42d-00c04fc964ff_";

function setup() {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const warnings: unknown[] = [];
  const limits = new GuessLimits({ clock, log: { warn: (what: unknown) => void warnings.push(what) } });
  return { clock, limits, warnings };
}

test("an address that has guessed wrong too often waits and is told of in the log, and others do not wait", () => {
  const { clock, limits, warnings } = setup();
  for (let no = 0; no < CLIENT_PATIENCE.freeFailures; no++) limits.begin({ client: "a", keyId: null });
  assert.throws(() => limits.begin({ client: "a", keyId: null }), THROTTLED);
  limits.begin({ client: "b", keyId: null });
  clock.nowMs += CLIENT_PATIENCE.firstWaitMs;
  limits.begin({ client: "a", keyId: null });
  assert.throws(() => limits.begin({ client: "a", keyId: null }), { ...THROTTLED, retryAfterS: 2 });
  assert.deepEqual(warnings, [{ guessing: "a" }]);
});

test("one address alone cannot shut out the owner of the keys that it guesses", () => {
  const { limits } = setup();
  for (let no = 0; no < CLIENT_PATIENCE.freeFailures; no++) limits.begin({ client: "a", keyId: OWNER });
  assert.throws(() => limits.begin({ client: "a", keyId: OWNER }), THROTTLED);
  limits.begin({ client: "b", keyId: OWNER });
});

test("many addresses that guess at the keys of one owner wait, and are not blamed for each other's guesses", () => {
  const { limits } = setup();
  for (let no = 0; no < KEY_PATIENCE.freeFailures; no++) limits.begin({ client: `${no}`, keyId: OWNER });
  for (let no = 0; no < CLIENT_PATIENCE.freeFailures; no++) {
    assert.throws(() => limits.begin({ client: "a", keyId: OWNER }), THROTTLED);
  }
  limits.begin({ client: "a", keyId: null });
});

test("a guess that was right counts for nobody", () => {
  const { limits } = setup();
  for (let no = 0; no <= KEY_PATIENCE.freeFailures; no++) limits.begin({ client: "a", keyId: OWNER }).takeBack();
  limits.begin({ client: "a", keyId: OWNER });
});
