/** The one door out: resolves, vets, pins, POSTs. Redirects are never followed. Nothing else opens outbound connections. */
import type { SecureContext } from "node:tls";
import type { Clock } from "../clock.ts";
import { failure } from "../domain/failure.ts";
import { createTlsContext } from "./connection.ts";
import type { ExchangeDeps, ExchangeLimits, ExchangeOutcome, ExchangeResult } from "./exchange.ts";
import { exchange } from "./exchange.ts";
import { ProxyTunnels } from "./proxy_tunnels.ts";
import type { ProxyAddress } from "./proxy_url.ts";
import type { Resolver } from "./resolver.ts";
import type { PooledRequest } from "./socket_pool.ts";
import { SocketPool } from "./socket_pool.ts";
import type { Target } from "./target_url.ts";

/** The bounds of the contract; a test may pass smaller ones. */
export const EXCHANGE_LIMITS: ExchangeLimits = {
  connectMs: 5_000,
  headBytesMax: 16_384,
  informationalMax: 10,
  bodyMs: 2_000,
  bodyMsPastDeadline: 750, // an attempt that is put down as well has ended a second after its deadline
  bodyBytesMax: 65_536,
  bodyPiecesMax: 4_096,
  bodyKeptBytesMax: 16_384,
  receivedBytesMax: 524_288,
};

export type TransportDeps = {
  resolver: Resolver;
  clock: Clock;
  /** Authorities to trust besides the public ones, in PEM (`EGRESS_CA_FILE`); null for none. */
  caPem: string | null;
  /** The proxy that everything goes through (`EGRESS_PROXY`); null: connect directly. */
  proxy: ProxyAddress | null;
  /** Beyond so many open sockets, idle ones are closed to make room. */
  socketsMax: number;
  /** Defaults to {@link EXCHANGE_LIMITS}. */
  limits?: ExchangeLimits;
};

/** One POST: everything that is sent, and for how long at most. */
export type Post = {
  /** Whose it is: connections are not shared between tenants. */
  tenant: number;
  target: Target;
  /** Name, value, name, value, …: complete, `host` and `content-length` included. */
  headers: string[];
  body: string;
  /** From now to the end of the response head. */
  timeoutMs: number;
};

/** What came of a POST; `dnsMs` is null where no lookup was made. */
export type PostResult = {
  timings: ExchangeResult["timings"] & { dnsMs: number | null };
  address: string | null;
  tls: string | null;
  outcome: ExchangeOutcome;
};

const UNCONNECTED: Omit<ExchangeResult, "outcome"> = {
  timings: { connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
  address: null,
  tls: null,
};
/** A refused target tells neither address nor timing: they would show what is behind the door. */
const REFUSED: PostResult = {
  ...UNCONNECTED,
  timings: { dnsMs: null, ...UNCONNECTED.timings },
  outcome: { kind: "refused" },
};

export class Transport {
  readonly #resolver: Resolver;
  readonly #clock: Clock;
  readonly #secureContext: SecureContext;
  readonly #pool: SocketPool;
  readonly #exchangeDeps: ExchangeDeps;
  readonly #tunnels: ProxyTunnels | null;

  /** Throws where `caPem` is not a certificate. */
  constructor(deps: TransportDeps) {
    this.#resolver = deps.resolver;
    this.#clock = deps.clock;
    this.#secureContext = createTlsContext(deps.caPem);
    this.#pool = new SocketPool({ socketsMax: deps.socketsMax, clock: deps.clock });
    this.#exchangeDeps = { pool: this.#pool, clock: deps.clock, limits: deps.limits ?? EXCHANGE_LIMITS };
    this.#tunnels = deps.proxy === null ? null : new ProxyTunnels({ proxy: deps.proxy, clock: deps.clock });
  }

  /** Sockets that are open, idle ones included. */
  get openSockets(): number {
    return this.#pool.openCount;
  }

  /** Sends once; a second time at once when a connection kept alive turned out to be dead. Throws on an unbuildable request. */
  async post(post: Post): Promise<PostResult> {
    const startedAtMs = this.#clock.monotonicMs();
    const deadlineAtMs = startedAtMs + post.timeoutMs;
    const resolution = await this.#resolver.resolve(post.target.hostname);
    if (resolution.kind === "refused") return REFUSED;
    const resolvedAtMs = this.#clock.monotonicMs();
    const dnsMs = resolution.kind === "failed" || resolution.isFresh ? resolvedAtMs - startedAtMs : null;
    const unconnected = { ...UNCONNECTED, timings: { dnsMs, ...UNCONNECTED.timings } };
    if (resolution.kind === "failed") return { ...unconnected, outcome: { ...resolution, isStale: false } };
    if (resolvedAtMs >= deadlineAtMs) {
      return {
        ...unconnected,
        outcome: { kind: "failed", failure: failure("TIMEOUT_DNS"), isOurs: true, isStale: false },
      };
    }
    const { limits } = this.#exchangeDeps;
    const request = {
      tenant: post.tenant,
      connect: {
        target: post.target,
        addresses: resolution.addresses,
        connectMs: limits.connectMs,
        secureContext: this.#secureContext,
        clock: this.#clock,
        tunnel: null,
      },
      headers: post.headers,
      headBytesMax: limits.headBytesMax,
    };
    const sent = { body: post.body, deadlineAtMs };
    let result = await this.#exchange(request, sent);
    if (result.outcome.kind === "failed" && result.outcome.isStale) {
      this.#pool.closeIdle(request);
      result = await this.#exchange(request, sent);
    }
    if (result.outcome.kind === "refused") return REFUSED;
    return { ...result, timings: { dnsMs, ...result.timings } };
  }

  /** Not async: nothing must come between the choice of a connection and its use, and most exchanges go directly. */
  #exchange(request: PooledRequest, sent: { body: string; deadlineAtMs: number }): Promise<ExchangeResult> {
    const deps = this.#exchangeDeps;
    if (this.#tunnels === null || this.#pool.hasIdle(request)) return exchange(deps, request, sent);
    const { target, addresses, connectMs } = request.connect;
    const leftMs = sent.deadlineAtMs - this.#clock.monotonicMs();
    return this.#tunnels.open({ addresses, port: target.port }, Math.min(connectMs, leftMs)).then((outcome) => {
      if (outcome.kind === "failed") return { ...UNCONNECTED, outcome: { ...outcome, isStale: false } };
      return exchange(deps, { ...request, connect: { ...request.connect, tunnel: outcome.tunnel } }, sent);
    });
  }

  /** Closes every connection; exchanges under way fail. */
  close(): void {
    this.#tunnels?.close();
    this.#pool.close();
  }
}
