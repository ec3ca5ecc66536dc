import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { definedOnly, parseSearch, stringifySearch } from "../search_params.ts";
import { RANGES } from "./range.ts";
import { CHART_VIEWS, chartSearch } from "./stats_chart_search.ts";
import { chartRows, codeGroup, isBusy, markersOf, spanOf, statsRange } from "./stats_series.ts";

const NOW = Date.parse("2026-03-10T12:34:56.000Z");
const NOTHING = {
  at: "2026-03-10T12:00:00.000Z",
  created: 0,
  success: 0,
  failed: 0,
  firstAttempts: 0,
  firstAttemptSuccess: 0,
  codes: {},
  latency: null,
  queued: null,
};

test("a point in which nothing happened has no rate and no percentile", () => {
  const [row] = chartRows([NOTHING]);
  assert.ok(row !== undefined);
  assert.deepEqual([row.successRate, row.firstRate, row.p95, row.queuedP95], [null, null, null, null]);
  assert.equal(isBusy(row), false);
});

test("statuses are summed up by their class, and attempts without a response for themselves", () => {
  const codes = { "200": 5, "204": 1, "302": 2, "404": 3, "429": 1, "503": 7, none: 4 };
  const [row] = chartRows([{ ...NOTHING, success: 6, failed: 17, firstAttempts: 4, firstAttemptSuccess: 1, codes }]);
  assert.ok(row !== undefined);
  assert.deepEqual([row["2xx"], row["3xx"], row["4xx"], row["5xx"], row.none], [6, 2, 4, 7, 4]);
  assert.equal(row.successRate, 6 / 23);
  assert.equal(row.firstRate, 0.25);
  assert.equal(isBusy(row), true);
});

test("what is no status of three digits belongs to no class", () => {
  assert.deepEqual(["200", "599", "600", "99", "TIMEOUT_DNS"].map(codeGroup), ["2xx", "5xx", "none", "none", "none"]);
});

test("two points dragged over in either direction make the same range, which holds both points whole", () => {
  const [early, late] = ["2026-03-10T10:00:00.000Z", "2026-03-10T11:00:00.000Z"];
  const range = { from: early, to: "2026-03-10T11:15:00.000Z" };
  assert.deepEqual(spanOf([early, late], 900_000), range);
  assert.deepEqual(spanOf([late, early], 900_000), range);
});

test("a range without a beginning is as long as statistics are kept, and a longer one is cut", () => {
  assert.deepEqual(statsRange({ range: "all" }, NOW), { from: "2025-12-10T12:34:00.000Z" });
  assert.deepEqual(statsRange({}, NOW), { from: "2026-03-09T12:34:00.000Z" });
  const to = "2026-03-01T00:00:00.000Z";
  assert.deepEqual(statsRange({ from: "2020-01-01T00:00:00Z", to }, NOW), { from: "2025-11-29T00:00:00.000Z", to });
  assert.deepEqual(statsRange({ to }, NOW), { from: "2026-02-28T00:00:00.000Z", to });
});

test("marks are made of rotations and of changes between enabled and disabled inside the window, oldest first", () => {
  const window = { from: "2026-03-10T00:00:00.000Z", to: "2026-03-11T00:00:00.000Z", bucketMs: 3_600_000 };
  const entry = (hour: string, action: string, before: object | null, after: object | null) => ({
    _id: `aud_${hour}`,
    at: `2026-03-${hour}:20:00.000Z`,
    actor: { kind: "tenant" as const, keyId: null, name: "Ops", ip: null },
    requestId: null,
    action,
    target: { kind: "webhook", id: "webhook_1" },
    before: before as Record<string, unknown> | null, // literals of this test
    after: after as Record<string, unknown> | null,
    hash: "",
  });
  const markers = markersOf(
    [
      entry("11T01", "webhook.secret.rotate", null, null),
      entry("10T09", "webhook.update", { isDisabled: true, url: "a" }, { isDisabled: false, url: "a" }),
      entry("10T08", "webhook.disable", { isDisabled: false }, { isDisabled: true, disabledReason: "GONE" }),
      entry("10T07", "webhook.update", { isDisabled: false, url: "a" }, { isDisabled: false, url: "b" }),
      entry("10T06", "webhook.secret.rotate", null, { secretId: "sec_1" }),
    ],
    window,
  );
  assert.deepEqual(
    markers.map(({ kind, bucketAt }) => [kind, bucketAt]),
    [
      ["rotated", "2026-03-10T06:00:00.000Z"],
      ["disabled", "2026-03-10T08:00:00.000Z"],
      ["enabled", "2026-03-10T09:00:00.000Z"],
    ],
  );
});

test("any view, form and range of the chart survive their way through the address", () => {
  const times = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((at) => at.toISOString());
  const searches = fc.record(
    {
      chart: fc.constantFrom(...CHART_VIEWS),
      as: fc.constant("table" as const),
      range: fc.constantFrom(...RANGES),
      from: times,
      to: times,
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(
    fc.property(searches, (search) => {
      assert.deepEqual(definedOnly(chartSearch(parseSearch(stringifySearch(search)))), search);
    }),
  );
});
