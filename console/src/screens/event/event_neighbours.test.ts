import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ReadEvents } from "./event_neighbours.ts";
import { neighbourOf } from "./event_neighbours.ts";

const START = Date.parse("2026-05-03T12:00:00.000Z");

type Row = { _id: string; _createdAt: string };

/** A history whose events come after pauses of so many ms, several in one millisecond included. */
function history(pausesMs: readonly number[]): Row[] {
  let at = START;
  return pausesMs.map((pause, number) => {
    at += pause;
    return { _id: `evt_${String(number).padStart(4, "0")}`, _createdAt: new Date(at).toISOString() };
  });
}

/** The API's list: newest first, `from` inclusive, `to` exclusive, two rows a page. */
function readerOf(rows: readonly Row[]): ReadEvents {
  return ({ from = "", to = "9", cursor }) => {
    const wanted = rows.filter(({ _createdAt }) => _createdAt >= from && _createdAt < to).toReversed();
    const behind = cursor === undefined ? wanted : wanted.filter(({ _id }) => _id < cursor);
    const events = behind.slice(0, 2);
    const nextCursor = behind.length > 2 ? (events.at(-1)?._id ?? null) : null;
    return Promise.resolve({ events, nextCursor });
  };
}

test("from any event the next one either way is found, and none beyond the ends", async () => {
  const pause = fc.oneof(
    fc.constantFrom(0, 0, 1, 500, 61_000, 86_400_000 * 40),
    fc.integer({ min: 0, max: 10_000_000 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pause, { minLength: 1, maxLength: 12 }), async (pauses) => {
      const rows = history(pauses);
      const read = readerOf(rows);
      for (const [at, row] of rows.entries()) {
        assert.equal(await neighbourOf(row, "newer", read), rows[at + 1]?._id ?? null);
        assert.equal(await neighbourOf(row, "older", read), rows[at - 1]?._id ?? null);
      }
    }),
  );
});
