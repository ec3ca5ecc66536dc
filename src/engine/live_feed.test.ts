import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SeededRandom } from "../../test/sim/seeded_random.ts";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { eventIdOf, IdMinter, messageIdOf } from "../ids.ts";
import { systemRandom } from "../random.ts";
import type { LiveFeedOptions, Subscription } from "./live_feed.ts";
import { DEFAULT_LIVE_FEED_OPTIONS, LiveFeed } from "./live_feed.ts";
import type { LiveItem } from "./live_items.ts";

const TENANT = 7;
const minter = new IdMinter(systemRandom);

function item(action: string, content = "{}"): LiveItem {
  const id = eventIdOf(minter.mint("msg", 1), 1);
  const names = { appId: "appId_1", appEnv: "TEST", topic: "SIGNER", action, msgNature: "SUCCESS" } as const;
  const state = { status: "PENDING", attemptCount: 0, retriesUsed: 0, nextAttemptAt: 1, lastCode: null } as const;
  return {
    kind: "created",
    event: {
      id,
      webhookId: minter.mint("whk", 1),
      messageId: messageIdOf(id),
      tenant: TENANT,
      content,
      contentBytes: content.length,
      error: null,
      isTest: false,
      response: null,
      lastDurationMs: null,
      createdAt: 1,
      updatedAt: 1,
      ...names,
      ...state,
    },
  };
}

function setup(options: Partial<LiveFeedOptions> = {}) {
  const clock = new VirtualClock();
  const newFeed = (seed: number): LiveFeed =>
    new LiveFeed({ clock, random: new SeededRandom(seed), options: { ...DEFAULT_LIVE_FEED_OPTIONS, ...options } });
  return { clock, newFeed, feed: newFeed(1) };
}

function subscribe(
  feed: LiveFeed,
  request: { tenant?: number; lastId?: string | null; wants?: (item: LiveItem) => boolean; onItems?: () => void } = {},
): Subscription {
  const { tenant = TENANT, lastId = null, wants = () => true, onItems = () => {} } = request;
  const subscription = feed.subscribe({ tenant, lastId, wants, onItems });
  assert.ok(subscription);
  return subscription;
}

/** The actions that the watcher gets now, and how many it lost before them. */
function taken(subscription: Subscription): { actions: string[]; ids: string[]; dropped: number } {
  const { items, dropped } = subscription.take({ bytesMax: Infinity });
  return { actions: items.map(({ item: one }) => one.event.action), ids: items.map(({ id }) => id), dropped };
}

test("a tenant that nobody watches keeps nothing, and a watched one shows what comes after the watcher", () => {
  const { feed } = setup();
  assert.equal(feed.isWatched(TENANT), false);
  feed.add(TENANT, [item("A")]);
  let told = 0;
  const watcher = subscribe(feed, { onItems: () => (told += 1) });
  assert.equal(feed.isWatched(TENANT), true);
  feed.add(TENANT, [item("B"), item("C")]);
  feed.add(TENANT + 1, [item("D")]);
  assert.deepEqual([told, taken(watcher).actions], [1, ["B", "C"]]);
  assert.deepEqual(taken(watcher).actions, []);
});

test("a watcher goes on behind the last item or place it names, with nothing lost and nothing twice", () => {
  const { feed } = setup();
  const first = subscribe(feed);
  const beginning = first.place();
  feed.add(TENANT, [item("A"), item("B"), item("C")]);
  const [idA] = taken(first).ids;
  assert.ok(idA);
  first.close();
  feed.add(TENANT, [item("D")]);
  const cases = [
    [beginning, ["A", "B", "C", "D"]],
    [idA, ["B", "C", "D"]],
    [first.place(), ["D"]],
  ] as const;
  for (const [lastId, expected] of cases) {
    const again = subscribe(feed, { lastId });
    assert.deepEqual([again.start, taken(again).actions], [{ kind: "resumed" }, expected]);
  }
});

test("what the ring has given up cannot be resumed, and the gap begins at the time of the id", async () => {
  const { clock, feed } = setup({ itemsMax: 3 });
  const watcher = subscribe(feed);
  feed.add(TENANT, [item("A")]);
  const at = clock.now();
  const [idA] = taken(watcher).ids;
  await clock.advance(1_000);
  feed.add(TENANT, [item("B"), item("C"), item("D")]);
  assert.ok(idA);
  assert.deepEqual(subscribe(feed, { lastId: idA }).start, { kind: "resumed" });
  feed.add(TENANT, [item("E")]);
  const late = subscribe(feed, { lastId: idA });
  assert.deepEqual([late.start, taken(late).actions], [{ kind: "gap", from: at }, []]);
  feed.add(TENANT, [item("F")]);
  assert.deepEqual(taken(late).actions, ["F"]);
});

test("ids of another process, of a forgotten ring, of the future and of nobody are gaps", async () => {
  const { clock, feed, newFeed } = setup();
  const watcher = subscribe(feed);
  feed.add(TENANT, [item("A")]);
  const [idA] = taken(watcher).ids;
  assert.ok(idA);
  const now = clock.now();
  assert.deepEqual(subscribe(newFeed(2), { lastId: idA }).start, { kind: "gap", from: now });
  const future = idA.replace("-1-", "-9-");
  assert.deepEqual(subscribe(feed, { lastId: future }).start, { kind: "gap", from: now });
  for (const lastId of ["", "x", `${idA}0000000`, "-1--2", "9".repeat(99), "000000000000-1-253402300800000"]) {
    assert.deepEqual(subscribe(feed, { lastId }).start, { kind: "gap", from: null }, lastId);
  }
  assert.deepEqual(subscribe(feed, { tenant: TENANT + 1, lastId: idA }).start, { kind: "gap", from: now });
});

test("a ring outlives its last watcher by five minutes, and no longer", async () => {
  const { clock, feed } = setup();
  const watcher = subscribe(feed);
  watcher.close();
  watcher.close();
  await clock.advance(299_999);
  feed.add(TENANT, [item("A")]);
  const again = subscribe(feed, { lastId: watcher.place() });
  assert.deepEqual(taken(again).actions, ["A"]);
  await clock.advance(600_000);
  assert.equal(feed.isWatched(TENANT), true);
  again.close();
  await clock.advance(300_000);
  assert.equal(feed.isWatched(TENANT), false);
  assert.equal(subscribe(feed, { lastId: again.place() }).start.kind, "gap");
});

test("twenty watch a tenant and the twenty-first does not, until one leaves; so for the whole process", () => {
  const { feed } = setup({ watchersMax: 22 });
  const watchers = Array.from({ length: 20 }, () => subscribe(feed));
  const request = { wants: () => true, lastId: null, onItems: () => {} };
  assert.equal(feed.subscribe({ tenant: TENANT, ...request }), null);
  for (let other = 1; other <= 2; other++) subscribe(feed, { tenant: TENANT + other });
  assert.equal(feed.subscribe({ tenant: TENANT + 3, ...request }), null);
  assert.equal(feed.isWatched(TENANT + 3), false);
  watchers[0]?.close();
  assert.ok(feed.subscribe({ tenant: TENANT, ...request }));
});

test("however items come and are taken, each wanted one is either taken once, in order, or counted as dropped", () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ add: fc.array(fc.constantFrom("WANTED", "OTHER"), { maxLength: 12 }) }),
      fc.record({ bytesMax: fc.integer({ min: 1, max: 8_000 }) }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const { feed } = setup({ itemsMax: 10 });
      const watcher = subscribe(feed, { wants: ({ event }) => event.action === "WANTED" });
      const [added, got]: [string[], string[]] = [[], []];
      let dropped = 0;
      const take = (bytesMax: number): void => {
        const part = watcher.take({ bytesMax });
        dropped += part.dropped;
        got.push(...part.items.map(({ item: one }) => one.event.id));
      };
      for (const step of all) {
        if ("bytesMax" in step) {
          take(step.bytesMax);
          continue;
        }
        const items = step.add.map((action) => item(action));
        added.push(...items.filter(({ event }) => event.action === "WANTED").map(({ event }) => event.id));
        feed.add(TENANT, items);
      }
      take(Infinity);
      assert.equal(got.length + dropped, added.length);
      assert.equal(new Set(got).size, got.length);
      assert.deepEqual(
        got,
        added.filter((id) => got.includes(id)),
      );
    }),
  );
});

test("the bytes of a tenant and of all tenants are bounded, and the largest ring gives way", () => {
  const content = JSON.stringify("x".repeat(3_000));
  const { feed } = setup({ bytesMax: 50_000, totalBytesMax: 80_000 });
  const [large, small] = [subscribe(feed), subscribe(feed, { tenant: TENANT + 1 })];
  const fill = (tenant: number, count: number): void => {
    for (let times = 0; times < count; times++) feed.add(tenant, [item("A", content)]);
  };
  fill(TENANT, 100);
  assert.equal(taken(large).actions.length, 12); // of 4,026 bytes each
  fill(TENANT + 1, 5);
  fill(TENANT, 12);
  assert.deepEqual([taken(large).actions.length, taken(small).actions.length], [12, 5]);
  fill(TENANT + 1, 10);
  assert.equal(taken(small).actions.length, 10);
  fill(TENANT, 12);
  assert.ok(taken(large).dropped > 0, "the largest ring gave nothing up");
});

test("an erased message's content goes from what is kept, and no other's", () => {
  const { feed } = setup();
  const watcher = subscribe(feed);
  const [erased, kept] = [item("A", '{"a":1}'), item("B", '{"b":2}')];
  feed.add(TENANT, [erased, kept]);
  feed.forgetContent({ tenant: TENANT, messageId: erased.event.messageId });
  const { items } = watcher.take({ bytesMax: Infinity });
  assert.deepEqual(
    items.map(({ item: one }) => [one.event.action, one.event.content, one.event.contentBytes]),
    [
      ["A", null, 0],
      ["B", '{"b":2}', 7],
    ],
  );
});
