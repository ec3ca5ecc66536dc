/** A transport with answers of the test's own in place of DNS, and with bounds short enough for a test. */
import { systemClock } from "../../src/clock.ts";
import type { EgressPolicyOptions } from "../../src/egress/address_policy.ts";
import { EgressPolicy } from "../../src/egress/address_policy.ts";
import type { ExchangeLimits } from "../../src/egress/exchange.ts";
import type { ProxyAddress } from "../../src/egress/proxy_url.ts";
import { Resolver } from "../../src/egress/resolver.ts";
import { targetOf } from "../../src/egress/target_url.ts";
import type { Post, PostResult } from "../../src/egress/transport.ts";
import { EXCHANGE_LIMITS, Transport } from "../../src/egress/transport.ts";

/** What a test of the transport works with. */
export type EgressSetup = {
  transport: Transport;
  resolver: Resolver;
  policy: EgressPolicy;
  /** Posts `{}` to the URL. */
  post: (url: string, options?: Partial<Pick<Post, "tenant" | "timeoutMs" | "body">>) => Promise<PostResult>;
  /** Waits until so many sockets are open; fails when they never are. */
  untilOpenSockets: (count: number) => Promise<void>;
};

/** `names` answers the next lookup of a name; without it every name is 127.0.0.1. */
export function setUpEgress(
  options: {
    names?: (hostname: string) => readonly string[];
    policy?: Partial<EgressPolicyOptions>;
    limits?: Partial<ExchangeLimits>;
    caPem?: string;
    proxy?: ProxyAddress;
    socketsMax?: number;
  } = {},
): EgressSetup {
  const policy = new EgressPolicy({ allow: [], isDevelopment: true, ...options.policy });
  const names = options.names ?? (() => ["127.0.0.1"]);
  const resolver = new Resolver({
    policy,
    clock: systemClock,
    openLookup: () => ({
      resolve4: async (hostname) => names(hostname).filter((address) => !address.includes(":")),
      resolve6: async (hostname) => names(hostname).filter((address) => address.includes(":")),
      cancel: () => {},
    }),
    readHostsFile: async () => "",
    lookupsMax: 100,
  });
  const transport = new Transport({
    resolver,
    clock: systemClock,
    caPem: options.caPem ?? null,
    proxy: options.proxy ?? null,
    socketsMax: options.socketsMax ?? 100,
    limits: { ...EXCHANGE_LIMITS, ...options.limits },
  });
  return {
    transport,
    resolver,
    policy,
    post: (url, { tenant = 1, timeoutMs = 5_000, body = "{}" } = {}) => {
      const target = targetOf(new URL(url));
      const headers = [
        "host",
        target.hostHeader,
        "content-length",
        String(Buffer.byteLength(body)),
        "connection",
        "keep-alive",
      ];
      return transport.post({ tenant, target, headers, body, timeoutMs });
    },
    untilOpenSockets: async (count) => {
      for (let turns = 0; transport.openSockets !== count; turns++) {
        if (turns === 100_000) throw new Error(`${transport.openSockets} sockets are open, not ${count}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
