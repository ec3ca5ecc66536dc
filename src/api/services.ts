/** What the routes work with. Built once, by the composition; a route takes nothing from anywhere else. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import type { Catalog } from "../domain/catalog.ts";
import type { EgressPolicy } from "../egress/address_policy.ts";
import type { UrlChecker } from "../egress/url_check.ts";
import type { Engine } from "../engine/engine.ts";
import type { Logger } from "../log.ts";
import type { ServerKeys } from "../server_keys.ts";
import type { Random } from "../random.ts";
import type { Store } from "../store/store.ts";
import type { Authenticator } from "./authentication.ts";
import type { FlowLimits } from "./flow_limits.ts";
import type { Tenants } from "./tenants.ts";

/** The fastify instance with types inferred from the schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Everything that routes depend on. */
export type Services = {
  store: Store;
  engine: Pick<Engine, "intake" | "wake" | "wakeJobs" | "live" | "status" | "isPaused">;
  /** Resolves when a change that was just committed (of a webhook, a key, a content) is in force in this process. */
  putInForce: () => Promise<void>;
  /** Whether changes of keys and webhooks have not been heard of for too long. */
  isChangesStale: () => boolean;
  catalog: Catalog;
  egressPolicy: EgressPolicy;
  /** Host and port of the proxy that everything goes out through; null: there is none. */
  egressProxy: string | null;
  /** Whether the host of a vetted URL has addresses; bounded in time. */
  hostResolves: (url: URL) => Promise<boolean>;
  authenticator: Authenticator;
  tenants: Tenants;
  /** What verification tokens and JWT are made with. */
  keys: ServerKeys;
  tokenTtlMs: number;
  serverSettings: ServerSettings;
  urlChecker: UrlChecker;
  flowLimits: FlowLimits;
  /** When this process was put together, epoch ms. */
  startedAt: number;
  lifecycle: Lifecycle;
  clock: Clock;
  random: Random;
  log: Logger;
};

/** What holds where neither a webhook nor its environment says otherwise, and what the operator alone decides. In ms. */
export type ServerSettings = {
  readonly retrySchedule: readonly number[];
  readonly timeoutMs: number;
  readonly retentionMs: number;
  readonly tokenTtlMs: number;
  /** Blocks as text. */
  readonly egressAllow: readonly string[];
  readonly isDevelopment: boolean;
};

/**
 * Where the server is in its life. It listens while it is still `starting`: calls wait for `started`. While it is
 * `stopping`, nothing is taken that would begin deliveries.
 */
export type Lifecycle = { state: "starting" | "running" | "stopping"; readonly started: Promise<void> };
