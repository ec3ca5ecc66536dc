import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RANGES } from "../../parts/range.ts";
import { definedOnly, parseSearch, stringifySearch } from "../../search_params.ts";
import { chipsOf, eventsQuery, viewOf, withoutChip, withoutFilters } from "./events_filter.ts";
import type { EventsSearch } from "./events_search.ts";
import { EVENT_FILTERS, EVENT_VIEWS, eventsSearch, NATURES, PAGE_SIZES } from "./events_search.ts";

const NOW = Date.parse("2026-05-03T12:34:56.789Z");
const text = (charsMax: number) =>
  fc.string({ unit: "grapheme", minLength: 1, maxLength: charsMax }).filter((value) => value.length <= charsMax);
const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") })
  .map((at) => at.toISOString());
const maybe = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined });
const state: fc.Arbitrary<EventsSearch> = fc
  .record({
    filter: maybe(fc.constantFrom(...EVENT_FILTERS)),
    topic: maybe(text(64)),
    action: maybe(text(64)),
    nature: maybe(fc.constantFrom(...NATURES)),
    code: maybe(fc.constantFrom("200", "503", "4xx", "TIMEOUT_RESPONSE", "TLS_EXPIRED")),
    q: maybe(text(255)),
    test: maybe(fc.constantFrom("true", "false")),
    attempts: maybe(fc.integer({ min: 1, max: 1_000 })),
    rows: maybe(fc.constantFrom(...PAGE_SIZES)),
    range: maybe(fc.constantFrom(...RANGES)),
    from: maybe(time),
    to: maybe(time),
    webhook: maybe(text(64)),
    event: maybe(text(64)),
    attempt: maybe(fc.integer({ min: 1, max: 1_000 })),
    view: maybe(fc.constantFrom(...EVENT_VIEWS)),
  })
  .map((search) => definedOnly(search) as EventsSearch);

test("whatever is filtered and open is the same after it went through the address", () => {
  fc.assert(
    fc.property(state, (search) => {
      assert.deepEqual(definedOnly(eventsSearch(parseSearch(stringifySearch(search)))), search);
    }),
  );
});

test("an address that the console wrote is written the same when it is read again", () => {
  fc.assert(
    fc.property(state, (search) => {
      const address = stringifySearch(eventsSearch(search));
      assert.equal(stringifySearch(eventsSearch(parseSearch(address))), address);
    }),
  );
});

test("an address that was typed by hand never breaks the list", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(SENSELESS)), fc.string()), (typed) => {
      const search = eventsSearch(parseSearch(stringifySearch(typed)));
      assert.deepEqual(eventsSearch(search), search);
      assert.doesNotThrow(() => eventsQuery(search, { webhookId: null, now: NOW }));
    }),
  );
  assert.deepEqual(definedOnly(eventsSearch(SENSELESS)), {});
});

const SENSELESS = {
  filter: "<script>",
  nature: "success",
  code: "99",
  test: "maybe",
  attempts: "-1",
  rows: "75",
  range: "eon",
  from: "yesterday",
  to: "",
  attempt: "x",
  view: "response",
  q: "",
  topic: "T".repeat(65),
};

test("the query of the API says what the address says", () => {
  const search = eventsSearch({
    filter: "failed",
    topic: "SIGNER",
    nature: "ERROR",
    code: "5xx",
    q: " msg_1 ",
    attempts: "3",
    rows: "50",
    webhook: "webhook_1",
    range: "1h",
  });
  const query = {
    filter: "FAILED",
    topic: "SIGNER",
    msgNature: "ERROR",
    code: "5xx",
    search: "msg_1",
    attempts: 3,
    from: "2026-05-03T11:34:00.000Z",
    limit: 50,
  };
  assert.deepEqual(eventsQuery(search, { webhookId: null, now: NOW }), { ...query, webhookId: "webhook_1" });
  assert.deepEqual(eventsQuery(search, { webhookId: "webhook_2", now: NOW }), query);
});

test("times of an address reach the API in its own form", () => {
  const search = eventsSearch({ from: "2026-01-31", to: "2026-02-01T00:00:00+01:00" });
  const { from, to } = eventsQuery(search, { webhookId: null, now: NOW });
  assert.deepEqual([from, to], ["2026-01-31T00:00:00.000Z", "2026-01-31T23:00:00.000Z"]);
});

test("every filter in force has a chip, removing the chips one by one leaves none, and clearing leaves the same", () => {
  fc.assert(
    fc.property(state, (search) => {
      let left = search;
      for (const name of chipsOf(search, null)) left = eventsSearch({ ...left, ...withoutChip(name) });
      assert.deepEqual(chipsOf(left, null), []);
      const cleared = eventsSearch({ ...search, ...withoutFilters() });
      assert.deepEqual(eventsQuery(cleared, { webhookId: null, now: NOW }), {
        filter: "ALL",
        limit: search.rows ?? 100,
      });
    }),
  );
});

test("a view keeps the filters, not what is open", () => {
  fc.assert(
    fc.property(state, (search) => {
      const view = viewOf(search);
      assert.ok(!("event" in view || "attempt" in view || "view" in view));
      assert.deepEqual(
        eventsQuery(view, { webhookId: null, now: NOW }),
        eventsQuery(search, { webhookId: null, now: NOW }),
      );
    }),
  );
});
