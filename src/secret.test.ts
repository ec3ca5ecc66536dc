import { test } from "node:test";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Secret } from "./secret.ts";

test("a secret shows itself nowhere but where it is revealed", () => {
  const secret = new Secret("hunter2");
  const shown = [String(secret), [secret].join(), JSON.stringify({ secret }), inspect({ secret }), inspect(secret)];
  for (const text of shown) {
    assert.match(text, /\[secret\]/);
    assert.doesNotMatch(text, /hunter2/);
  }
  assert.equal(secret.reveal(), "hunter2");
});
