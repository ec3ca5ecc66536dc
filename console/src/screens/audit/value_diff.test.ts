import assert from "node:assert/strict";
import { test } from "node:test";
import { diffValues } from "./value_diff.ts";

test("changed fields come first, with both sides; a field of one side alone has null on the other", () => {
  const before = { url: "https://a.example", isDisabled: false, gone: 1 };
  const after = { url: "https://a.example", isDisabled: true, topics: ["APP"] };
  assert.deepEqual(diffValues(before, after), [
    { field: "isDisabled", before: "false", after: "true", isChanged: true },
    { field: "gone", before: "1", after: null, isChanged: true },
    { field: "topics", before: null, after: '["APP"]', isChanged: true },
    { field: "url", before: "https://a.example", after: "https://a.example", isChanged: false },
  ]);
});

test("what is new or gone has its values without a comparison", () => {
  assert.deepEqual(diffValues(null, { name: "x" }), [{ field: "name", before: null, after: "x", isChanged: false }]);
  assert.deepEqual(diffValues({ name: "x" }, null), [{ field: "name", before: "x", after: null, isChanged: false }]);
  assert.deepEqual(diffValues(null, null), []);
});

test("a field named like one of every object is looked up among the values alone", () => {
  assert.deepEqual(diffValues({}, JSON.parse('{"__proto__":"x"}') as Record<string, unknown>), [
    { field: "__proto__", before: null, after: "x", isChanged: true },
  ]);
});
