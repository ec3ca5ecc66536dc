/** Puts a server together, starts it and stops it: what `main.ts` does with a configuration, and tests do in-process. */
import { hostname } from "node:os";
import { join } from "node:path";
import type { AddressInfo } from "node:net";
import { createApi, createWorkerApi } from "./api/app.ts";
import { Authenticator } from "./api/authentication.ts";
import { FlowLimits } from "./api/flow_limits.ts";
import { GuessLimits } from "./api/guess_limits.ts";
import type { Api, Lifecycle, Services } from "./api/services.ts";
import { Tenants } from "./api/tenants.ts";
import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Catalog } from "./domain/catalog.ts";
import type { EgressPolicyOptions } from "./egress/address_policy.ts";
import { EgressPolicy } from "./egress/address_policy.ts";
import type { Sender } from "./egress/sender.ts";
import { ThreadSender } from "./egress/sender_thread.ts";
import { formatCidr } from "./egress/ip_address.ts";
import { formatProxy } from "./egress/proxy_url.ts";
import type { Resolver } from "./egress/resolver.ts";
import { createSystemResolver } from "./egress/system_resolver.ts";
import { URL_CHECKS_AT_A_TIME_MAX, UrlChecker } from "./egress/url_check.ts";
import type { DispatcherOptions } from "./engine/dispatcher.ts";
import { DEFAULT_DISPATCHER_OPTIONS } from "./engine/dispatcher.ts";
import { Engine } from "./engine/engine.ts";
import type { FirstStart } from "./first_start.ts";
import { prepareFirstStart } from "./first_start.ts";
import { IdMinter } from "./ids.ts";
import type { Logger } from "./log.ts";
import { Loop } from "./loop.ts";
import { openStore } from "./open_store.ts";
import type { Random } from "./random.ts";
import { systemRandom } from "./random.ts";
import type { ServerKeys } from "./server_keys.ts";
import type { Store } from "./store/store.ts";
import { VERSION } from "./version.ts";

const KEY_USES_EVERY_MS = 10_000;
/** How long requests under way may take at a stop, when all else is done. */
const ANSWERS_MS_MAX = 5_000;
/** So many registrations at a time learn whether their host resolves; the others are taken without that warning. */
const REGISTRATION_LOOKUPS_MAX = 64;
/** Where `npm run build` puts the console. */
const CONSOLE_FOLDER = join(import.meta.dirname, "../console/dist");

const NOTHING_MADE: FirstStart = { operatorKey: null, demo: null };

/** What a server is started with. */
export type ServerOptions = {
  config: Config;
  log: Logger;
  /** Called when a thread died or the worker was declared dead: the process has to end. */
  onFatal: (error: Error) => void;
  /** What tests replace. */
  overrides?: {
    clock?: Clock;
    random?: Random;
    sender?: Sender;
    dispatcher?: Partial<DispatcherOptions>;
    /** Who is asked for the addresses of receivers (`127.0.0.1:5353` each), in place of the machine's name servers. */
    nameServers?: readonly string[];
    /** Whether the host of a URL has addresses, in place of asking the name servers. */
    hostResolves?: (url: URL) => Promise<boolean>;
    /** A slow disk: every commit takes so many ms longer. */
    commitDelayMs?: number;
    /** How long a request may take to arrive, in ms. */
    requestMsMax?: number;
    /** Where the built console is. */
    consoleFolder?: string;
  };
};

/** A server that listens and delivers. */
export type RunningServer = {
  /** Where it listens, such as `http://127.0.0.1:4400`. */
  url: string;
  firstStart: FirstStart;
  store: Store;
  engine: Engine;
  /** Takes no more messages, drains, gives back, closes. Idempotent. False when attempts outlived `deadlineMs`. */
  stop(options: { deadlineMs: number }): Promise<boolean>;
};

/** Starts everything, in the order in which each part needs the one before. What was started is stopped if one fails. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, log, onFatal, overrides = {} } = options;
  const { clock = systemClock, random = systemRandom } = overrides;
  const commitDelayMs = overrides.commitDelayMs ?? 0;
  const sharedClock = overrides.clock ?? null;
  const { store, keys } = await openStore({ config, clock, sharedClock, random, log, onFatal, commitDelayMs });
  const running = new Parts({ ...options, clock, random, store, keys });
  try {
    return await running.start();
  } catch (error) {
    await running.stop({ deadlineMs: 0 });
    throw error;
  }
}

type PartsDeps = ServerOptions & { clock: Clock; random: Random; store: Store; keys: ServerKeys };

/** The parts of a server around its open store. */
class Parts {
  readonly #deps: PartsDeps;
  readonly #engine: Engine;
  readonly #services: Services;
  readonly #keyUses: Loop;
  readonly #markStarted: () => void;
  #api: Api | null = null;
  #stopped: Promise<boolean> | null = null;

  constructor(deps: PartsDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.#engine = createEngine(deps);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#markStarted = resolve;
    this.#services = createServices(deps, this.#engine, { state: "starting", started: promise });
    const run = (): Promise<void> => this.#services.authenticator.flushUses();
    this.#keyUses = new Loop({ name: "key-uses", everyMs: KEY_USES_EVERY_MS, run, clock, log });
  }

  /** Listens before anything is delivered or printed: receivers must be able to check their tokens. */
  async start(): Promise<RunningServer> {
    const { config, store, random } = this.#deps;
    this.#api = await this.#createApi();
    await this.#api.listen({ host: config.host, port: config.port });
    // Whoever answers calls shows the keys for them, so that they are looked for in one place.
    const firstStart = config.role === "worker" ? NOTHING_MADE : await prepareFirstStart(store, { config, random });
    await this.#engine.start();
    this.#keyUses.start();
    this.#services.lifecycle.state = "running";
    this.#markStarted();
    const url = urlOf(this.#api.server.address() as AddressInfo); // a TCP server that listens has such an address
    return { url, firstStart, store, engine: this.#engine, stop: (options) => this.stop(options) };
  }

  #createApi(): Promise<Api> {
    const { config, overrides = {} } = this.#deps;
    if (config.role === "worker") return createWorkerApi(this.#services);
    const { trustProxy, publicUrl } = config;
    const { consoleFolder = CONSOLE_FOLDER, requestMsMax } = overrides;
    const settings = { trustProxy, publicUrl, version: VERSION, consoleFolder };
    return createApi(this.#services, requestMsMax === undefined ? settings : { ...settings, requestMsMax });
  }

  stop(options: { deadlineMs: number }): Promise<boolean> {
    this.#stopped ??= this.#stop(options);
    return this.#stopped;
  }

  /** The API outlives the engine: receivers of the last attempts still check their tokens. */
  async #stop(options: { deadlineMs: number }): Promise<boolean> {
    const { store } = this.#deps;
    this.#services.lifecycle.state = "stopping";
    this.#markStarted();
    try {
      await this.#engine.stop(options);
      const { running, unsettled } = this.#engine.status();
      return running + unsettled === 0;
    } finally {
      await this.#closeApi();
      await this.#keyUses.stop();
      await this.#flushKeyUses();
      await store.close();
    }
  }

  /** Waits for requests under way, but not for one that never comes completely. */
  async #closeApi(): Promise<void> {
    const api = this.#api;
    const cancel = this.#deps.clock.setTimer(() => api?.server.closeAllConnections(), ANSWERS_MS_MAX);
    await api?.close();
    cancel();
  }

  async #flushKeyUses(): Promise<void> {
    const { log } = this.#deps;
    try {
      await this.#services.authenticator.flushUses();
    } catch (error) {
      log.warn({ err: error }, "the last uses of keys were not noted");
    }
  }
}

function createEngine(deps: PartsDeps): Engine {
  const { config, log, onFatal, overrides = {}, clock, random, store, keys } = deps;
  const dispatcher = { ...DEFAULT_DISPATCHER_OPTIONS, ...overrides.dispatcher };
  const sender =
    overrides.sender ??
    new ThreadSender({
      tokenKey: keys.token[0],
      policy: egressPolicyOptions(config),
      version: VERSION,
      caPem: config.egressCa,
      proxy: config.egressProxy?.reveal() ?? null,
      nameServers: overrides.nameServers ?? null,
      socketsMax: dispatcher.slotsMax,
      onFatal,
    });
  return new Engine({
    store,
    sender,
    clock,
    random,
    log,
    onFatal,
    workerId: new IdMinter(random).mint("wrk", Math.floor(clock.now())),
    place: { role: config.role, host: hostname(), pid: process.pid },
    options: {
      deliveryTimeoutMs: config.deliveryTimeoutMs,
      leaseMarginMs: config.leaseMarginMs,
      retrySchedule: config.retrySchedule,
      retentionMs: config.retentionMs,
      dispatcher,
    },
  });
}

/** The sender's policy, and the one that registrations are judged by, are the same. */
function egressPolicyOptions(config: Config): EgressPolicyOptions {
  const { egressAllow, egressDeny, egressPorts, egressNat64, isDevelopment } = config;
  return { allow: egressAllow, deny: egressDeny, ports: egressPorts, isNat64: egressNat64, isDevelopment };
}

function createServices(deps: PartsDeps, engine: Engine, lifecycle: Lifecycle): Services {
  const { config, log, overrides = {}, clock, random, store, keys } = deps;
  const egressPolicy = new EgressPolicy(egressPolicyOptions(config));
  const resolverWith = (lookupsMax: number): Resolver =>
    createSystemResolver({ policy: egressPolicy, clock, lookupsMax, nameServers: overrides.nameServers ?? null });
  const registrationResolver = resolverWith(REGISTRATION_LOOKUPS_MAX);
  return {
    store,
    engine,
    lifecycle,
    keys,
    egressPolicy,
    clock,
    random,
    log,
    catalog: Catalog.of(config.catalog),
    putInForce: async () => {
      try {
        await engine.changes.refresh();
      } catch (error) {
        log.warn({ err: error }, "a change is committed, but not in force here yet; it will be within 2 seconds");
      }
    },
    isChangesStale: () => engine.changes.isStale(),
    hostResolves: overrides.hostResolves ?? ((url) => registrationResolver.hostResolves(url)),
    urlChecker: new UrlChecker({
      policy: egressPolicy,
      resolver: resolverWith(URL_CHECKS_AT_A_TIME_MAX),
      clock,
      caPem: config.egressCa,
      proxy: config.egressProxy?.reveal() ?? null,
    }),
    serverSettings: {
      retrySchedule: config.retrySchedule,
      timeoutMs: config.deliveryTimeoutMs,
      retentionMs: config.retentionMs,
      tokenTtlMs: config.tokenTtlMs,
      egressAllow: config.egressAllow.map(formatCidr),
      isDevelopment: config.isDevelopment,
    },
    egressProxy: config.egressProxy === null ? null : formatProxy(config.egressProxy.reveal()),
    startedAt: clock.now(),
    authenticator: new Authenticator({
      store,
      changes: engine.changes,
      sessionKeys: keys.session,
      clock,
      guesses: new GuessLimits({ clock, log }),
    }),
    flowLimits: new FlowLimits({ clock }),
    tenants: new Tenants({ store }),
    tokenTtlMs: config.tokenTtlMs,
  };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
