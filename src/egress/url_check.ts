/**
 * Tells what a delivery to a URL would meet, before there is a webhook: the same judgement, name lookup, connection and TLS
 * handshake as an attempt, and then nothing is sent. What the policy refuses is never connected to, and one sentence
 * answers for every such address, so that nobody learns what is behind the door.
 */
import type { SecureContext } from "node:tls";
import type { Clock } from "../clock.ts";
import { isoTime } from "../clock.ts";
import type { AppEnv } from "../domain/values.ts";
import type { EgressPolicy } from "./address_policy.ts";
import { Connection, createTlsContext, PEER_MISMATCH } from "./connection.ts";
import type { NetworkFailure } from "./network_failure.ts";
import { errorCodeOf, exchangeFailure, timeoutFailure } from "./network_failure.ts";
import type { ProxyAddress } from "./proxy_url.ts";
import type { Tunnel } from "./proxy_tunnels.ts";
import { ProxyTunnels } from "./proxy_tunnels.ts";
import type { Resolution, Resolver, VettedAddress } from "./resolver.ts";
import type { Target } from "./target_url.ts";
import { targetOf, vetTargetUrl } from "./target_url.ts";

/** The checks in their order: each needs the one before. */
export const URL_CHECKS = ["url", "dns", "address", "connect", "tls"] as const;
/** How a check can end. `skipped`: one before it failed, or the URL has nothing to be checked. */
export const URL_CHECK_OUTCOMES = ["passed", "failed", "warning", "skipped"] as const;

/** One check, with a sentence for the person who registers the webhook. */
export type UrlCheck = {
  name: (typeof URL_CHECKS)[number];
  outcome: (typeof URL_CHECK_OUTCOMES)[number];
  message: string;
};

/** `isAccepted`: the policy lets deliveries out to it; what fails at the receiver's side does not change that. */
export type UrlCheckReport = {
  isAccepted: boolean;
  checks: UrlCheck[];
  /** What the receiver showed, be it good or not; `validTo` is epoch ms. Null without TLS. */
  certificate: { subject: string | null; issuer: string | null; validTo: number } | null;
};

export type UrlCheckerDeps = {
  policy: EgressPolicy;
  resolver: Resolver;
  clock: Clock;
  /** Authorities to trust besides the public ones, in PEM; null for none. */
  caPem: string | null;
  /** The proxy that deliveries go through; null: they go directly. */
  proxy: ProxyAddress | null;
  /** For the lookup, the connection and the handshake together. Default {@link CHECK_MS_MAX}. */
  checkMs?: number;
};

const CHECK_MS_MAX = 5_000;
/** So many checks run at a time, and so many of one tenant: they are connections that anybody may ask for. */
export const URL_CHECKS_AT_A_TIME_MAX = 10;
export const URL_CHECKS_OF_TENANT_MAX = 2;
/** So many of one tenant are begun within a minute: enough for whoever registers webhooks, too few for scanning ports. */
export const URL_CHECKS_A_MINUTE_MAX = 30;
const MINUTE_MS = 60_000;
const EXPIRES_SOON_MS = 14 * 86_400_000;

const ADDRESS_REFUSED =
  "The host does not lead to public addresses alone, so nothing is sent there. Use a public host name.";

type HandshakeTarget = { target: Target; addresses: readonly VettedAddress[]; endsAtMs: number };

/** What came of the connection. `failure` null: it stood, TLS included. */
type Handshake = {
  failure: NetworkFailure | "refused" | null;
  isConnected: boolean;
  certificate: UrlCheckReport["certificate"];
};

export class UrlChecker {
  readonly #deps: UrlCheckerDeps;
  readonly #secureContext: SecureContext;
  readonly #tunnels: ProxyTunnels | null;
  readonly #runningOf = new Map<number, number>();
  /** How many checks of each tenant were begun since this minute began. */
  #begunOf = new Map<number, number>();
  #minuteBeganMs = Number.NEGATIVE_INFINITY;
  #running = 0;

  /** Throws where `caPem` is not a certificate. */
  constructor(deps: UrlCheckerDeps) {
    this.#deps = deps;
    this.#secureContext = createTlsContext(deps.caPem);
    this.#tunnels = deps.proxy === null ? null : new ProxyTunnels({ proxy: deps.proxy, clock: deps.clock });
  }

  /** Checks what a webhook of the tenant's environment would have as its URL. Null: too many run, or were begun lately. */
  async check(asked: { tenant: number; appEnv: AppEnv; url: string }): Promise<UrlCheckReport | null> {
    const ofTenant = this.#runningOf.get(asked.tenant) ?? 0;
    if (this.#running >= URL_CHECKS_AT_A_TIME_MAX || ofTenant >= URL_CHECKS_OF_TENANT_MAX) return null;
    if (!this.#mayBegin(asked.tenant)) return null;
    this.#count(asked.tenant, 1);
    try {
      return await this.#check(asked);
    } finally {
      this.#count(asked.tenant, -1);
    }
  }

  /** Counts a check that begins, unless the tenant has begun as many as it may. Minutes are the same for all tenants. */
  #mayBegin(tenant: number): boolean {
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#minuteBeganMs >= MINUTE_MS) {
      this.#minuteBeganMs = nowMs;
      this.#begunOf = new Map();
    }
    const begun = this.#begunOf.get(tenant) ?? 0;
    if (begun >= URL_CHECKS_A_MINUTE_MAX) return false;
    this.#begunOf.set(tenant, begun + 1);
    return true;
  }

  #count(tenant: number, change: 1 | -1): void {
    this.#running += change;
    const count = (this.#runningOf.get(tenant) ?? 0) + change;
    if (count === 0) this.#runningOf.delete(tenant);
    else this.#runningOf.set(tenant, count);
  }

  async #check({ appEnv, url }: { appEnv: AppEnv; url: string }): Promise<UrlCheckReport> {
    const { policy, clock, resolver } = this.#deps;
    const verdict = vetTargetUrl(url, { appEnv, policy });
    if (verdict.kind === "refused") {
      const refused =
        verdict.part === "url"
          ? [outcome("url", "failed", verdict.reason)]
          : [outcome("url", "passed", "The URL is well formed."), outcome("address", "failed", ADDRESS_REFUSED)];
      return report(refused);
    }
    const endsAtMs = clock.monotonicMs() + (this.#deps.checkMs ?? CHECK_MS_MAX);
    const target = targetOf(verdict.url);
    const wellFormed = outcome("url", "passed", `The URL is well formed; its host is ${target.hostname}.`);
    const resolution = await resolver.resolve(target.hostname);
    const resolved = [wellFormed, ...resolutionChecks(target, resolution)];
    if (resolution.kind !== "addresses") return report(resolved);
    const handshake = await this.#shakeHands({ target, addresses: resolution.addresses, endsAtMs });
    if (handshake.failure === "refused") {
      return report([
        ...resolved.filter(({ name }) => name !== "address"),
        outcome("address", "failed", ADDRESS_REFUSED),
      ]);
    }
    const checks = [...resolved, connectCheck(handshake), ...tlsChecks(target, handshake, clock.now())];
    return report(checks, handshake.certificate);
  }

  /** Connects to the vetted addresses alone, and closes as soon as a request could be written. */
  async #shakeHands(to: HandshakeTarget): Promise<Handshake> {
    if (this.#tunnels === null) return await this.#connect(to, null);
    const leftMs = Math.max(0, to.endsAtMs - this.#deps.clock.monotonicMs());
    const opened = await this.#tunnels.open({ addresses: to.addresses, port: to.target.port }, leftMs);
    if (opened.kind === "open") return await this.#connect(to, opened.tunnel);
    return { failure: opened, isConnected: false, certificate: null };
  }

  #connect({ target, addresses, endsAtMs }: HandshakeTarget, tunnel: Tunnel | null): Promise<Handshake> {
    const { clock } = this.#deps;
    const leftMs = Math.max(0, endsAtMs - clock.monotonicMs());
    return new Promise((resolve) => {
      const connection = new Connection({
        target,
        addresses,
        clock,
        tunnel,
        connectMs: leftMs,
        secureContext: this.#secureContext,
      });
      const settle = (failure: Handshake["failure"]): void => {
        cancelTimer();
        connection.end();
        connection.socket.destroy();
        const certificate = connection.tls === null ? null : certificateOf(connection.tls);
        resolve({ failure, isConnected: connection.connectMs !== null, certificate });
      };
      const fail = (code: string): void =>
        settle(code === PEER_MISMATCH ? "refused" : exchangeFailure(code, connection.phase));
      const cancelTimer = clock.setTimer(() => settle(timeoutFailure(connection.phase)), leftMs);
      connection.onReady = () => settle(null);
      connection.socket.once("error", (error) => fail(errorCodeOf(error)));
      connection.socket.once("close", () => fail("ECONNRESET"));
      if (connection.phase === "responding") settle(null);
    });
  }
}

function outcome(name: UrlCheck["name"], how: UrlCheck["outcome"], message: string): UrlCheck {
  return { name, outcome: how, message };
}

/** All checks in their order; those that were not made are told as skipped. */
function report(made: readonly UrlCheck[], certificate: UrlCheckReport["certificate"] = null): UrlCheckReport {
  const skipped = "It was not checked, since a check before it failed.";
  const checks = URL_CHECKS.map((name) => made.find((one) => one.name === name) ?? outcome(name, "skipped", skipped));
  const isRefused = checks.some(({ name, outcome: how }) => how === "failed" && (name === "url" || name === "address"));
  return { isAccepted: !isRefused, checks, certificate };
}

function resolutionChecks({ isLiteral }: Target, resolution: Resolution): UrlCheck[] {
  const isAddress = "The host is an address, so there is no name to resolve.";
  switch (resolution.kind) {
    case "failed":
      return [outcome("dns", "failed", resolution.failure.message)];
    case "refused":
      return [outcome("dns", "passed", "The host name resolves."), outcome("address", "failed", ADDRESS_REFUSED)];
    case "addresses": {
      const shown = resolution.addresses.map(({ address }) => address).join(", ");
      return [
        isLiteral
          ? outcome("dns", "skipped", isAddress)
          : outcome("dns", "passed", `The host name resolves to ${shown}.`),
        outcome("address", "passed", "Deliveries are let out to the host."),
      ];
    }
  }
}

function connectCheck({ failure, isConnected }: Handshake): UrlCheck {
  if (failure === null || failure === "refused" || isConnected) {
    return outcome("connect", "passed", "The host takes connections on that port.");
  }
  return outcome("connect", "failed", failure.failure.message);
}

/** Nothing where no connection stood. */
function tlsChecks({ isTls }: Target, handshake: Handshake, now: number): UrlCheck[] {
  const { failure, isConnected, certificate } = handshake;
  if (!isTls) {
    return [outcome("tls", "warning", "With plain http, contents and tokens travel unencrypted. Use https.")];
  }
  if (!isConnected || failure === "refused") return [];
  if (failure !== null) return [outcome("tls", "failed", failure.failure.message)];
  if (certificate !== null && certificate.validTo - now < EXPIRES_SOON_MS) {
    return [
      outcome("tls", "warning", `The TLS certificate expires on ${isoTime(certificate.validTo)}. Renew it in time.`),
    ];
  }
  return [outcome("tls", "passed", "The TLS certificate is valid for the host.")];
}

function certificateOf(tls: string): UrlCheckReport["certificate"] {
  const { certificate } = JSON.parse(tls) as {
    certificate: { subject: string | null; issuer: string | null; validTo: string } | null;
  }; // written by the connection
  if (certificate === null) return null;
  const validTo = Date.parse(certificate.validTo);
  return Number.isNaN(validTo) ? null : { subject: certificate.subject, issuer: certificate.issuer, validTo };
}
