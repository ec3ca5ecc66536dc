/**
 * The way to receivers through the operator's forward proxy (`EGRESS_PROXY`): a tunnel by CONNECT, for https and http alike,
 * to an address that we resolved and vetted. The proxy is never given a name, so it resolves nothing: what it connects to is
 * what was judged. Which of its answers say something about the receiver, and which are an outage of ours, is told here.
 */
import type { IncomingMessage } from "node:http";
import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { connect } from "node:net";
import type { Clock } from "../clock.ts";
import { failure } from "../domain/failure.ts";
import { assert } from "../assert.ts";
import type { NetworkFailure } from "./network_failure.ts";
import { errorCodeOf } from "./network_failure.ts";
import type { ProxyAddress } from "./proxy_url.ts";
import { formatProxy } from "./proxy_url.ts";
import type { VettedAddress } from "./resolver.ts";

const HEAD_BYTES_MAX = 16_384;

/** A connection that leads to `address`. Nothing was sent through it. */
export type Tunnel = { socket: Socket; address: string; startedAtMs: number };

/** What came of asking for one. */
export type TunnelOutcome = { kind: "open"; tunnel: Tunnel } | ({ kind: "failed" } & NetworkFailure);

/** `isOfAddress`: another address of the receiver may fare better. */
type TryOutcome = { kind: "open"; socket: Socket } | ({ kind: "failed"; isOfAddress: boolean } & NetworkFailure);

export class ProxyTunnels {
  readonly #proxy: ProxyAddress;
  readonly #clock: Clock;
  readonly #opening = new Set<Socket>();

  constructor(deps: { proxy: ProxyAddress; clock: Clock }) {
    this.#proxy = deps.proxy;
    this.#clock = deps.clock;
  }

  /** Opens a tunnel to one of the addresses, tried in their order, within `timeoutMs`. Never rejects. */
  async open(to: { addresses: readonly VettedAddress[]; port: number }, timeoutMs: number): Promise<TunnelOutcome> {
    const startedAtMs = this.#clock.monotonicMs();
    let outcome: TryOutcome | null = null;
    for (const [at, { address }] of to.addresses.entries()) {
      const leftMs = startedAtMs + timeoutMs - this.#clock.monotonicMs();
      if (outcome !== null && leftMs <= 0) break;
      const authority = formatProxy({ host: address, port: to.port });
      outcome = await this.#connectTo(authority, leftMs / (to.addresses.length - at));
      if (outcome.kind === "open") return { kind: "open", tunnel: { socket: outcome.socket, address, startedAtMs } };
      if (!outcome.isOfAddress) break;
    }
    assert(outcome?.kind === "failed", "a tunnel was asked for without an address");
    return { kind: "failed", failure: outcome.failure, isOurs: outcome.isOurs };
  }

  /** Ends what is being opened; tunnels that are open belong to whoever asked for them. */
  close(): void {
    for (const socket of this.#opening) socket.destroy();
  }

  #connectTo(authority: string, timeoutMs: number): Promise<TryOutcome> {
    const socket = connect({ host: this.#proxy.host, port: this.#proxy.port, noDelay: true });
    this.#opening.add(socket);
    return new Promise((resolve) => {
      let isSettled = false;
      const settle = (outcome: TryOutcome): void => {
        if (isSettled) return;
        isSettled = true;
        cancelTimer();
        this.#opening.delete(socket);
        if (outcome.kind === "failed") socket.destroy();
        resolve(outcome);
      };
      const cancelTimer = this.#clock.setTimer(() => settle(timeoutOutcome(socket)), timeoutMs);
      socket.on("error", () => {}); // the request hears of it; once the tunnel is open, the connection through it does
      const asked = httpRequest({
        method: "CONNECT",
        path: authority,
        headers: this.#headers(authority),
        createConnection: () => socket, // and no agent, so that none of the environment's proxies is asked
        maxHeaderSize: HEAD_BYTES_MAX,
        insecureHTTPParser: false,
      });
      asked.on("connect", (response: IncomingMessage, _socket: unknown, early: Buffer) => {
        settle(answerOutcome(response, socket));
        if (early.length > 0 && !socket.destroyed) socket.unshift(early);
      });
      asked.on("error", (error) => settle(proxyFailure(errorCodeOf(error))));
      asked.on("close", () => settle(proxyFailure("ECONNRESET")));
      asked.end();
    });
  }

  #headers(authority: string): string[] {
    const { authorization } = this.#proxy;
    return ["host", authority, ...(authorization === null ? [] : ["proxy-authorization", authorization])];
  }
}

/** Only the status counts; what a proxy writes beside it is its operator's business, and no tenant's. */
function answerOutcome({ statusCode = 0, headers }: IncomingMessage, socket: Socket): TryOutcome {
  if (statusCode >= 200 && statusCode < 300) return { kind: "open", socket };
  const detail = `status ${statusCode}`;
  // Some proxies (Smokescreen) say 407 for a target that they refuse, but then they challenge nobody.
  if (statusCode === 407 && headers["proxy-authenticate"] !== undefined) {
    return ofProxy({ failure: failure("PROXY_AUTHENTICATION_FAILED", detail), isOurs: true });
  }
  if (statusCode >= 400 && statusCode < 500) {
    return ofProxy({ failure: failure("PROXY_REFUSED", detail), isOurs: true });
  }
  if (statusCode >= 500 && statusCode < 600) {
    const unreachable = failure("PROXY_TARGET_UNREACHABLE", detail);
    return { kind: "failed", isOfAddress: true, failure: unreachable, isOurs: false };
  }
  return proxyFailure(detail);
}

/** A proxy that took the connection is busy with its own, to the receiver. */
function timeoutOutcome({ connecting }: Socket): TryOutcome {
  if (connecting) return proxyFailure("ETIMEDOUT");
  const failed = failure("TIMEOUT_CONNECT", "through the egress proxy");
  return { kind: "failed", isOfAddress: true, failure: failed, isOurs: false };
}

function proxyFailure(detail: string): TryOutcome {
  return ofProxy({ failure: failure("PROXY_FAILED", detail), isOurs: true });
}

function ofProxy(networkFailure: NetworkFailure): TryOutcome {
  return { kind: "failed", isOfAddress: false, ...networkFailure };
}
