import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import type { Store } from "../store/store.ts";
import { Retention } from "./retention.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A store of one tenant that notes what it is asked for. `days` are what dropping days answers, "none" at their end. */
async function setup(options: {
  isCutByDay: boolean;
  retentionMs: number;
  days?: ("dropped" | "busy")[];
  steps?: number;
}) {
  const { isCutByDay, retentionMs, days = [], steps = 1 } = options;
  const clock = new VirtualClock();
  const midnightMs = clock.now();
  await clock.advance(12 * HOUR_MS);
  const asked: string[] = [];
  const pruned: number[] = [];
  const store: Pick<
    Store,
    "capabilities" | "listRetentions" | "dropOldDay" | "pruneMessages" | "pruneJobs" | "eraseOldContents"
  > = {
    capabilities: { isShared: isCutByDay, isCutByDay },
    listRetentions: ({ after }) =>
      Promise.resolve(after === 0 ? [{ tenant: 1, retentionMs: null, contentRetentionMs: null }] : []),
    dropOldDay: () => {
      const what = days.shift() ?? "none";
      asked.push(what);
      return Promise.resolve(what);
    },
    pruneMessages: ({ before }) => {
      pruned.push(before);
      return Promise.resolve({ deleted: 1, nextCursor: pruned.length < steps ? String(pruned.length) : null });
    },
    pruneJobs: () => Promise.resolve({ deleted: 0, more: false }),
    eraseOldContents: () => Promise.resolve({ erased: 0, nextCursor: null }),
  };
  const retention = new Retention({ store, clock, retentionMs });
  const stop = new AbortController();
  return { clock, midnightMs, asked, pruned, stop, runOnce: () => retention.runOnce(stop.signal) };
}

test("where messages go one by one, they go when they have reached their retention", async () => {
  const { clock, asked, pruned, runOnce } = await setup({ isCutByDay: false, retentionMs: 30 * DAY_MS });
  await runOnce();
  assert.deepEqual(asked, []);
  assert.deepEqual(pruned, [clock.now() - 30 * DAY_MS]);
});

test("old days go until none is left, and are looked for again after an hour", async () => {
  const days: ("dropped" | "busy")[] = ["dropped", "dropped"];
  const { clock, asked, runOnce } = await setup({ isCutByDay: true, retentionMs: 30 * DAY_MS, days });
  await runOnce();
  await clock.advance(HOUR_MS - 1);
  await runOnce();
  assert.deepEqual(asked, ["dropped", "dropped", "none"]);
  await clock.advance(1);
  await runOnce();
  assert.deepEqual(asked, ["dropped", "dropped", "none", "none"]);
});

test("a day that is in use is tried again with the next pass", async () => {
  const { asked, runOnce } = await setup({ isCutByDay: true, retentionMs: 30 * DAY_MS, days: ["busy", "dropped"] });
  await runOnce();
  assert.deepEqual(asked, ["busy"]);
  await runOnce();
  assert.deepEqual(asked, ["busy", "dropped", "none"]);
});

test("what is left of a day that should have gone goes one by one, two hours after its end", async () => {
  const { clock, midnightMs, pruned, runOnce } = await setup({ isCutByDay: true, retentionMs: 30 * DAY_MS });
  await clock.advance(14 * HOUR_MS - 1); // just before 2 o'clock of the next day
  await runOnce();
  await clock.advance(1);
  await runOnce();
  assert.deepEqual(pruned, [midnightMs - 30 * DAY_MS, midnightMs + DAY_MS - 30 * DAY_MS]);
});

test("a retention below a day is kept to the moment wherever it is", async () => {
  const { clock, pruned, runOnce } = await setup({ isCutByDay: true, retentionMs: HOUR_MS });
  await runOnce();
  assert.deepEqual(pruned, [clock.now() - HOUR_MS]);
});

test("between two steps live traffic has its time, and a stop waits for no further one", async () => {
  const { clock, pruned, stop, runOnce } = await setup({ isCutByDay: false, retentionMs: 30 * DAY_MS, steps: 4 });
  const running = runOnce();
  await clock.advance(0);
  assert.equal(pruned.length, 1);
  await clock.advance(1_000);
  assert.equal(pruned.length, 4);
  assert.deepEqual(await running, { deleted: 4, erased: 0 });

  pruned.length = 0;
  const stopped = runOnce();
  await clock.advance(0);
  stop.abort();
  assert.deepEqual([(await stopped).deleted, pruned.length], [1, 1]);
});
