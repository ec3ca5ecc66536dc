/** What processes of a shared store pass to each other for those who watch. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoreFactory } from "./store_factory.ts";
import { ACTOR, addWebhook, publish, setup } from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function liveSharingContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a process hears which tenants others watch, until they stop or are silent for too long"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock, workerId: one } = world;
    if (!store.capabilities.isShared) return; // there are no others
    const other = world.newWorkerId();
    const heardBy = async (process: typeof one): Promise<number[]> =>
      (await store.tenantsWatchedElsewhere({ process })).toSorted();
    await store.watchTenants({ process: one, tenants: [1, 2], forMs: 1_000 });
    await store.watchTenants({ process: other, tenants: [2, 3], forMs: 5_000 });
    assert.deepEqual(
      [await heardBy(one), await heardBy(other)],
      [
        [2, 3],
        [1, 2],
      ],
    );
    await store.watchTenants({ process: other, tenants: [3], forMs: 5_000 });
    assert.deepEqual(await heardBy(one), [3]);
    clock.advance(1_000);
    assert.deepEqual([await heardBy(one), await heardBy(other)], [[3], []]);
  });

  test(name("items are read by other processes, of the tenants asked for, from where one was"), async (t) => {
    const world = await setup(t, factory);
    const { store, workerId: one } = world;
    if (!store.capabilities.isShared) return; // there are no others
    const other = world.newWorkerId();
    await store.passItems({ process: other, items: [{ tenant: 1, item: "before" }] });
    const tenants = [1, 2];
    const { items: none, last } = await store.readPassedItems({ process: one, tenants, after: null, limit: 9 });
    assert.deepEqual(none, []);
    await store.passItems({
      process: other,
      items: [
        { tenant: 1, item: '"\\u0000 é"' },
        { tenant: 3, item: "of nobody here" },
        { tenant: 2, item: "two" },
      ],
    });
    await store.passItems({ process: one, items: [{ tenant: 1, item: "own" }] });
    const read = async (after: number, limit: number): Promise<{ items: string[]; last: number }> => {
      const answer = await store.readPassedItems({ process: one, tenants, after, limit });
      return { items: answer.items.map(({ item }) => item), last: answer.last };
    };
    const first = await read(last, 1);
    assert.deepEqual(first.items, ['"\\u0000 é"']);
    const second = await read(first.last, 9);
    assert.deepEqual(second.items, ["two"]);
    assert.deepEqual((await read(second.last, 9)).items, []);
  });

  test(name("items are kept for a minute"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock, workerId: one } = world;
    if (!store.capabilities.isShared) return; // there are no others
    const other = world.newWorkerId();
    await store.passItems({ process: other, items: [{ tenant: 1, item: "old" }] });
    clock.advance(60_001);
    await store.passItems({ process: other, items: [{ tenant: 1, item: "new" }] });
    const { items } = await store.readPassedItems({ process: one, tenants: [1], after: 0, limit: 9 });
    assert.deepEqual(
      items.map(({ item }) => item),
      ["new"],
    );
  });

  test(name("an erased content is not on its way to watchers either, and nothing is for long"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock, tenant } = world;
    if (!store.capabilities.isShared) return; // there are no others
    await addWebhook(world);
    const [published] = await publish(world);
    assert.ok(published);
    const process = world.newWorkerId();
    const passed = async (): Promise<number> => {
      const asked = { process: world.workerId, tenants: [tenant, 99], after: 0, limit: 9 };
      return (await store.readPassedItems(asked)).items.length;
    };
    await store.passItems({ process, items: [tenant, 99].map((of) => ({ tenant: of, item: "private" })) });
    assert.equal(await passed(), 2);
    await store.eraseContent({ tenant, messageId: published.id, actor: ACTOR });
    assert.equal(await passed(), 1);
    clock.advance(60_001);
    await store.pruneExpired({ limit: 9, statsBefore: 0 });
    assert.equal(await passed(), 0);
  });
}
