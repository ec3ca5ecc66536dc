/** Lanes on their way to other workers: what they hold goes first, and one that is slow keeps no other. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { LEASED_EVENT } from "../../test/engine/leased_event.ts";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { DEFAULT_SETTINGS } from "../domain/webhook.ts";
import type { SendReport } from "../egress/sender.ts";
import type { WebhookId } from "../ids.ts";
import { IdMinter } from "../ids.ts";
import { createLogger } from "../log.ts";
import { systemRandom } from "../random.ts";
import type { LeasedEvent } from "../store/delivery.ts";
import { DEFAULT_DISPATCHER_OPTIONS, Dispatcher } from "./dispatcher.ts";
import { PublishGate } from "./publish_gate.ts";

const minter = new IdMinter(systemRandom);

function setup() {
  const clock = new VirtualClock();
  const log: string[] = [];
  const world = {
    settings: Promise.withResolvers<void>(),
    leasesBack: Promise.withResolvers<void>(),
    released: [] as WebhookId[],
  };
  const none = { lanes: [], nextCursor: null, nextDueAt: null };
  const store = {
    capabilities: { isShared: true },
    deliverySettings: async ({ webhookIds }: { webhookIds: WebhookId[] }) => {
      await world.settings.promise;
      return webhookIds.map((webhookId) => ({
        ...DEFAULT_SETTINGS,
        webhookId,
        url: "https://r.example",
        webhookNo: 1,
        tenant: 1,
        secrets: [],
        isDeleted: false,
      }));
    },
    findDueLanes: () => Promise.resolve(none),
    claimDue: () => Promise.resolve([]),
    laneShares: () => Promise.resolve({ own: 100, all: 100, workers: 2 }),
    releaseLeases: async () => {
      await world.leasesBack.promise;
      log.push("leases");
    },
    releaseLanes: ({ lanes }: { lanes: readonly { webhookId: WebhookId }[] }) => {
      log.push("lanes");
      world.released.push(...lanes.map(({ webhookId }) => webhookId));
      return Promise.resolve();
    },
  };
  const sent: PromiseWithResolvers<SendReport>[] = [];
  const send = () => {
    const one = Promise.withResolvers<SendReport>();
    sent.push(one);
    return one.promise;
  };
  const dispatcher = new Dispatcher({
    store: store as never,
    workerId: minter.mint("wrk", 1),
    clock,
    log: createLogger("silent"),
    attempt: {
      sender: { send } as never,
      clock,
      random: systemRandom,
      defaults: { timeoutMs: 15_000, retrySchedule: [] },
    },
    live: { isWatched: () => false } as never,
    gate: new PublishGate({ clock }),
    mayBegin: () => true,
    options: DEFAULT_DISPATCHER_OPTIONS,
  });
  const event = (webhookId: WebhookId): LeasedEvent => ({ ...LEASED_EVENT, webhookId });
  return { clock, world, log, dispatcher, event, sent };
}

test("what waits in a lane is back in the store before the lane is anybody's", async () => {
  const { clock, world, log, dispatcher, event } = setup();
  dispatcher.accept([event(minter.mint("whk", 1))]); // its settings are not known yet, so it waits
  await dispatcher.shareLanes();
  await clock.advance(0);
  assert.deepEqual(log, [], "the event of the lane is still leased here");
  world.leasesBack.resolve();
  await clock.advance(0);
  assert.deepEqual(log, ["leases", "lanes"]);
});

test("a lane whose attempt hangs keeps no other lane on its way", async () => {
  const { clock, world, dispatcher, event, sent } = setup();
  world.settings.resolve();
  world.leasesBack.resolve();
  const [hanging, waiting] = [minter.mint("whk", 1), minter.mint("whk", 1)];
  dispatcher.accept([event(hanging)]);
  await clock.advance(0);
  assert.equal(sent.length, 1, "an attempt of the one runs");
  world.settings = Promise.withResolvers(); // those of the other are not known yet, so it waits
  dispatcher.accept([event(waiting)]);
  await dispatcher.shareLanes();
  await clock.advance(0);
  assert.deepEqual(world.released, [waiting]);
});

test("a round of sharing ends at a stop, whatever hangs", async () => {
  const { clock, world, dispatcher, event } = setup();
  world.settings.resolve();
  world.leasesBack.resolve();
  dispatcher.accept([event(minter.mint("whk", 1))]);
  await clock.advance(0);
  let isOver = false;
  void dispatcher.shareLanes().finally(() => (isOver = true));
  const stopped = dispatcher.stop({ deadlineMs: 1_000 });
  await clock.advance(1_000);
  assert.equal(await stopped, false);
  assert.equal(isOver, true, "Engine.stop awaits the loop that this round runs in");
});

test("a worker that stops frees each lane as soon as nothing of it is under way", async () => {
  const { clock, world, dispatcher, event } = setup();
  world.settings.resolve();
  world.leasesBack.resolve();
  const [hanging, idle] = [minter.mint("whk", 1), minter.mint("whk", 1)];
  dispatcher.accept([event(hanging)]);
  dispatcher.wake({ tenant: 1, webhookId: idle });
  await clock.advance(0);
  const stopped = dispatcher.stop({ deadlineMs: 30_000 });
  await clock.advance(1_000);
  const released = [...world.released];
  await clock.advance(30_000);
  assert.equal(await stopped, false);
  assert.deepEqual(released, [idle], "its events wait for others' attempts otherwise, up to 30 s at every deploy");
});
