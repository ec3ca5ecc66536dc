import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  VIEW_NAME_CHARS_MAX as SHARED_NAME_CHARS_MAX,
  VIEW_QUERY_CHARS_MAX,
  VIEW_QUERY_PATTERN,
} from "../../../../src/domain/view.ts";
import { definedOnly } from "../../search_params.ts";
import { eventsSearch } from "./events_search.ts";
import type { SavedView } from "./saved_views.ts";
import {
  newSharedView,
  parseViews,
  SAVED_VIEWS_MAX,
  searchOfView,
  STANDARD_VIEWS,
  stringifyViews,
  VIEW_NAME_CHARS_MAX,
  withView,
} from "./saved_views.ts";

test("views are the same after they were kept", () => {
  const name = fc.string({ minLength: 1, maxLength: 60 });
  const search = fc.record(
    { q: fc.stringMatching(/^[a-z_0-9]{1,20}$/), attempts: fc.integer({ min: 1, max: 99 }) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(
      fc.array(fc.record({ name, search }, { noNullPrototype: true }), { maxLength: SAVED_VIEWS_MAX }),
      (views) => {
        assert.deepEqual(parseViews(stringifyViews(views)), views);
      },
    ),
  );
});

test("what others put into the browser's store is no view", () => {
  for (const text of [null, "", "{", "null", "{}", "[1,null,{}]", '[["",""]]', '[["a"]]', '[["a",{"q":1}]]']) {
    assert.deepEqual(parseViews(text), [], String(text));
  }
  assert.deepEqual(parseViews('[["a","?code=nonsense&q=x&event=evt_1"]]'), [{ name: "a", search: { q: "x" } }]);
});

test("a view keeps the filters alone, replaces its namesake, and pushes the oldest out when there are too many", () => {
  const first = withView([], "mine", { q: "a", event: "evt_1", attempt: 2, view: "diff" });
  assert.deepEqual(first, [{ name: "mine", search: { q: "a" } }]);
  assert.deepEqual(withView(first, "mine", { q: "b" }), [{ name: "mine", search: { q: "b" } }]);
  let many: SavedView[] = first;
  for (let number = 0; number < SAVED_VIEWS_MAX; number++) many = withView(many, `view ${number}`, {});
  assert.equal(many.length, SAVED_VIEWS_MAX);
  assert.ok(!many.some(({ name }) => name === "mine"));
});

test("the server takes every view that is shared, the longest included, and gives back what it means", () => {
  const widest = "\u{ffff}";
  const longest = eventsSearch({
    filter: "pending",
    from: "2026-01-31T09:30:00.000000000+01:00",
    to: "2026-01-31T09:30:00.000000000+02:00",
    topic: widest.repeat(64),
    action: widest.repeat(64),
    nature: "SUCCESS",
    code: `A${"_".repeat(63)}`,
    q: widest.repeat(255),
    test: "false",
    attempts: Number.MAX_SAFE_INTEGER,
    rows: 50,
    webhook: widest.repeat(64),
  });
  assert.equal(Object.keys(definedOnly(longest)).length, 12, "every filter is taken");
  for (const search of [{}, ...STANDARD_VIEWS.map((view) => view.search), definedOnly(longest)]) {
    const { query } = newSharedView({ name: "x", search });
    assert.match(query, new RegExp(VIEW_QUERY_PATTERN, "u"));
    assert.ok(query.length <= VIEW_QUERY_CHARS_MAX, `${query.length} characters`);
    assert.deepEqual(searchOfView(query), search);
  }
  assert.equal(VIEW_NAME_CHARS_MAX, SHARED_NAME_CHARS_MAX);
});

test("a shared view keeps no event that was open, and one that others have made up is no more than its filters", () => {
  assert.deepEqual(newSharedView({ name: "x", search: { q: "a", event: "evt_1", attempt: 2, view: "diff" } }), {
    name: "x",
    query: "?q=a",
  });
  assert.deepEqual(searchOfView("?q=a&event=evt_1&filter=nonsense&__proto__=x&to=never"), { q: "a" });
});

test("the standard views are addresses that hold", () => {
  for (const { name, search } of STANDARD_VIEWS) assert.deepEqual(definedOnly(eventsSearch(search)), search, name);
});
