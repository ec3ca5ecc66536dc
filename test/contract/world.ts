/** A small world around a store under test: a clock that stands still, a tenant, a worker, and short ways to act. */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import type { TestContext } from "node:test";
import type { Clock } from "../../src/clock.ts";
import type { AttemptFailure } from "../../src/domain/failure.ts";
import { failure } from "../../src/domain/failure.ts";
import { formatSecret } from "../../src/domain/signature.ts";
import type { AppEnv } from "../../src/domain/values.ts";
import type { Webhook, WebhookSettings } from "../../src/domain/webhook.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/webhook.ts";
import type { EventId, WebhookId, WorkerId } from "../../src/ids.ts";
import { IdMinter } from "../../src/ids.ts";
import { systemRandom } from "../../src/random.ts";
import type {
  AttemptRecord,
  LeasedEvent,
  NewMessage,
  PublishParams,
  PublishResult,
  PublishedMessage,
  Settlement,
} from "../../src/store/delivery.ts";
import type { EventFilter, StoredEvent } from "../../src/store/history.ts";
import type { Store } from "../../src/store/store.ts";
import type { Actor } from "../../src/store/tenancy.ts";
import type { StoreFactory, StoreKeys, TestStore } from "./store_factory.ts";

/** A quiet Tuesday, 2026-03-10T12:00:00Z, in the middle of a UTC day. */
const START_MS = 1_773_144_000_000;
/** One hour. */
export const HOUR_MS = 3_600_000;
/** One day. */
export const DAY_MS = 86_400_000;
/** Who acts in the tests. */
export const ACTOR: Actor = { kind: "operator", keyId: null, name: "tester", ip: "192.0.2.1", requestId: "req-1" };
/** Lets every event through. */
export const NO_FILTER: EventFilter = {
  status: null,
  topic: null,
  action: null,
  msgNature: null,
  from: null,
  to: null,
  code: null,
  attemptsMin: null,
  isTest: null,
  search: null,
};
/** The first 50 rows. */
export const FIRST_PAGE = { limit: 50, page: 1, cursor: null };

/** A clock that moves only when told to. */
export class StandingClock implements Clock {
  nowMs = START_MS;
  now(): number {
    return this.nowMs;
  }
  monotonicMs(): number {
    return this.nowMs;
  }
  setTimer(): () => void {
    throw new Error("the store sets no timers");
  }
  advance(ms: number): void {
    this.nowMs += ms;
  }
}

/** What {@link setup} makes. */
export type World = Awaited<ReturnType<typeof setup>>;

/** A fresh world, torn down after the test. */
export async function setup(t: TestContext, factory: StoreFactory) {
  const clock = new StandingClock();
  const test: TestStore = await factory.create({ clock });
  const minter = new IdMinter(systemRandom);
  const world = {
    clock,
    store: test.store,
    dump: test.dump,
    tamper: test.tamper,
    tenant: 0,
    workerId: minter.mint("wrk", clock.nowMs),
    newWorkerId: (): WorkerId => minter.mint("wrk", clock.nowMs),
    reopen: async (keys?: StoreKeys): Promise<Store> => (world.store = await test.reopen(keys)),
  };
  t.after(async () => {
    await test.destroy();
  });
  world.tenant = await newTenant(world.store, "DEVELOPMENT");
  await world.store.registerWorker({ workerId: world.workerId, role: "all", host: "test", pid: 1 });
  return world;
}

/** The tenant's number, of a new application. */
export async function newTenant(store: Store, appEnv: AppEnv): Promise<number> {
  const appId = `appId_${randomUUID()}`;
  await store.createApplication({ appId, appName: "An application", orgId: null, actor: ACTOR });
  const tenant = await store.findTenant({ appId, appEnv });
  assert.ok(tenant);
  return tenant.tenant;
}

/** A small message. */
export function message(change: Partial<NewMessage> = {}): NewMessage {
  return {
    topic: "SIGNER",
    action: "CREATED",
    msgNature: "SUCCESS",
    content: '{"signerId":"signer-1"}',
    error: null,
    searchValues: [],
    traceParent: null,
    ...change,
  };
}

/** Registers a webhook of the world's tenant. */
export async function addWebhook(world: World, settings: Partial<WebhookSettings> = {}): Promise<Webhook> {
  const result = await world.store.createWebhook({
    tenant: world.tenant,
    settings: { ...DEFAULT_SETTINGS, url: "https://receiver.example/hook", ...settings },
    secret: formatSecret(systemRandom.bytes(32)),
    actor: ACTOR,
  });
  assert.equal(result.kind, "created");
  return result.webhook;
}

/** Publishes, whatever comes of it. */
export function publishRaw(world: World, change: Partial<PublishParams> = {}): Promise<PublishResult> {
  const params = { tenant: world.tenant, messages: [message()], idempotency: null, lease: null, test: null };
  return world.store.publish({ ...params, ...change });
}

/** The messages made by a publish that must succeed. */
export async function publish(world: World, change: Partial<PublishParams> = {}): Promise<PublishedMessage[]> {
  const result = await publishRaw(world, change);
  assert.equal(result.kind, "created");
  return result.messages;
}

/** One message, its only event's id. */
export async function publishOne(world: World, change: Partial<NewMessage> = {}): Promise<EventId> {
  const [published] = await publish(world, { messages: [message(change)] });
  const [event] = published?.events ?? [];
  assert.ok(event);
  return event.id;
}

/** Claims for one webhook. */
export function claim(
  world: World,
  webhook: Pick<Webhook, "id">,
  options: { room?: number; bytesMax?: number; workerId?: WorkerId } = {},
): Promise<LeasedEvent[]> {
  const { room = 100, bytesMax = 1_000_000, workerId = world.workerId } = options;
  return world.store.claimDue({ workerId, lanes: [{ tenant: world.tenant, webhookId: webhook.id, room }], bytesMax });
}

/** Gives a webhook's lane back, so that another worker can claim from it where lanes belong to one at a time. */
export async function releaseLane(
  world: World,
  webhook: Pick<Webhook, "id">,
  workerId: WorkerId = world.workerId,
): Promise<void> {
  await world.store.releaseLanes({ workerId, lanes: [{ tenant: world.tenant, webhookId: webhook.id }] });
}

/** The one event that is due. */
export async function claimOne(world: World, webhook: Pick<Webhook, "id">): Promise<LeasedEvent> {
  const [event, ...others] = await claim(world, webhook);
  assert.ok(event);
  assert.equal(others.length, 0);
  return event;
}

/** What is kept of an attempt that was answered with 200. */
export function record(change: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    startedAt: START_MS,
    durationMs: 12.5,
    timings: { queuedMs: 3, dnsMs: 1, connectMs: 2, tlsMs: null, firstByteMs: 4, bodyMs: 0.5 },
    address: "192.0.2.7",
    tls: null,
    url: "https://receiver.example/hook",
    requestHeaders: `[["content-type","application/json"]]`,
    response: {
      status: 200,
      statusText: "OK",
      headers: `[["x-a","1"]]`,
      body: "ok",
      isTruncated: false,
      bodyError: null,
    },
    failure: null,
    ...change,
  };
}

/** How a leased event ended well. */
export function success(event: LeasedEvent, change: Partial<Settlement> = {}): Settlement {
  return {
    tenant: event.tenant,
    eventId: event.id,
    webhookId: event.webhookId,
    attempt: event.attempt,
    trigger: event.trigger,
    triggeredBy: event.triggeredBy,
    isTest: event.isTest,
    status: "SUCCESS",
    retryInMs: null,
    code: "200",
    countsAsFailing: false,
    disableAs: null,
    record: record(),
    ...change,
  };
}

/** How a leased event failed, with a retry in 5 s unless told otherwise. */
export function failed(
  event: LeasedEvent,
  change: Partial<Settlement> = {},
  why: AttemptFailure = failure("TIMEOUT_RESPONSE"),
): Settlement {
  const failing = { status: "FAILED", retryInMs: 5_000, code: why.code, countsAsFailing: true } as const;
  return success(event, { ...failing, record: record({ response: null, failure: why }), ...change });
}

/** Settles and expects that no lease was lost. */
export async function settle(world: World, ...settlements: Settlement[]): Promise<void> {
  const { late } = await world.store.settleAttempts({ workerId: world.workerId, settlements });
  assert.deepEqual(late, []);
}

/** An event that must be there. */
export async function readEvent(world: World, eventId: EventId): Promise<StoredEvent> {
  const found = await world.store.getEvent({ tenant: world.tenant, webhookId: null, eventId });
  assert.ok(found);
  return found.event;
}

/** Resends an event by hand. */
export function resend(world: World, event: { webhookId: WebhookId; eventId: EventId }) {
  return world.store.resendEvent({ tenant: world.tenant, ...event, trigger: "RESEND", actor: ACTOR });
}

/** The hash of a text. */
export function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** To be called at the end of tests that move events about. */
export async function assertCountersEqualRows(world: World): Promise<void> {
  assert.deepEqual(await world.store.counterDifferences(), []);
}
