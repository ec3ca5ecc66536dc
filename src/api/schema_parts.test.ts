import { test } from "node:test";
import assert from "node:assert/strict";
import { parseTime } from "./schema_parts.ts";

test("a time is RFC 3339 with a zone, and a day that exists", () => {
  assert.equal(parseTime("2024-02-29T12:00:00Z"), Date.UTC(2024, 1, 29, 12));
  assert.equal(parseTime("2024-02-29T23:30:00-02:00"), Date.UTC(2024, 2, 1, 1, 30));
  for (const text of [
    "2024-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-02-29",
    "yesterday",
  ]) {
    assert.equal(parseTime(text), null, text);
  }
});
