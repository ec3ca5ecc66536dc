import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../clock.ts";
import { StoreUnavailable } from "../store.ts";
import type { Call, ReadMethod } from "./methods.ts";
import { ReadQueue } from "./read_queue.ts";

/** A queue before a reader that notes what it is asked, in batches, as `method:tenant`. */
function setup() {
  const batches: string[][] = [];
  const queue = new ReadQueue({
    clock: systemClock,
    run: async ({ calls }) => {
      batches.push(calls.map(({ method, params }) => `${method}:${(params as { tenant: number }).tenant}`));
      return calls.map(() => ({ ok: true, value: null }));
    },
  });
  const submit = (method: ReadMethod, tenant: number): Promise<unknown> => {
    const call: Call<ReadMethod> = { method, params: { tenant } };
    return queue.submit(call, { tenant });
  };
  return { queue, batches, submit };
}

test("lookups that wait go together and before scans, and one scan goes at a time", async () => {
  const { batches, submit } = setup();
  await Promise.all([submit("listEvents", 1), submit("findJob", 1), submit("listJobs", 1), submit("findJob", 2)]);
  assert.deepEqual(batches, [["findJob:1", "findJob:2"], ["listEvents:1"], ["listJobs:1"]]);
});

test("scans of tenants take turns, so that one who counts much keeps nobody waiting for more than a scan of each", async () => {
  const { batches, submit } = setup();
  const counts = Array.from({ length: 50 }, () => submit("countJobEvents", 1));
  await Promise.all([...counts, submit("getEvent", 2), submit("listEvents", 2), submit("listEvents", 3)]);
  assert.deepEqual(batches.slice(0, 6), [
    ["countJobEvents:1"],
    ["getEvent:2"],
    ["listEvents:3"],
    ["countJobEvents:1"],
    ["listEvents:2"],
    ["countJobEvents:1"],
  ]);
  assert.equal(batches.length, 53);
});

test("a queue that fails ends what waits and what comes, and a closed one has done what waited", async () => {
  const failed = setup();
  const waiting = [failed.submit("listEvents", 1), failed.submit("findJob", 1)];
  failed.queue.fail(new StoreUnavailable("gone"));
  for (const call of [...waiting, failed.submit("findJob", 1)]) await assert.rejects(call, /gone/);
  const closed = setup();
  const done = closed.submit("listEvents", 1);
  await closed.queue.close();
  assert.equal(await done, null);
  await assert.rejects(closed.submit("findJob", 1), /closed/);
});
