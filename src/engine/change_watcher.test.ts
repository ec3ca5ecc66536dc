import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { IdMinter } from "../ids.ts";
import { createLogger } from "../log.ts";
import { systemRandom } from "../random.ts";
import type { Change } from "../store/store.ts";
import { CHANGES_STALE_MS, ChangeWatcher } from "./change_watcher.ts";

function setup(): {
  clock: VirtualClock;
  watcher: ChangeWatcher;
  add: () => Change;
  fail: (isDown: boolean) => void;
  heard: Change[];
} {
  const clock = new VirtualClock();
  const table: Change[] = [];
  const heard: Change[] = [];
  let isDown = false;
  const minter = new IdMinter(systemRandom);
  const store = {
    changesSince: ({ seq }: { seq: number | null }) =>
      isDown
        ? Promise.reject(new Error("down"))
        : Promise.resolve({
            changes: seq === null ? [] : table.filter((change) => change.seq > seq),
            seq: table.length,
          }),
  };
  const watcher = new ChangeWatcher({ store, clock, log: createLogger("silent") });
  watcher.onChange((change) => void heard.push(change));
  const add = (): Change => {
    const change: Change = { seq: table.length + 1, kind: "webhook", webhookId: minter.mint("whk", 1) };
    table.push(change);
    return change;
  };
  return { clock, watcher, add, fail: (down) => (isDown = down), heard };
}

test("listeners hear of each change once, and of none from before the start", async () => {
  const { clock, watcher, add, heard } = setup();
  add();
  await watcher.start();
  const [one, two] = [add(), add()];
  await clock.advance(5_000);
  assert.deepEqual(heard, [one, two]);
  await watcher.stop();
});

test("a refresh resolves after its listeners have heard of all that was committed before it", async () => {
  const { watcher, add, heard } = setup();
  await watcher.start();
  const underWay = watcher.refresh();
  const change = add();
  await watcher.refresh();
  assert.deepEqual(heard, [change]);
  await underWay;
  await watcher.stop();
});

test("without a successful read for two seconds it says that caches are stale", async () => {
  const { clock, watcher, fail } = setup();
  await watcher.start();
  assert.equal(watcher.isStale(), false);
  fail(true);
  await clock.advance(CHANGES_STALE_MS + 1_001);
  assert.equal(watcher.isStale(), true);
  fail(false);
  await clock.advance(1_001);
  assert.equal(watcher.isStale(), false);
  await watcher.stop();
});
