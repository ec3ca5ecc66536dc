import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { IdMinter } from "../ids.ts";
import { createLogger } from "../log.ts";
import { systemRandom } from "../random.ts";
import type { PassedItem } from "../store/live_sharing.ts";
import type { LiveItem } from "./live_items.ts";
import { LiveRelay } from "./live_relay.ts";

/** The relay takes and gives items as they are. */
const item = (name: string): LiveItem => ({ kind: "created", event: { name } }) as unknown as LiveItem;
const text = (name: string): string => JSON.stringify(item(name));

function setup() {
  const clock = new VirtualClock();
  const world = {
    elsewhere: [] as number[],
    table: [] as PassedItem[],
    passed: [] as { tenant: number; item: string }[],
    watched: [] as { tenants: readonly number[]; atMs: number }[],
    mine: [] as number[],
    shown: [] as LiveItem[],
  };
  const relay = new LiveRelay({
    store: {
      watchTenants: ({ tenants }) => Promise.resolve(void world.watched.push({ tenants, atMs: clock.monotonicMs() })),
      tenantsWatchedElsewhere: () => Promise.resolve(world.elsewhere),
      passItems: ({ items }) => Promise.resolve(void world.passed.push(...items)),
      readPassedItems: ({ after, limit }) => {
        const items = world.table.filter(({ seq }) => after !== null && seq > after).slice(0, limit);
        return Promise.resolve({ items, last: items.at(-1)?.seq ?? after ?? world.table.at(-1)?.seq ?? 0 });
      },
    },
    process: new IdMinter(systemRandom).mint("wrk", 1),
    clock,
    log: createLogger("silent"),
  });
  const live = {
    watchedTenants: () => world.mine,
    addPassed: (_tenant: number, passed: LiveItem) => void world.shown.push(passed),
  };
  return { clock, relay, world, run: () => relay.runOnce(live) };
}

test("what happens here is passed on for tenants that others watch", async () => {
  const { relay, world, run } = setup();
  assert.equal(relay.isWatched(7), false);
  world.elsewhere = [7];
  await run();
  assert.equal(relay.isWatched(7), true);
  relay.pass(7, [item("a"), item("b")]);
  await run();
  assert.deepEqual(world.passed, [
    { tenant: 7, item: text("a") },
    { tenant: 7, item: text("b") },
  ]);
  world.elsewhere = [];
  await run();
  assert.equal(relay.isWatched(7), false);
});

test("watchers here see each item of others once, those from before they came excepted", async () => {
  const { clock, world, run } = setup();
  world.table.push({ seq: 1, tenant: 7, item: text("old") });
  world.mine = [7];
  await run();
  world.table.push({ seq: 3, tenant: 7, item: text("third") });
  await run();
  world.table.splice(1, 0, { seq: 2, tenant: 7, item: text("second, committed late") });
  await run();
  await clock.advance(5_000);
  await run();
  world.table.push({ seq: 4, tenant: 7, item: text("fourth") });
  await run();
  assert.deepEqual(world.shown, ["third", "second, committed late", "fourth"].map(item));
});

test("more items than one read brings are read on", async () => {
  const { world, run } = setup();
  world.mine = [7];
  await run();
  for (let seq = 1; seq <= 2_500; seq++) world.table.push({ seq, tenant: 7, item: text(String(seq)) });
  for (let rounds = 0; rounds < 4; rounds++) await run();
  assert.equal(world.shown.length, 2_500);
});

test("a watch is said at once, said again before it ends, and taken back", async () => {
  const { clock, world, run } = setup();
  await run();
  assert.deepEqual(world.watched, []);
  world.mine = [9, 7];
  await run();
  await run();
  assert.deepEqual(
    world.watched.map(({ tenants }) => tenants),
    [[9, 7]],
  );
  await clock.advance(5_000);
  await run();
  world.mine = [];
  await run();
  await run();
  assert.deepEqual(
    world.watched.map(({ tenants }) => tenants),
    [[9, 7], [9, 7], []],
  );
});

test("items that cannot be passed on do not pile up", async () => {
  const { relay, world, run } = setup();
  world.elsewhere = [7];
  await run();
  for (let n = 0; n < 5_001; n++) relay.pass(7, [item(String(n))]);
  await run();
  assert.deepEqual([world.passed.length, world.passed[0]?.item], [5_000, text("1")]);
});
