import assert from "node:assert/strict";
import { test } from "node:test";
import { entrySearch } from "./entry_search.ts";

const start = { isFound: false, pages: 0, pagesMax: 20, hasMore: false };

test("the search goes on page by page until the entry is found", () => {
  assert.equal(entrySearch(start), "searching");
  assert.equal(entrySearch({ ...start, pages: 1, hasMore: true }), "searching");
  assert.equal(entrySearch({ ...start, pages: 19, hasMore: true }), "searching");
  assert.equal(entrySearch({ ...start, pages: 19, hasMore: true, isFound: true }), "found");
});

test("an entry that is on no page is absent; after the last page that may be read, somebody is asked", () => {
  assert.equal(entrySearch({ ...start, pages: 3 }), "absent");
  assert.equal(entrySearch({ ...start, pages: 20 }), "absent");
  assert.equal(entrySearch({ ...start, pages: 20, hasMore: true }), "far");
  assert.equal(entrySearch({ ...start, pages: 20, hasMore: true, pagesMax: 40 }), "searching");
});
