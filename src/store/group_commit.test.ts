import assert from "node:assert/strict";
import { test } from "node:test";
import { GroupCommit } from "./group_commit.ts";
import { StoreUnavailable } from "./store.ts";
import type { CallOutcome } from "./waiting.ts";

type Call = { tenant: number | null; at: number };

/** A group commit whose batches end when the test says so. */
function setup(limits: { callsMax?: number; bytesMax?: number } = {}) {
  const batches: Call[][] = [];
  const ends: ((outcomes: CallOutcome[]) => void)[] = [];
  const group = new GroupCommit<Call>({
    run: (calls) => {
      batches.push(calls);
      return new Promise((resolve) => ends.push(resolve));
    },
    callsMax: limits.callsMax ?? 10,
    bytesMax: limits.bytesMax ?? 1_000,
  });
  const submit = (tenant: number | null, at: number, bytes = 1): Promise<unknown> =>
    group.submit({ tenant, at }, { tenant, bytes });
  const endBatch = async (outcome: CallOutcome = { ok: true, value: "done" }): Promise<void> => {
    ends.at(-1)?.((batches.at(-1) ?? []).map(() => outcome));
    await new Promise((resolve) => setImmediate(resolve));
  };
  const begun = () => new Promise((resolve) => setImmediate(resolve));
  return { group, batches, submit, endBatch, begun };
}

test("calls of one turn go together, and what comes while they run goes together as the next batch", async () => {
  const { batches, submit, endBatch, begun } = setup();
  const first = [submit(1, 1), submit(2, 1), submit(1, 2)];
  await begun();
  const second = [submit(1, 3), submit(null, 1)];
  await begun();
  assert.equal(batches.length, 1);
  await endBatch();
  await endBatch();
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [3, 2],
  );
  assert.deepEqual(await Promise.all([...first, ...second]), Array(5).fill("done"));
});

test("when more waits than a batch holds tenants take turns, and each one's calls keep their order", async () => {
  const { batches, submit, endBatch, begun } = setup({ callsMax: 4 });
  const all = [1, 2, 3, 4, 5, 6].map((at) => submit(1, at));
  all.push(submit(2, 1), submit(null, 1), submit(2, 2));
  await begun();
  for (let batch = 0; batch < 3; batch++) await endBatch();
  const taken = batches.map((batch) => batch.map(({ tenant, at }) => `${tenant}:${at}`));
  assert.deepEqual(taken, [["1:1", "2:1", "null:1", "1:2"], ["2:2", "1:3", "1:4", "1:5"], ["1:6"]]);
  await Promise.all(all);
});

test("a batch ends before its bytes are exceeded, and has one call at least", async () => {
  const { batches, submit, endBatch, begun } = setup({ bytesMax: 100 });
  const all = [submit(1, 1, 60), submit(1, 2, 40), submit(1, 3, 1), submit(1, 4, 500), submit(1, 5, 1)];
  await begun();
  for (let batch = 0; batch < 4; batch++) await endBatch();
  assert.deepEqual(
    batches.map((batch) => batch.map(({ at }) => at)),
    [[1, 2], [3], [4], [5]],
  );
  await Promise.all(all);
});

test("a failed outcome rejects its own call, and closing waits for all and refuses more", async () => {
  const { group, submit, endBatch, begun } = setup();
  const call = assert.rejects(submit(1, 1), StoreUnavailable);
  await begun();
  const waiting = submit(1, 2);
  const closed = group.close();
  await assert.rejects(submit(1, 3), StoreUnavailable);
  await endBatch({ ok: false, error: new StoreUnavailable("full") });
  await call;
  await endBatch();
  assert.equal(await waiting, "done");
  await closed;
});

test("a failure of everything ends what waits and what comes", async () => {
  const { group, submit, begun } = setup();
  const running = submit(1, 1).catch(() => "never answered here");
  await begun();
  const waiting = assert.rejects(submit(1, 2), /dead/);
  group.fail(new StoreUnavailable("dead"));
  await waiting;
  await assert.rejects(submit(1, 3), /dead/);
  assert.ok(running instanceof Promise);
});
