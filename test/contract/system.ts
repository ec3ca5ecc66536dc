/** The installation as a whole: its figures, and the switch that pauses all deliveries. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Store } from "../../src/store/store.ts";
import type { StoreFactory } from "./store_factory.ts";
import {
  ACTOR,
  FIRST_PAGE,
  HOUR_MS,
  addWebhook,
  claim,
  failed,
  message,
  newTenant,
  publish,
  publishOne,
  settle,
  setup,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function systemContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;
  const figures = (store: Store) => store.systemFigures({ tenantsMax: 20 });

  test(
    name("pausing is kept over a restart, audited under no tenant, and announced; repeating it changes nothing"),
    async (t) => {
      const world = await setup(t, factory);
      let { store } = world;
      const { seq } = await store.changesSince({ seq: null });
      assert.equal(await store.isPaused(), false);
      const set = (isPaused: boolean) => store.setPaused({ isPaused, actor: ACTOR });
      assert.deepEqual([await set(false), await set(true), await set(true)], [false, true, false]);
      assert.deepEqual([await store.isPaused(), (await figures(store)).isPaused], [true, true]);
      store = await world.reopen();
      assert.equal(await store.isPaused(), true);
      assert.equal(await set(false), true);
      assert.equal(await store.isPaused(), false);
      const { items } = await store.listAudit({ ...FIRST_PAGE, tenant: null });
      assert.deepEqual(
        items.slice(0, 2).map(({ action, target, actor }) => [action, target.kind, actor]),
        [
          ["system.resume", "system", ACTOR],
          ["system.pause", "system", ACTOR],
        ],
      );
      assert.equal(items.filter(({ action }) => action.startsWith("system.")).length, 2);
      const { changes } = await store.changesSince({ seq });
      assert.deepEqual(
        changes.map(({ kind }) => kind),
        ["system", "system"],
      );
    },
  );

  test(name("a paused installation still takes messages"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    await world.store.setPaused({ isPaused: true, actor: ACTOR });
    await publishOne(world);
    assert.equal((await figures(world.store)).queue.waiting, 1);
  });

  test(name("the queue is told by what is PENDING, and by the webhooks of which something is due"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock } = world;
    assert.deepEqual((await figures(store)).queue, { waiting: 0, due: 0, oldestDueAt: null });
    const webhooks = [await addWebhook(world), await addWebhook(world, { isDisabled: true }), await addWebhook(world)];
    const [first] = webhooks;
    assert.ok(first);
    const publishedAt = clock.nowMs;
    await publish(world, { messages: [message(), message()] });
    clock.advance(1_000);
    assert.deepEqual((await figures(store)).queue, { waiting: 4, due: 2, oldestDueAt: publishedAt });
    const [done, later] = await claim(world, first);
    assert.ok(done && later);
    await settle(world, success(done), failed(later, { retryInMs: HOUR_MS }));
    assert.deepEqual((await figures(store)).queue, { waiting: 2, due: 1, oldestDueAt: publishedAt });
  });

  test(name("workers are told with their heartbeat and the leases they hold"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock } = world;
    const webhook = await addWebhook(world);
    await publish(world, { messages: [message(), message(), message()] });
    const startedAt = clock.nowMs;
    clock.advance(3_000);
    const other = world.newWorkerId();
    await store.registerWorker({ workerId: other, role: "worker", host: "elsewhere", pid: 2 });
    await store.heartbeat({ workerId: world.workerId });
    await claim(world, webhook, { room: 2 });
    const now = clock.nowMs;
    const own = { id: world.workerId, role: "all", host: "test", pid: 1, startedAt, heartbeatAt: now, leases: 2 };
    const second = {
      id: other,
      role: "worker",
      host: "elsewhere",
      pid: 2,
      startedAt: now,
      heartbeatAt: now,
      leases: 0,
    };
    assert.deepEqual((await figures(store)).workers, [own, second]);
  });

  test(name("the busiest tenants come first, by what waits and by what was made in the last hour"), async (t) => {
    const world = await setup(t, factory);
    const { store, clock } = world;
    const [quiet, loud] = [await newTenant(store, "TEST"), await newTenant(store, "PRODUCTION")];
    for (const [tenant, count] of [
      [world.tenant, 2],
      [quiet, 1],
      [loud, 3],
    ] as const) {
      const of = { ...world, tenant };
      const webhook = await addWebhook(of);
      await publish(of, { messages: Array.from({ length: count }, () => message()) });
      if (tenant === loud) await settle(of, ...(await claim(of, webhook)).map((event) => success(event)));
    }
    const shown = async (tenantsMax = 20): Promise<unknown[]> => {
      const { tenants } = await store.systemFigures({ tenantsMax });
      return tenants.map(({ appEnv, pending, lastHour }) => [appEnv, pending, lastHour]);
    };
    const busiest = [
      ["PRODUCTION", 0, 3],
      ["DEVELOPMENT", 2, 2],
      ["TEST", 1, 1],
    ];
    assert.deepEqual(await shown(), busiest);
    assert.deepEqual(await shown(2), busiest.slice(0, 2));
    clock.advance(HOUR_MS + 60_000);
    assert.deepEqual(await shown(), [
      ["DEVELOPMENT", 2, 0],
      ["TEST", 1, 0],
    ]);
    const [first] = (await figures(store)).tenants;
    assert.deepEqual([first?.appName, first?.appId.startsWith("appId_")], ["An application", true]);
  });

  test(name("the database tells its size and the migrations that were applied"), async (t) => {
    const world = await setup(t, factory);
    const { database } = await figures(world.store);
    assert.ok(database.bytes > 0);
    assert.deepEqual(
      database.migrations.map(({ number }) => number),
      database.migrations.map((_, at) => at + 1),
    );
    const [first] = database.migrations;
    assert.match(first?.name ?? "", /^0001_\w+\.sql$/);
    assert.equal(first?.appliedAt, world.clock.nowMs);
  });
}
