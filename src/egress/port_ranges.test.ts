import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPortRanges, parsePortRanges } from "./port_ranges.ts";

test("ports and ranges of them are read, and told again", () => {
  const ranges = parsePortRanges("443, 80,8000-8999,1-1");
  assert.deepEqual(ranges, [
    { first: 443, last: 443 },
    { first: 80, last: 80 },
    { first: 8_000, last: 8_999 },
    { first: 1, last: 1 },
  ]);
  assert.equal(formatPortRanges(ranges ?? []), "443, 80, 8000 to 8999, 1");
});

test("what is no port makes the whole list none", () => {
  for (const text of [
    "",
    "0",
    "0-10",
    "443,",
    "65536",
    "1-65536",
    "90-80",
    "-5",
    "http",
    "4 43",
    "443;80",
    "4e2",
    "1-2-3",
  ]) {
    assert.equal(parsePortRanges(text), null, text);
  }
});
