/** Settling: what an attempt's outcome does to the event, the history, the failing run and the webhook. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { failure } from "../../src/domain/failure.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import {
  ACTOR,
  DAY_MS,
  addWebhook,
  assertCountersEqualRows,
  claimOne,
  failed,
  publish,
  publishOne,
  readEvent,
  record,
  settle,
  setup,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function settlingContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a success ends the event, and its attempt is kept as it was given"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const leased = await claimOne(world, webhook);
    world.clock.advance(40);
    const answer = { status: 200, statusText: "", isTruncated: true, bodyError: "reset" };
    const kept = record({
      response: { ...answer, headers: `[["a","1"],["a","2"]]`, body: "\x00\xff\x80\n" },
      tls: '{"p":"TLSv1.3"}',
    });
    await settle(world, success(leased, { record: kept }));
    const found = await world.store.getEvent({ tenant: world.tenant, webhookId: webhook.id, eventId });
    assert.ok(found);
    const { event, attempts } = found;
    assert.deepEqual([event.status, event.nextAttemptAt, event.lastCode], ["SUCCESS", null, "200"]);
    assert.deepEqual(event.response, { status: 200, statusText: "" });
    assert.deepEqual([event.attemptCount, event.retriesUsed, event.updatedAt], [1, 0, world.clock.nowMs]);
    const { workerId } = world;
    const told = { number: 1, trigger: "AUTO", triggeredBy: null, workerId, tokenConsumedAt: null };
    const headers = [
      ["a", "1"],
      ["a", "2"],
    ];
    const response = { ...answer, headers, body: new Uint8Array([0, 255, 128, 10]) };
    const requestHeaders = [["content-type", "application/json"]];
    assert.deepEqual(attempts, [{ ...kept, requestHeaders, response, ...told }]);
    await assertCountersEqualRows(world);
  });

  test(name("an empty response body is kept as empty"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    const { response } = record();
    assert.ok(response);
    const empty = record({ response: { ...response, body: "" } });
    await settle(world, success(await claimOne(world, webhook), { record: empty }));
    const found = await world.store.getEvent({ tenant: world.tenant, webhookId: null, eventId });
    assert.deepEqual(found?.attempts[0]?.response?.body, new Uint8Array(0));
  });

  test(
    name("a failure is FAILED and due again after its delay by the store's clock, and retries are counted"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world);
      const eventId = await publishOne(world);
      for (const [attempt, retriesUsed] of [
        [1, 0],
        [2, 1],
        [3, 2],
      ] as const) {
        const leased = await claimOne(world, webhook);
        assert.deepEqual([leased.attempt, leased.retriesUsed], [attempt, retriesUsed]);
        world.clock.advance(100);
        await settle(world, failed(leased, { retryInMs: 5_000 }));
        const event = await readEvent(world, eventId);
        assert.deepEqual(
          [event.status, event.nextAttemptAt, event.retriesUsed, event.lastCode, event.response],
          ["FAILED", world.clock.nowMs + 5_000, retriesUsed, "TIMEOUT_RESPONSE", null],
        );
        world.clock.advance(5_000);
      }
      await settle(world, success(await claimOne(world, webhook)));
      assert.deepEqual((await readEvent(world, eventId)).retriesUsed, 3);
      await assertCountersEqualRows(world);
    },
  );

  test(
    name("the state that a settlement left is told of the events asked for, and of none that came late"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, workerId, clock } = world;
      const webhook = await addWebhook(world);
      await publishOne(world);
      const first = await claimOne(world, webhook);
      const statesOf = [first.id];
      const { states } = await store.settleAttempts({
        workerId,
        settlements: [failed(first, { retryInMs: 700 })],
        statesOf,
      });
      const failedAt = clock.nowMs;
      assert.deepEqual(states, [
        { eventId: first.id, attempt: 1, retriesUsed: 0, nextAttemptAt: failedAt + 700, updatedAt: failedAt },
      ]);
      clock.advance(700);
      const second = await claimOne(world, webhook);
      await publishOne(world);
      const other = await claimOne(world, webhook);
      const late = success(first);
      const settled = await store.settleAttempts({
        workerId,
        settlements: [late, success(other), success(second)],
        statesOf,
      });
      assert.deepEqual(settled.states, [
        { eventId: first.id, attempt: 2, retriesUsed: 1, nextAttemptAt: null, updatedAt: clock.nowMs },
      ]);
      assert.deepEqual(settled.late, [first.id]);
      const { retriesUsed, nextAttemptAt, updatedAt } = await readEvent(world, first.id);
      assert.deepEqual([retriesUsed, nextAttemptAt, updatedAt], [1, null, clock.nowMs]);
    },
  );

  test(name("a failure without a next delay is never due again"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const eventId = await publishOne(world);
    await settle(world, failed(await claimOne(world, webhook), { retryInMs: null }));
    assert.equal((await readEvent(world, eventId)).nextAttemptAt, null);
    world.clock.advance(30 * DAY_MS);
    assert.deepEqual(await world.store.findDueLanes({ limit: 9, cursor: null }), {
      lanes: [],
      nextCursor: null,
      nextDueAt: null,
    });
  });

  test(name("stats of a webhook are its counters, and tests are in none"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishOne(world);
    await settle(world, success(await claimOne(world, webhook)));
    await publishOne(world);
    await settle(world, failed(await claimOne(world, webhook)));
    await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
    await settle(world, success(await claimOne(world, webhook)));
    await publishOne(world);
    const found = await world.store.findWebhook({ tenant: world.tenant, webhookId: webhook.id });
    assert.deepEqual(found?.stats, { pending: 1, success: 1, failed: 1 });
    assert.deepEqual((await world.store.listWebhooks({ tenant: world.tenant }))[0]?.stats, found?.stats);
  });

  for (const [what, reason, why] of [
    ["a 410", "GONE", failure("GONE")],
    ["a receiver that asks for it", "RECEIVER", failure("DISABLED_BY_RECEIVER")],
  ] as const) {
    test(
      name(`${what} disables the webhook in the same step, which pauses it and is audited and announced`),
      async (t) => {
        const world = await setup(t, factory);
        const { store, tenant, workerId } = world;
        const webhook = await addWebhook(world);
        await publishOne(world);
        const leased = await claimOne(world, webhook);
        const { seq } = await store.changesSince({ seq: null });
        const settlement = failed(leased, { retryInMs: null, disableAs: reason, code: "410" }, why);
        const { disabled } = await store.settleAttempts({ workerId, settlements: [settlement] });
        assert.deepEqual(disabled, [{ webhookId: webhook.id, reason }]);
        const found = await store.findWebhook({ tenant, webhookId: webhook.id });
        assert.deepEqual([found?.isDisabled, found?.disabledReason], [true, reason]);
        assert.deepEqual((await publish(world))[0]?.events, []);
        const [entry] = (await store.listAudit({ tenant, limit: 1, page: 1, cursor: null })).items;
        assert.deepEqual(
          [entry?.action, entry?.actor.kind, entry?.target.id],
          ["webhook.disable", "system", webhook.id],
        );
        const { changes } = await store.changesSince({ seq });
        assert.deepEqual(
          changes.map((change) => (change.kind === "webhook" ? change.webhookId : null)),
          [webhook.id],
        );
      },
    );
  }

  test(name("failing for 5 days, 10 times, on 3 days disables the webhook, and enabling clears the run"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    const since = clock.nowMs;
    for (let attempt = 1; attempt <= 9; attempt++) {
      assert.equal(await failOnce(world, webhook.id), false);
      clock.advance(DAY_MS / 3);
    }
    const failing = await store.findWebhook({ tenant, webhookId: webhook.id });
    assert.deepEqual([failing?.isDisabled, failing?.failingSince], [false, since]);
    clock.nowMs = since + 5 * DAY_MS;
    assert.equal(await failOnce(world, webhook.id), true);
    const disabled = await store.findWebhook({ tenant, webhookId: webhook.id });
    assert.deepEqual([disabled?.isDisabled, disabled?.disabledReason], [true, "FAILING"]);
    const change = { isDisabled: false };
    const enabled = await store.updateWebhook({ tenant, webhookId: webhook.id, change, actor: ACTOR });
    assert.deepEqual([enabled?.disabledReason, enabled?.failingSince], [null, null]);
    assert.equal(await failOnce(world, webhook.id), false);
  });

  test(name("a success ends the failing run; tests and our own outages neither extend nor end it"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    const failingSince = async (): Promise<number | null | undefined> =>
      (await store.findWebhook({ tenant, webhookId: webhook.id }))?.failingSince;
    await publishOne(world);
    await settle(world, failed(await claimOne(world, webhook), { retryInMs: null, countsAsFailing: false }));
    assert.equal(await failingSince(), null);
    const since = world.clock.nowMs;
    await failOnce(world, webhook.id);
    assert.equal(await failingSince(), since);
    world.clock.advance(1_000);
    await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
    await settle(world, success(await claimOne(world, webhook)));
    assert.equal(await failingSince(), since);
    await publishOne(world);
    await settle(world, success(await claimOne(world, webhook)));
    assert.equal(await failingSince(), null);
  });
}

/** One event that fails for good; whether that disabled the webhook. */
async function failOnce(world: World, webhookId: Parameters<typeof claimOne>[1]["id"]): Promise<boolean> {
  await publishOne(world);
  const settlement = failed(await claimOne(world, { id: webhookId }), { retryInMs: null });
  const { workerId } = world;
  const { disabled } = await world.store.settleAttempts({ workerId, settlements: [settlement] });
  return disabled.some((one) => one.webhookId === webhookId);
}
