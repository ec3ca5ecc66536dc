/** A tenant's publishes, held until what an earlier one left in the store was claimed. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { LEASED_EVENT } from "../../test/engine/leased_event.ts";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { sleep } from "../clock.ts";
import { DEFAULT_SETTINGS } from "../domain/webhook.ts";
import type { SendRequest } from "../egress/sender.ts";
import { IdMinter, eventIdOf } from "../ids.ts";
import { createLogger } from "../log.ts";
import { systemRandom } from "../random.ts";
import type { LeasedEvent, PublishParams } from "../store/delivery.ts";
import { DEFAULT_DISPATCHER_OPTIONS, Dispatcher } from "./dispatcher.ts";
import type { Publication } from "./intake.ts";
import { Intake } from "./intake.ts";
import { PublishGate } from "./publish_gate.ts";

const TENANT = 1;
const OTHER_TENANT = 2;

test("a closed gate is quiet when what passed it has ended, and holds what comes until it is opened", async () => {
  const clock = new VirtualClock();
  const gate = new PublishGate({ clock });
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const passed = gate.pass(TENANT, () => first.promise);
  await clock.advance(0);
  gate.close(TENANT, () => log.push("quiet"));
  const held = gate.pass(TENANT, () => Promise.resolve(log.push("held")));
  const other = gate.pass(OTHER_TENANT, () => Promise.resolve(log.push("other tenant")));
  await clock.advance(1);
  assert.equal(gate.isEmptying(TENANT), true);
  first.resolve();
  await clock.advance(1);
  assert.equal(gate.isEmptying(TENANT), false);
  assert.deepEqual(log, ["other tenant", "quiet"]);
  gate.open(TENANT);
  await Promise.all([passed, held, other]);
  assert.deepEqual(log, ["other tenant", "quiet", "held"]);
});

test("a gate opens by itself after a quarter of a second, and is not closed again at once", async () => {
  const clock = new VirtualClock();
  const gate = new PublishGate({ clock });
  let [quiet, isPassed] = [0, false];
  gate.close(TENANT, () => quiet++);
  const held = gate.pass(TENANT, () => Promise.resolve((isPassed = true)));
  await clock.advance(249);
  assert.equal(isPassed, false);
  await clock.advance(1);
  assert.equal(await held, true);
  gate.close(TENANT, () => quiet++);
  gate.open(TENANT);
  gate.close(TENANT, () => quiet++);
  assert.equal(quiet, 2, "closed at once, and after 250 ms, and not a third time");
});

test("a publish that fails lets the gate become quiet as well", async () => {
  const clock = new VirtualClock();
  const gate = new PublishGate({ clock });
  const failing = gate.pass(TENANT, () => Promise.reject(new Error("no database")));
  let isQuiet = false;
  gate.close(TENANT, () => (isQuiet = true));
  await assert.rejects(failing, /no database/);
  assert.equal(isQuiet, true);
});

test("publishes that never pause are handed over again after a lane has caught up, in their order", async () => {
  const { clock, intake, published, sent } = setup();
  const until = clock.now() + 2_000;
  const publisher = async (): Promise<void> => {
    while (clock.now() < until) await intake.publish(publication());
  };
  const publishers = [publisher(), publisher(), publisher(), publisher()];
  await clock.advance(3_000);
  await Promise.all(publishers);
  assert.ok(published.length > 500, `${published.length} were published`);
  assert.equal(published[0]?.isLeased, false, "something waited in the store at first");
  const late = published.slice(published.length / 2);
  assert.deepEqual(
    late.filter(({ isLeased }) => !isLeased),
    [],
  );
  assert.deepEqual(
    sent,
    published.map(({ id }) => id),
  );
});

/** An engine's entrance and dispatcher on a store that takes 5 ms for everything, in which one webhook has an event waiting. */
function setup() {
  const clock = new VirtualClock();
  const minter = new IdMinter(systemRandom);
  const webhookId = minter.mint("whk", clock.now());
  const published: { id: string; isLeased: boolean }[] = [];
  const sent: string[] = [];
  let waiting: LeasedEvent[] = [];
  const later = (): Promise<void> => sleep(clock, 5);
  const store = {
    capabilities: { isShared: false },
    deliverySettings: async () => {
      await later();
      const secrets: string[] = [];
      return [{ ...DEFAULT_SETTINGS, webhookId, webhookNo: 1, tenant: TENANT, url: "", secrets, isDeleted: false }];
    },
    findDueLanes: () => Promise.resolve({ lanes: [{ tenant: TENANT, webhookId }], nextCursor: null, nextDueAt: null }),
    publish: async ({ lease }: PublishParams) => {
      await later();
      const messageId = minter.mint("msg", clock.now());
      const isLeased = lease !== null && !lease.exceptWebhookIds.includes(webhookId) && waiting.length === 0;
      const event = { ...LEASED_EVENT, id: eventIdOf(messageId, 1), messageId, webhookId, dueAt: clock.now() };
      published.push({ id: event.id, isLeased });
      if (!isLeased) waiting.push(event);
      const events = [{ id: event.id, webhookId, status: "PENDING" as const, isLeased, isElsewhere: false }];
      return { kind: "created" as const, messages: [{ id: messageId, createdAt: clock.now(), events }] };
    },
    claimDue: async ({ lanes }: { lanes: readonly { room: number }[] }) => {
      const claimed = waiting.slice(0, lanes[0]?.room ?? 0);
      waiting = waiting.slice(claimed.length);
      await later();
      return claimed;
    },
    settleAttempts: () => Promise.resolve({ late: [], disabled: [], states: [] }),
    releaseLeases: () => Promise.resolve(),
  };
  const workerId = minter.mint("wrk", clock.now());
  const live = { isWatched: () => false } as never;
  const gate = new PublishGate({ clock });
  const dispatcher = new Dispatcher({
    store: store as never,
    workerId,
    clock,
    log: createLogger("silent"),
    attempt: {
      sender: {
        send: (request: SendRequest) => {
          sent.push(request.token.eventId);
          return later().then(succeeded);
        },
      } as never,
      clock,
      random: systemRandom,
      defaults: { timeoutMs: 15_000, retrySchedule: [] },
    },
    live,
    gate,
    mayBegin: () => true,
    options: DEFAULT_DISPATCHER_OPTIONS,
  });
  dispatcher.wake({ tenant: TENANT, webhookId });
  const intake = new Intake({ store, handover: dispatcher, live, gate, workerId });
  return { clock, intake, published, sent };
}

function publication(): Publication {
  const tenant = { tenant: TENANT, appId: "appId_1", appEnv: "DEVELOPMENT" as const, appName: "", orgId: "org" };
  return { tenant, messages: [{} as never], idempotency: null, test: null }; // the store above looks at no message
}

function succeeded() {
  const response = { kind: "response", status: 200, statusText: "OK", headers: "[]", body: "", isTruncated: false };
  const timings = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null };
  const outcome = { ...response, bodyError: null, retryAfter: null, deliveryControl: null };
  return { startedAt: 0, durationMs: 1, timings, address: null, tls: null, requestHeaders: "[]", outcome };
}
