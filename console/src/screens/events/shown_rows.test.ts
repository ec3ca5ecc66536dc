import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ListedEvent } from "../event/event_model.ts";
import { dayOf, shownRows } from "./shown_rows.ts";

const START = Date.parse("2026-05-03T12:00:00.000Z");

function event(number: number, change: Partial<ListedEvent> = {}): ListedEvent {
  const at = new Date(START + number * 1_000).toISOString();
  return {
    _id: `evt_${number}`,
    webhookId: "webhook_1",
    messageId: "msg_1",
    appId: "appId_1",
    appEnv: "TEST",
    topic: "SIGNER",
    action: "CREATED",
    msgNature: "SUCCESS",
    content: {},
    isTest: false,
    status: "PENDING",
    attemptCount: 0,
    retriesUsed: 0,
    nextAttemptAt: at,
    _createdAt: at,
    _updatedAt: at,
    ...change,
  };
}

test("new events are counted, never put above the rows that somebody looks at", () => {
  const loaded = [event(3), event(2), event(1)];
  const shown = shownRows(loaded, [event(5), event(4), event(3)]);
  assert.deepEqual(shown, { rows: loaded, newCount: 2, isAtLeast: false });
  assert.deepEqual(shownRows(loaded, [event(9), event(8)]), { rows: loaded, newCount: 2, isAtLeast: true });
  assert.deepEqual(shownRows([], [event(1)]), { rows: [], newCount: 1, isAtLeast: true });
  assert.deepEqual(shownRows(loaded, undefined), { rows: loaded, newCount: 0, isAtLeast: false });
});

test("a row that has changed shows what has become of it, and an older answer does not undo a newer one", () => {
  const passed = event(2, { status: "SUCCESS", _updatedAt: new Date(START + 60_000).toISOString() });
  assert.deepEqual(shownRows([event(3), event(2)], [event(3), passed]).rows, [event(3), passed]);
  assert.deepEqual(shownRows([event(3), passed], [event(3), event(2)]).rows, [event(3), passed]);
});

test("rows are never moved, added or taken away, whatever the newest page says", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 40 })).map((all) => all.sort((a, b) => b - a));
  fc.assert(
    fc.property(numbers, numbers, (loaded, newest) => {
      const { rows } = shownRows(
        loaded.map((number) => event(number)),
        newest.map((number) => event(number)),
      );
      assert.deepEqual(
        rows.map(({ _id }) => _id),
        loaded.map((number) => `evt_${number}`),
      );
    }),
  );
});

test("an event that matches only now and is older than the first row is not announced as new", () => {
  assert.equal(shownRows([event(5)], [event(5), event(3)]).newCount, 0);
});

test("a row belongs to the day of the time zone that is shown", () => {
  assert.equal(dayOf("2026-05-03T23:59:59.999Z", "utc"), "2026-05-03");
  const local = new Date(2026, 4, 3, 23, 59);
  assert.equal(dayOf(local.toISOString(), "local"), "2026-05-03");
});
