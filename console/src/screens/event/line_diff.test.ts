import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diffHunks, lineDiff } from "./line_diff.ts";

const text = fc.array(fc.constantFrom("a", "b", "c", "", "  d")).map((lines) => lines.join("\n"));

test("without the added lines a difference is the old text, without the removed ones the new text", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after);
      const without = (kind: string): string =>
        lines
          .filter((line) => line.kind !== kind)
          .map((line) => line.text)
          .join("\n");
      assert.equal(without("added"), before);
      assert.equal(without("removed"), after);
    }),
  );
});

test("equal texts have no difference, and a text has no lines in common with nothing", () => {
  fc.assert(
    fc.property(text, (both) => {
      assert.ok(lineDiff(both, both).every(({ kind }) => kind === "same"));
      assert.ok(lineDiff("", both).every(({ kind }) => kind === "added"));
    }),
  );
});

test("one changed line among many is the only difference", () => {
  const old = Array.from({ length: 100 }, (_, at) => `line ${at}`);
  const fresh = old.with(50, "changed");
  const lines = lineDiff(old.join("\n"), fresh.join("\n"));
  assert.deepEqual(
    lines.filter(({ kind }) => kind !== "same"),
    [
      { kind: "removed", text: "line 50" },
      { kind: "added", text: "changed" },
    ],
  );
  const hunks = diffHunks(lines);
  assert.equal(hunks.length, 10);
  assert.deepEqual([hunks[0], hunks.at(-1)], [null, null]);
});

test("texts that differ everywhere are compared quickly, too", () => {
  const many = (name: string): string => Array.from({ length: 50_000 }, (_, at) => `${name}${at}`).join("\n");
  const startedAt = performance.now();
  assert.equal(lineDiff(many("a"), many("b")).length, 100_000);
  assert.ok(performance.now() - startedAt < 2_000);
});
