/**
 * One simulated installation: the real engine and the real SQLite store, a virtual clock, a seeded generator, hostile
 * receivers, and faults: deaths of the process, a store that cannot write, customers who change everything meanwhile.
 */
import { rm } from "node:fs/promises";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "../../src/assert.ts";
import type { AppEnv } from "../../src/domain/values.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/webhook.ts";
import { formatSecret } from "../../src/domain/signature.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { JobId, MessageId, WebhookId } from "../../src/ids.ts";
import { IdMinter } from "../../src/ids.ts";
import { createLogger } from "../../src/log.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite_store.ts";
import type { Store } from "../../src/store/store.ts";
import { StoreUnavailable } from "../../src/store/store.ts";
import type { Actor, Tenant } from "../../src/store/tenancy.ts";
import { HostileReceivers } from "./hostile_receivers.ts";
import { SeededRandom } from "./seeded_random.ts";
import { VirtualClock } from "./virtual_clock.ts";

const RETENTION_MS = 30 * 86_400_000;
/** Who acts in a simulation. */
export const SYSTEM: Actor = { kind: "system", keyId: null, name: "simulation", ip: null, requestId: null };

/** A webhook as the simulation knows it. */
export type SimWebhook = {
  id: WebhookId;
  tenant: Tenant;
  url: string;
  isDisabled: boolean;
  isDeleted: boolean;
  cap: number;
};
/** A message that was acknowledged. */
export type SimMessage = { id: MessageId; tenant: Tenant; content: string };

const WRITES = new Set([
  "publish",
  "settleAttempts",
  "claimDue",
  "releaseLeases",
  "markBegun",
  "resendEvent",
  "updateWebhook",
  "createJob",
  "changeJob",
  "claimJob",
  "stepJob",
]);

export class World {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly receivers: HostileReceivers;
  readonly tenants: Tenant[] = [];
  readonly webhooks: SimWebhook[] = [];
  readonly messages: SimMessage[] = [];
  readonly jobs: { tenant: number; jobId: JobId }[] = [];
  /** Deaths of the process so far. */
  kills = 0;
  /** While true, every write of the store fails. */
  isStoreDown = false;
  /** Whether an operator has paused all deliveries. */
  isPaused = false;
  readonly #folder = mkdtempSync(join(tmpdir(), "webhooks-sim-"));
  readonly #log = createLogger("silent");
  #generation = 0;
  #store: Store | null = null;
  #engine: Engine | null = null;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.receivers = new HostileReceivers({ clock: this.clock, random: this.random });
  }

  get store(): Store {
    assert(this.#store !== null, "the simulated process is not running");
    return this.#store;
  }

  get engine(): Engine {
    assert(this.#engine !== null, "the simulated process is not running");
    return this.#engine;
  }

  /** Starts the process on whatever the file holds. */
  async start(): Promise<void> {
    const store = new SqliteStore({
      path: join(this.#folder, "webhooks.db"),
      clock: this.clock,
      random: this.random,
      secretKey: Buffer.alloc(32, 7),
      mode: "inline",
      onFatal: (error) => {
        throw error;
      },
    });
    await store.open();
    this.#store = this.#faulty(store);
    const generation = ++this.#generation;
    const engine = new Engine({
      store: this.#store,
      sender: this.receivers,
      clock: this.clock,
      random: this.random,
      log: this.#log,
      workerId: new IdMinter(this.random).mint("wrk", this.clock.now()),
      place: { role: "all", host: "sim", pid: generation },
      options: {
        deliveryTimeoutMs: 15_000,
        leaseMarginMs: 15_000,
        retrySchedule: [5_000, 30_000, 120_000],
        retentionMs: RETENTION_MS,
        dispatcher: { slotsMax: 40, memoryEventsMax: 300 },
      },
      onFatal: (error) => {
        throw error;
      },
    });
    const started = engine.start();
    await this.clock.advance(0);
    await started;
    this.#engine = engine;
  }

  /** The process dies: nothing of its memory, timers and connections is left. */
  async kill(): Promise<void> {
    this.kills += 1;
    this.clock.killTimers();
    this.receivers.killConnections();
    const store = this.store;
    this.#engine = null;
    this.#store = null;
    await store.close();
  }

  /** Stops gracefully, and removes what the simulation left. */
  async end(): Promise<void> {
    if (this.#engine !== null) {
      const stopped = this.#engine.stop({ deadlineMs: 60_000 });
      await this.clock.advance(61_000);
      await stopped;
      await this.#store?.close();
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async addTenant(appId: string, appEnv: AppEnv): Promise<Tenant> {
    await this.store.createApplication({ appId, appName: appId, orgId: null, actor: SYSTEM });
    const tenant = await this.store.findTenant({ appId, appEnv });
    assert(tenant !== null, "the application just made has no environment");
    this.tenants.push(tenant);
    return tenant;
  }

  async addWebhook(tenant: Tenant, options: { cap: number; rateLimit?: number | null }): Promise<SimWebhook> {
    const url = `http://receiver-${this.webhooks.length}.test/`;
    const created = await this.store.createWebhook({
      tenant: tenant.tenant,
      settings: { ...DEFAULT_SETTINGS, url, maxConcurrency: options.cap, rateLimit: options.rateLimit ?? null },
      secret: formatSecret(this.random.bytes(32)),
      actor: SYSTEM,
    });
    assert(created.kind === "created", "the simulation makes fewer webhooks than the limit");
    const webhook = {
      id: created.webhook.id,
      tenant,
      url,
      cap: options.cap,
      isDisabled: false,
      isDeleted: false,
    };
    this.webhooks.push(webhook);
    return webhook;
  }

  /** Publishes one message; one that is not acknowledged (store down) is not counted. */
  async publish(tenant: Tenant): Promise<void> {
    const content = `{"signerId":"${tenant.appId}","n":${this.messages.length},"big":12345678901234567890}`;
    const kind = { topic: "SIGNER", action: "CREATED", msgNature: "SUCCESS" as const };
    const message = { ...kind, content, error: null, searchValues: [tenant.appId], traceParent: null };
    try {
      const result = await this.engine.intake.publish({ tenant, messages: [message], idempotency: null, test: null });
      assert(result.kind === "created", "a publish without an idempotency key creates");
      for (const { id } of result.messages) this.messages.push({ id, tenant, content });
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  async setDisabled(webhook: SimWebhook, isDisabled: boolean): Promise<void> {
    if (!isDisabled) webhook.isDisabled = false; // from the commit on it may be sent to
    const updated = await this.store.updateWebhook({
      tenant: webhook.tenant.tenant,
      webhookId: webhook.id,
      actor: SYSTEM,
      change: { isDisabled },
    });
    assert(updated !== null, "the webhook exists");
    await this.engine.changes.refresh();
    webhook.isDisabled = isDisabled;
  }

  async setPaused(isPaused: boolean): Promise<void> {
    if (!isPaused) this.isPaused = false; // from the commit on something may be sent
    await this.store.setPaused({ isPaused, actor: SYSTEM });
    await this.engine.changes.refresh();
    this.isPaused = isPaused;
  }

  /** Gives an environment a retry schedule of its own, or (null) the server's again. */
  async setSchedule(tenant: Tenant, retrySchedule: readonly number[] | null): Promise<void> {
    const change = { retrySchedule };
    const params = { tenant: tenant.tenant, change, serverRetentionMs: RETENTION_MS, actor: SYSTEM };
    await this.store.updateEnvironmentSettings(params);
    await this.engine.changes.refresh();
  }

  async deleteWebhook(webhook: SimWebhook): Promise<void> {
    await this.store.deleteWebhook({ tenant: webhook.tenant.tenant, webhookId: webhook.id, actor: SYSTEM });
    await this.engine.changes.refresh();
    webhook.isDeleted = true;
  }

  #faulty(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target);
        if (typeof method !== "function") return method;
        return (...params: unknown[]): unknown => {
          if (this.isStoreDown && WRITES.has(String(name))) return Promise.reject(new StoreUnavailable("disk full"));
          return Reflect.apply(method, target, params);
        };
      },
    });
  }
}
