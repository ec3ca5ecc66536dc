import { test } from "node:test";
import assert from "node:assert/strict";
import type { KeyId } from "../ids.ts";
import { KeyUses } from "./key_uses.ts";

const KEY = "key_0VbqWeCc000Z7hjQirUIX3" as KeyId;
const OTHER = "key_0VbqWeCc000Z7hjQirUIX4" as KeyId;

test("of each key the last use is taken, once", () => {
  const uses = new KeyUses();
  assert.deepEqual(uses.takeTurns(), []);
  uses.note(KEY, { at: 1, ip: "192.0.2.1" });
  uses.note(KEY, { at: 2, ip: "192.0.2.1" });
  uses.note(OTHER, { at: 3, ip: "2001:db8::1" });
  const network = "192.0.2.0/24";
  assert.deepEqual(uses.takeTurns(), [
    [
      { keyId: KEY, at: 2, ip: "192.0.2.1", network },
      { keyId: OTHER, at: 3, ip: "2001:db8::1", network: "2001:db8::/48" },
    ],
  ]);
  assert.deepEqual(uses.takeTurns(), []);
});

test("a use from another network between two of its owner has a turn of its own, before the last one", () => {
  const uses = new KeyUses();
  uses.note(KEY, { at: 1, ip: "192.0.2.1" });
  uses.note(KEY, { at: 2, ip: "198.51.100.7" });
  uses.note(KEY, { at: 3, ip: "192.0.2.2" });
  uses.note(KEY, { at: 4, ip: "192.0.2.1" });
  const turns = uses.takeTurns();
  assert.deepEqual(
    turns.map((turn) => turn.map(({ ip }) => ip)),
    [["198.51.100.7"], ["192.0.2.1"]],
  );
});

test("what is kept is bounded, in keys and in addresses of each", () => {
  const uses = new KeyUses();
  for (let at = 0; at < 200; at++) uses.note(KEY, { at, ip: `10.0.${at}.1` });
  for (let at = 0; at < 10_500; at++) uses.note(`key_${at}` as KeyId, { at, ip: "192.0.2.1" });
  const turns = uses.takeTurns();
  assert.equal(turns.length, 16);
  assert.equal(turns.flat().length, 10_000 - 1 + 16);
  assert.equal(turns.at(-1)?.[0]?.at, 199);
});
