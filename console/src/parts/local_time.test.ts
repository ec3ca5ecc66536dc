import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fieldTime, timeOfField } from "./local_time.ts";

for (const timeZone of ["local", "utc"] as const) {
  test(`a field shows a ${timeZone} time to the minute and is read as the same minute`, () => {
    const minutes = fc.integer({ min: 0, max: 60 * 24 * 366 * 60 }).map((minute) => minute * 60_000);
    fc.assert(
      fc.property(minutes, (at) =>
        assert.equal(timeOfField(fieldTime(at, timeZone), timeZone), new Date(at).toISOString()),
      ),
    );
  });
}

test("a field in UTC shows the hour of UTC", () => {
  assert.equal(fieldTime(Date.parse("2026-05-03T14:05:59Z"), "utc"), "2026-05-03T14:05");
});

test("an empty or unfinished field is no time", () => {
  assert.equal(timeOfField("", "local"), null);
  assert.equal(timeOfField("2026-05", "utc"), null);
  assert.equal(timeOfField("soon", "utc"), null);
});
