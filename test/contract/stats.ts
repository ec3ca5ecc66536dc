/** Statistics: whatever is asked for equals what a look at every single attempt would give. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { histogramBucket } from "../../src/domain/histogram.ts";
import type { MeasureCount, Summary } from "../../src/domain/statistics.ts";
import { summaryOf } from "../../src/domain/statistics.ts";
import type { StatsWindow } from "../../src/domain/stats_window.ts";
import { MINUTE_MS, pointTimes } from "../../src/domain/stats_window.ts";
import type { Webhook } from "../../src/domain/webhook.ts";
import type { WebhookId } from "../../src/ids.ts";
import { STATS_LOOKED_AT_MAX } from "../../src/store/stats.ts";
import type { LeasedEvent } from "../../src/store/delivery.ts";
import { SeededRandom } from "../sim/seeded_random.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import {
  ACTOR,
  DAY_MS,
  HOUR_MS,
  addWebhook,
  claim,
  claimOne,
  failed,
  message,
  newTenant,
  publish,
  publishOne,
  record,
  resend,
  settle,
  setup,
  success,
} from "./world.ts";

/** Something that was counted, when and for which webhook: what the brute force adds up. */
type Counted = MeasureCount & { tenant: number; webhookId: WebhookId; at: number };

/** A world in which everything that should be counted is also written down one by one. */
class CountingWorld {
  readonly world: World;
  readonly random: SeededRandom;
  readonly counted: Counted[] = [];

  constructor(world: World, seed: number) {
    this.world = world;
    this.random = new SeededRandom(seed);
  }

  async publish(): Promise<void> {
    const { world } = this;
    for (const { events } of await publish(world)) {
      for (const { webhookId } of events) this.#count(webhookId, "CREATED", 0);
    }
  }

  /** Ends everything that is due for the webhook, this way or that. */
  async attemptAll(webhook: Webhook): Promise<void> {
    const { world } = this;
    const leased = await claim(world, webhook);
    await settle(world, ...leased.map((event) => this.#outcome(event)));
  }

  #outcome(event: LeasedEvent): ReturnType<typeof success> {
    const { random } = this;
    const durationMs = 2 ** (random.fraction() * 16);
    const queuedMs = 2 ** (random.fraction() * 25) - 1;
    const { timings, response } = record();
    const kept = record({ durationMs, timings: { ...timings, queuedMs } });
    const isSuccess = random.chance(0.6);
    const isAnswered = isSuccess || random.chance(0.5);
    const status = isSuccess ? 200 : 503;
    const settlement = isSuccess ? success(event, { record: kept }) : failed(event, { retryInMs: 1_000 });
    if (!isSuccess) {
      const answer = isAnswered && response !== null ? { ...response, status } : null;
      settlement.record = { ...settlement.record, durationMs, timings: kept.timings, response: answer };
    }
    this.#count(event.webhookId, isSuccess ? "SUCCESS" : "FAILED", histogramBucket(durationMs));
    this.#count(event.webhookId, "CODE", isAnswered ? status : 0);
    if (event.attempt === 1) {
      this.#count(event.webhookId, "QUEUED", histogramBucket(queuedMs));
      if (isSuccess) this.#count(event.webhookId, "FIRST_SUCCESS", 0);
    }
    return settlement;
  }

  #count(webhookId: WebhookId, measure: MeasureCount["measure"], bucket: number): void {
    const { tenant, clock } = this.world;
    this.counted.push({ tenant, webhookId, at: clock.nowMs, measure, bucket, count: 1 });
  }

  /** What the statistics have to be. */
  expected(
    window: StatsWindow,
    webhookId: WebhookId | null,
  ): { totals: Summary; points: (Summary & { at: number })[] } {
    const { tenant } = this.world;
    const of = this.counted.filter(
      (one) =>
        one.tenant === tenant &&
        (webhookId === null || one.webhookId === webhookId) &&
        one.at >= window.from &&
        one.at < window.to,
    );
    const points = pointTimes(window).flatMap((at) => {
      const inPoint = of.filter((one) => one.at >= at && one.at < at + window.bucketMs);
      return inPoint.length === 0 ? [] : [{ at, ...summaryOf(inPoint) }];
    });
    return { totals: summaryOf(of), points };
  }
}

const WIDTHS_MS = [MINUTE_MS, 7 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS];

/** The window of whole points around `from` to `to`. */
function windowAround(from: number, to: number, bucketMs: number): StatsWindow {
  return { from: Math.floor(from / bucketMs) * bucketMs, to: Math.ceil(to / bucketMs) * bucketMs, bucketMs };
}

/** Compares what the store says of the tenant and of each webhook with the brute force. */
async function assertStats(counting: CountingWorld, webhooks: readonly Webhook[], window: StatsWindow): Promise<void> {
  const { store, tenant } = counting.world;
  for (const webhookId of [null, ...webhooks.map(({ id }) => id)]) {
    const { totals, points } = await store.readStats({ tenant, webhookId, ...window });
    assert.deepEqual(
      { totals, points },
      counting.expected(window, webhookId),
      JSON.stringify({ webhookId, ...window }),
    );
  }
  const webhookIds = webhooks.map(({ id }) => id);
  const listed = await store.readWebhookStats({ tenant, webhookIds, ...window });
  assert.deepEqual(
    listed.map(({ webhookId, totals, points }) => ({ webhookId, totals, points })),
    webhookIds.map((webhookId) => {
      const { totals, points } = counting.expected(window, webhookId);
      const outcomes = points.map(({ at, success: succeeded, failed: lost }) => ({
        at,
        success: succeeded,
        failed: lost,
      }));
      return { webhookId, totals, points: outcomes.filter((point) => point.success + point.failed > 0) };
    }),
  );
}

/** Registers the tests of this topic for one implementation. */
export function statsContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  for (const seed of [1, 2, 3]) {
    test(
      name(`any window of random minutes equals a brute force over the attempts, folded or not (${seed})`),
      async (t) => {
        const world = await setup(t, factory);
        const counting = new CountingWorld(world, seed);
        const { random } = counting;
        const webhooks = [await addWebhook(world), await addWebhook(world), await addWebhook(world)];
        const beganAt = world.clock.nowMs;
        for (let step = 0; step < 60; step++) {
          // From seconds to days, and now and then the clock is set back into minutes that may be folded already.
          const pauseMs = Math.round(2 ** (10 + random.fraction() * 17));
          world.clock.advance(random.chance(0.1) ? -Math.min(pauseMs, 2 * HOUR_MS) : pauseMs);
          if (random.chance(0.7)) await counting.publish();
          await counting.attemptAll(
            random.pick([webhooks[0], webhooks[1], webhooks[2]] as [Webhook, Webhook, Webhook]),
          );
          if (random.chance(0.3)) await world.store.foldStats({ limit: 1 + random.below(40) });
        }
        const endedAt = Math.max(world.clock.nowMs, ...counting.counted.map(({ at }) => at)) + 1;
        assert.ok(counting.counted.length > 300, `only ${counting.counted.length} counts`);
        for (const round of [0, 1]) {
          for (const bucketMs of WIDTHS_MS) {
            await assertStats(counting, webhooks, windowAround(beganAt, endedAt, bucketMs));
            const from = beganAt + random.below(endedAt - beganAt);
            await assertStats(counting, webhooks, windowAround(from, from + random.below(3 * DAY_MS) + 1, bucketMs));
          }
          if (round === 0) while ((await world.store.foldStats({ limit: 500 })).more);
        }
      },
    );
  }

  test(name("tests are in no statistic, and two tenants are apart"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    const stranger = { ...world, tenant: await newTenant(store, "TEST") };
    await addWebhook(stranger);
    await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
    await publish(stranger);
    const window = windowAround(clock.nowMs, clock.nowMs + 1, DAY_MS);
    const nothing = { totals: summaryOf([]), points: [], pending: { count: 0, oldestAt: null } };
    for (const webhookId of [null, webhook.id]) {
      assert.deepEqual(await store.readStats({ tenant, webhookId, ...window }), nothing);
    }
    await settle(world, success(await claimOne(world, webhook)));
    assert.deepEqual(await store.readStats({ tenant, webhookId: null, ...window }), nothing);
    const [listed] = await store.readWebhookStats({ tenant, webhookIds: [webhook.id], ...window });
    assert.deepEqual(listed, { webhookId: webhook.id, lastEvent: null, ...nothing });
    assert.deepEqual(await store.countActions({ tenant, from: window.from, to: window.to }), []);
    const foreign = { tenant: stranger.tenant, ...window };
    assert.deepEqual(await store.readStats({ ...foreign, webhookId: webhook.id }), nothing);
    assert.deepEqual(await store.readWebhookStats({ ...foreign, webhookIds: [webhook.id] }), []);
    assert.equal((await store.readStats({ ...foreign, webhookId: null })).totals.created, 1);
  });

  test(name("the oldest that waits and the newest event are told, and those of tests are passed over"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    const window = windowAround(clock.nowMs, clock.nowMs + 1, DAY_MS);
    const listed = async () => {
      const [one] = await store.readWebhookStats({ tenant, webhookIds: [webhook.id], ...window });
      assert.ok(one);
      const { pending } = await store.readStats({ tenant, webhookId: null, ...window });
      assert.deepEqual(pending, one.pending);
      assert.deepEqual((await store.readStats({ tenant, webhookId: webhook.id, ...window })).pending, one.pending);
      return { ...one.pending, last: one.lastEvent };
    };
    const tested = async () => {
      await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
      clock.advance(1_000);
    };
    await tested();
    assert.deepEqual(await listed(), { count: 0, oldestAt: null, last: null });
    const firstAt = clock.nowMs;
    const first = await publishOne(world);
    clock.advance(1_000);
    const secondAt = clock.nowMs;
    const second = await publishOne(world);
    await tested();
    const waiting = { status: "PENDING", lastCode: null } as const;
    assert.deepEqual(await listed(), {
      count: 2,
      oldestAt: firstAt,
      last: { id: second, ...waiting, updatedAt: secondAt },
    });
    const leased = await claim(world, webhook);
    const [one, other] = [first, second].map((id) => leased.find((event) => event.id === id));
    assert.ok(one && other);
    await settle(world, success(one));
    assert.deepEqual(await listed(), {
      count: 1,
      oldestAt: secondAt,
      last: { id: second, ...waiting, updatedAt: secondAt },
    });
    await settle(world, failed(other, { retryInMs: null }));
    const lost = { id: second, status: "FAILED", lastCode: "TIMEOUT_RESPONSE", updatedAt: clock.nowMs } as const;
    assert.deepEqual(await listed(), { count: 0, oldestAt: null, last: lost });
    await resend(world, { webhookId: webhook.id, eventId: first });
    assert.deepEqual(await listed(), { count: 1, oldestAt: firstAt, last: lost });
  });

  test(name("an event is told behind 999 of tests, and is not looked for behind 1,000"), async (t) => {
    const first = await setup(t, factory);
    for (const [tests, isTold] of [
      [STATS_LOOKED_AT_MAX - 1, true],
      [STATS_LOOKED_AT_MAX, false],
    ] as const) {
      const world = { ...first, tenant: await newTenant(first.store, "TEST") };
      const webhook = await addWebhook(world);
      const messages = Array.from({ length: tests }, () => message());
      const byHand = { messages, test: { webhookId: webhook.id, actor: ACTOR } };
      await publish(world, byHand);
      world.clock.advance(1);
      const createdAt = world.clock.nowMs;
      const id = await publishOne(world);
      world.clock.advance(1);
      await publish(world, byHand);
      const window = windowAround(createdAt, createdAt + 1, DAY_MS);
      const [shown] = await world.store.readWebhookStats({ tenant: world.tenant, webhookIds: [webhook.id], ...window });
      assert.deepEqual(shown?.pending, { count: 1, oldestAt: isTold ? createdAt : null });
      assert.equal(shown?.lastEvent?.id ?? null, isTold ? id : null);
    }
  });

  test(name("five webhooks are read in one call, in the order asked for, and six are refused"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const ids: WebhookId[] = [];
    for (let count = 0; count < 6; count++) ids.unshift((await addWebhook(world)).id);
    const window = windowAround(clock.nowMs, clock.nowMs + 1, DAY_MS);
    const listed = await store.readWebhookStats({ tenant, webhookIds: ids.slice(0, 5), ...window });
    assert.deepEqual(
      listed.map(({ webhookId }) => webhookId),
      ids.slice(0, 5),
    );
    await assert.rejects(
      store.readWebhookStats({ tenant, webhookIds: ids, ...window }),
      /6 webhooks were asked for at once/,
    );
  });

  test(name("a deleted webhook stays in the statistics of its tenant"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const webhook = await addWebhook(world);
    await publishOne(world);
    await settle(world, success(await claimOne(world, webhook)));
    await store.deleteWebhook({ tenant, webhookId: webhook.id, actor: ACTOR });
    for (const advanceMs of [0, DAY_MS]) {
      clock.advance(advanceMs);
      await store.foldStats({ limit: 100 });
      const window = windowAround(clock.nowMs - advanceMs, clock.nowMs, HOUR_MS);
      const { totals } = await store.readStats({ tenant, webhookId: null, ...window, to: window.to + HOUR_MS });
      assert.deepEqual([totals.created, totals.success], [1, 1]);
    }
  });

  test(name("published messages are counted by action and hour, webhooks or not, repeats of a key once"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant, clock } = world;
    const other = message({ topic: "SIGNATURE", action: "SIGNATURE_SUCCESS" });
    await publish(world, { messages: [message(), other, message()] });
    const idempotency = { key: "k", route: "message" as const, bodyHash: new Uint8Array(32) };
    for (let times = 0; times < 2; times++) {
      await store.publish({ tenant, messages: [message()], idempotency, lease: null, test: null });
    }
    clock.advance(HOUR_MS);
    await publish(world, { messages: [other] });
    const count = (fromHour: number, toHour: number) => {
      const start = Math.floor(clock.nowMs / HOUR_MS) * HOUR_MS - HOUR_MS;
      return store.countActions({ tenant, from: start + fromHour * HOUR_MS, to: start + toHour * HOUR_MS });
    };
    const signed = (times: number) => ({ topic: "SIGNATURE", action: "SIGNATURE_SUCCESS", count: times });
    const created = { topic: "SIGNER", action: "CREATED", count: 3 };
    assert.deepEqual(await count(0, 2), [signed(2), created]);
    assert.deepEqual(await count(0, 1), [signed(1), created]);
    assert.deepEqual(await count(1, 2), [signed(1)]);
    assert.deepEqual(await count(2, 9), []);
  });

  test(
    name("folding goes on step by step, leaves the present minute, and expired sums go with their minutes"),
    async (t) => {
      const world = await setup(t, factory);
      const { store, tenant, clock } = world;
      const webhook = await addWebhook(world);
      for (let minute = 0; minute < 3; minute++) {
        await publishOne(world);
        clock.advance(MINUTE_MS);
      }
      await publishOne(world);
      const steps = [];
      for (let more = true; more;) steps.push(({ more } = await store.foldStats({ limit: 1 })));
      assert.deepEqual(steps, [{ more: true }, { more: true }, { more: true }, { more: false }]);
      const window = windowAround(clock.nowMs, clock.nowMs + 1, DAY_MS);
      const created = async (webhookId: WebhookId | null) =>
        (await store.readStats({ tenant, webhookId, ...window })).totals.created;
      assert.deepEqual([await created(null), await created(webhook.id)], [4, 4]);
      clock.advance(3 * DAY_MS);
      await store.foldStats({ limit: 100 });
      const expire = (before: number) => store.pruneExpired({ limit: 100, statsBefore: before });
      await expire(window.to - MINUTE_MS);
      assert.deepEqual([await created(null), await created(webhook.id)], [4, 4]);
      await expire(window.to);
      assert.deepEqual([await created(null), await created(webhook.id)], [0, 0]);
      assert.deepEqual(await store.countActions({ tenant, from: window.from, to: window.to }), []);
    },
  );
}
