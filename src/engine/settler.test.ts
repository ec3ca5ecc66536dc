import { test } from "node:test";
import assert from "node:assert/strict";
import { LEASED_EVENT } from "../../test/engine/leased_event.ts";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import type { EventId } from "../ids.ts";
import { IdMinter, eventIdOf, messageIdOf } from "../ids.ts";
import { createLogger } from "../log.ts";
import { systemRandom } from "../random.ts";
import type { LeasedEvent, SettledState, Settlement } from "../store/delivery.ts";
import { StoreUnavailable } from "../store/store.ts";
import type { LiveItem } from "./live_items.ts";
import { Settler } from "./settler.ts";

const minter = new IdMinter(systemRandom);

function settlement(): Settlement {
  const record = {
    startedAt: 1,
    durationMs: 1,
    address: null,
    tls: null,
    url: "http://a/",
    requestHeaders: "[]",
    failure: null,
  };
  const timings = { queuedMs: 0, dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null };
  const response = {
    status: 200,
    statusText: "",
    headers: "[]",
    body: "abc",
    isTruncated: false,
    bodyError: null,
  };
  const ids = { tenant: 1, eventId: eventIdOf(minter.mint("msg", 1), 1), webhookId: minter.mint("whk", 1) };
  const how = {
    attempt: 1,
    trigger: "AUTO" as const,
    triggeredBy: null,
    isTest: false,
    retryInMs: null,
    disableAs: null,
  };
  return {
    ...ids,
    ...how,
    status: "SUCCESS",
    code: "200",
    countsAsFailing: false,
    record: { ...record, timings, response },
  };
}

type Write = (batch: readonly Settlement[]) => Promise<void>;

function setup(write: Write): {
  clock: VirtualClock;
  settler: Settler;
  written: Settlement[][];
  shown: LiveItem[];
  unblocked: () => number;
} {
  const clock = new VirtualClock();
  const written: Settlement[][] = [];
  const shown: LiveItem[] = [];
  let unblocked = 0;
  const store = {
    settleAttempts: async (params: { settlements: readonly Settlement[]; statesOf?: readonly EventId[] }) => {
      const { settlements, statesOf = [] } = params;
      await write(settlements);
      const known = new Set(written.flat().map(({ eventId }) => eventId));
      written.push([...settlements]);
      const asked = settlements.filter(({ eventId }) => !known.has(eventId) && statesOf.includes(eventId));
      const late = settlements.map(({ eventId }) => eventId).filter((eventId) => known.has(eventId));
      return { late, disabled: [], states: asked.map(stateOf) };
    },
  };
  const settler = new Settler({
    store,
    clock,
    workerId: minter.mint("wrk", 1),
    log: createLogger("silent"),
    live: { add: (_tenant, items) => void shown.push(...items) },
    onSettled: () => {},
    onDisabled: () => {},
    onUnblocked: () => (unblocked += 1),
  });
  return { clock, settler, written, shown, unblocked: () => unblocked };
}

function stateOf({ eventId, attempt }: Settlement): SettledState {
  return { eventId, attempt, retriesUsed: 3, nextAttemptAt: null, updatedAt: 42 };
}

/** The event of an outcome, as the dispatcher knew it before. */
function eventOf({ eventId, tenant, webhookId, attempt, trigger }: Settlement): LeasedEvent {
  return { ...LEASED_EVENT, id: eventId, messageId: messageIdOf(eventId), tenant, webhookId, attempt, trigger };
}

test("what ends while a batch is written goes together into the next one", async () => {
  let release = (): void => {};
  const { clock, settler, written } = setup(() => new Promise((resolve) => (release = resolve)));
  settler.settle(settlement());
  await clock.advance(1);
  for (let count = 0; count < 3; count++) settler.settle(settlement());
  release();
  await clock.advance(1);
  release();
  await settler.flush();
  assert.deepEqual(
    written.map((batch) => batch.length),
    [1, 3],
  );
});

test("outcomes are kept while the store is unavailable, and written when it is back", async () => {
  let isDown = true;
  const { clock, settler, written, unblocked } = setup(() =>
    isDown ? Promise.reject(new StoreUnavailable("disk full")) : Promise.resolve(),
  );
  const one = settlement();
  settler.settle(one);
  await clock.advance(60_000);
  assert.equal(settler.isBlocked, true);
  assert.equal(settler.pending, 1);
  isDown = false;
  await clock.advance(5_000);
  assert.deepEqual(written, [[one]]);
  assert.equal(settler.isBlocked, false);
  assert.equal(unblocked(), 1);
});

test("an outcome that cannot be stored whole is stored bare, and holds up no other", async () => {
  const [good, bad] = [settlement(), settlement()];
  const { settler, written } = setup((batch) =>
    batch.some((one) => one.eventId === bad.eventId && one.record.response !== null)
      ? Promise.reject(new TypeError("cannot be bound"))
      : Promise.resolve(),
  );
  settler.settle(bad);
  settler.settle(good);
  await settler.flush();
  const stored = new Map(written.flat().map((one) => [one.eventId, one.record.response]));
  assert.equal(stored.get(bad.eventId), null);
  assert.equal(stored.get(good.eventId), good.record.response);
});

test("watched outcomes are shown when they are durable, as they were stored, each once, and no others", async () => {
  let isDown = true;
  const [watched, unwatched, bad] = [settlement(), settlement(), settlement()];
  const { clock, settler, shown } = setup((batch) => {
    if (batch.some((one) => one.eventId === bad.eventId && one.record.response !== null)) {
      return Promise.reject(new TypeError("cannot be bound"));
    }
    return isDown && batch.some((one) => one.eventId === unwatched.eventId)
      ? Promise.reject(new StoreUnavailable("disk full"))
      : Promise.resolve();
  });
  settler.settle(watched, eventOf(watched));
  settler.settle(bad, eventOf(bad));
  settler.settle(unwatched);
  settler.settle(watched, eventOf(watched)); // as after a lost lease: the store finds it late
  await clock.advance(60_000);
  assert.deepEqual(
    shown.map(({ event }) => event.id),
    [watched.eventId, bad.eventId],
  );
  isDown = false;
  await clock.advance(60_000);
  await settler.flush();
  const [first, second] = shown;
  assert.equal(shown.length, 2);
  assert.deepEqual(
    [first?.event.status, first?.event.retriesUsed, first?.event.updatedAt, first?.event.response?.status],
    ["SUCCESS", 3, 42, 200],
  );
  assert.equal(second?.event.response, null);
});
