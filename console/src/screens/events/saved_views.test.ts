import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { definedOnly } from "../../search_params.ts";
import { eventsSearch } from "./events_search.ts";
import type { SavedView } from "./saved_views.ts";
import { parseViews, SAVED_VIEWS_MAX, STANDARD_VIEWS, stringifyViews, withView } from "./saved_views.ts";

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

test("the standard views are addresses that hold", () => {
  for (const { name, search } of STANDARD_VIEWS) assert.deepEqual(definedOnly(eventsSearch(search)), search, name);
});
