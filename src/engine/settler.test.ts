import { test } from "node:test";
import assert from "node:assert/strict";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { IdMinter, eventIdOf } from "../ids.ts";
import { createLogger } from "../log.ts";
import { systemRandom } from "../random.ts";
import type { Settlement } from "../store/delivery.ts";
import { StoreUnavailable } from "../store/store.ts";
import { Settler } from "./settler.ts";

const minter = new IdMinter(systemRandom);

function settlement(): Settlement {
  const record = {
    startedAt: 1,
    durationMs: 1,
    address: null,
    tls: null,
    url: "http://a/",
    requestHeaders: [],
    failure: null,
  };
  const timings = { queuedMs: 0, dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null };
  const response = {
    status: 200,
    statusText: "",
    headers: [],
    body: new Uint8Array(3),
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
  unblocked: () => number;
} {
  const clock = new VirtualClock();
  const written: Settlement[][] = [];
  let unblocked = 0;
  const store = {
    settleAttempts: async ({ settlements }: { settlements: readonly Settlement[] }) => {
      await write(settlements);
      written.push([...settlements]);
      return { late: [], disabled: [], states: [] };
    },
  };
  const settler = new Settler({
    store,
    clock,
    workerId: minter.mint("wrk", 1),
    log: createLogger("silent"),
    live: { add: () => {} },
    onSettled: () => {},
    onDisabled: () => {},
    onUnblocked: () => (unblocked += 1),
  });
  return { clock, settler, written, unblocked: () => unblocked };
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
