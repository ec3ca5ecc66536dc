import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VIEW_NAME_PATTERN, VIEW_QUERY_PATTERN } from "./view.ts";

const QUERY = new RegExp(VIEW_QUERY_PATTERN, "u");
const NAME = new RegExp(VIEW_NAME_PATTERN, "u");

test("every search that a browser writes is a query, and anything behind it or before it makes it none", () => {
  const names = fc.string({ minLength: 1, maxLength: 20, unit: "binary" });
  const pairs = fc.array(fc.tuple(names, fc.string({ unit: "binary" })), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(pairs, (filters) => {
      const search = `?${new URLSearchParams(filters).toString()}`;
      assert.match(search, QUERY);
      for (const odd of [search.slice(1), `${search}&`, `${search}#x`, `x${search}`, `${search}\n`]) {
        assert.doesNotMatch(odd, QUERY);
      }
    }),
  );
  assert.match("", QUERY);
});

test("a name is one line that begins and ends with something to read", () => {
  for (const name of ["a", "é", "🦓", "a b", "مرحبا", "a  b", "👩‍⚖️ law", "می‌خواهم"]) assert.match(name, NAME, name);
  for (const name of [
    "",
    " ",
    "a ",
    " a",
    "\u00a0a",
    "a\n",
    "a\nb",
    "a\tb",
    "\0",
    "\x7f",
    "a\x1fb",
    "\u200b",
    "\u200d",
    "a\u2028b",
    "a\u0085b",
    "a\u202eb",
    "a\u2066b",
    "a\ufeff",
  ]) {
    assert.doesNotMatch(name, NAME, JSON.stringify(name));
  }
});
