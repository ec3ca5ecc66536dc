/** Views that an application environment shares: their names, their number, whose they are, and what is told of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VIEWS_PER_TENANT_MAX } from "../../src/domain/view.ts";
import type { View } from "../../src/store/views.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import { ACTOR, FIRST_PAGE, newTenant, setup } from "./world.ts";

const QUERY = "?filter=failed&code=5xx";

/** Registers the tests of this topic for one implementation. */
export function viewsContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("views are listed in the order in which they were saved, of their tenant alone, and last"), async (t) => {
    const world = await setup(t, factory);
    const stranger = { ...world, tenant: await newTenant(world.store, "DEVELOPMENT") };
    assert.deepEqual(await list(world), []);
    const first = await save(world, "zebra");
    world.clock.advance(5);
    const second = await save(world, "Échecs 🦓");
    const strangers = await save(stranger, "zebra");
    assert.deepEqual(
      [first, second].map(({ name: called, query, createdAt }) => [called, query, createdAt]),
      [
        ["zebra", QUERY, world.clock.nowMs - 5],
        ["Échecs 🦓", QUERY, world.clock.nowMs],
      ],
    );
    assert.deepEqual(await list(world), [first, second]);
    assert.deepEqual(await list(stranger), [strangers]);
    await world.reopen();
    assert.deepEqual(await list(world), [first, second]);
  });

  test(name("a name is taken once in a tenant, exactly as it is written, and is free again afterwards"), async (t) => {
    const world = await setup(t, factory);
    const view = await save(world, "mine");
    assert.deepEqual(await create(world, "mine", "?q=other"), { kind: "exists" });
    assert.deepEqual(await list(world), [view], "a refusal stores nothing");
    await save(world, "Mine");
    assert.deepEqual(await remove(world, view.id), view);
    assert.notEqual((await save(world, "mine")).id, view.id);
  });

  test(name("of two at the same time with one name, one is saved"), async (t) => {
    const world = await setup(t, factory);
    const made = await Promise.all(Array.from({ length: 4 }, () => create(world, "at once")));
    assert.deepEqual(made.map(({ kind }) => kind).toSorted(), ["created", "exists", "exists", "exists"]);
    assert.equal((await list(world)).length, 1);
  });

  test(
    name(`a tenant has at most ${VIEWS_PER_TENANT_MAX} views, however they are made, and others have theirs`),
    async (t) => {
      const world = await setup(t, factory);
      for (let number = 1; number < VIEWS_PER_TENANT_MAX; number++) await save(world, `view ${number}`);
      const made = await Promise.all(["one", "two", "three"].map((called) => create(world, called)));
      assert.deepEqual(made.map(({ kind }) => kind).toSorted(), ["created", "limit", "limit"]);
      const views = await list(world);
      assert.equal(views.length, VIEWS_PER_TENANT_MAX);
      await save({ ...world, tenant: await newTenant(world.store, "TEST") }, "one");
      await remove(world, views[0]?.id ?? assert.fail());
      await save(world, "in its place");
    },
  );

  test(name("a view is deleted once, and by its own tenant alone"), async (t) => {
    const world = await setup(t, factory);
    const view = await save(world, "mine");
    const stranger = { ...world, tenant: await newTenant(world.store, "DEVELOPMENT") };
    assert.equal(await remove(stranger, view.id), null);
    assert.deepEqual(await list(world), [view]);
    assert.deepEqual(await remove(world, view.id), view);
    assert.equal(await remove(world, view.id), null);
    assert.deepEqual(await list(world), []);
  });

  test(name("what is done with views is audited, and what is refused is not"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const view = await save(world, "mine");
    await create(world, "mine");
    await remove(world, view.id);
    await remove(world, view.id);
    const { items } = await store.listAudit({ ...FIRST_PAGE, tenant });
    const what = JSON.stringify({ name: "mine", query: QUERY });
    assert.deepEqual(
      items.map(({ action, target, actor, before, after }) => ({ action, target, actor, before, after })),
      [
        { action: "view.delete", target: { kind: "view", id: view.id }, actor: ACTOR, before: what, after: null },
        { action: "view.create", target: { kind: "view", id: view.id }, actor: ACTOR, before: null, after: what },
      ],
    );
  });
}

function create({ store, tenant }: World, name: string, query = QUERY) {
  return store.createView({ tenant, name, query, actor: ACTOR });
}

async function save(world: World, name: string): Promise<View> {
  const result = await create(world, name);
  assert.ok(result.kind === "created", result.kind);
  return result.view;
}

function list({ store, tenant }: World): Promise<View[]> {
  return store.listViews({ tenant });
}

function remove({ store, tenant }: World, viewId: View["id"]): Promise<View | null> {
  return store.deleteView({ tenant, viewId, actor: ACTOR });
}
