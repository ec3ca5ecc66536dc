/**
 * From a host name to the addresses that may be connected to. Every answer is vetted, and one forbidden address refuses
 * the name: whoever mixes public and private answers is not to be trusted with either.
 */
import { isIP } from "node:net";
import type { CancelTimer, Clock } from "../clock.ts";
import { failure } from "../domain/failure.ts";
import type { EgressPolicy } from "./address_policy.ts";
import { hostsFileAddresses } from "./hosts_file.ts";
import type { NetworkFailure } from "./network_failure.ts";
import { errorCodeOf, lookupFailure } from "./network_failure.ts";
import { isLocalhost, isPrivateName, targetOf } from "./target_url.ts";

const DNS_MS_MAX = 3_000;
const ADDRESSES_MAX = 16;
const CACHED_MS = 5_000;
const CACHED_NAMES_MAX = 10_000;

/** An address that was vetted, in the shape that `net.connect` wants from a lookup. */
export type VettedAddress = { address: string; family: 4 | 6 };

/** What a name leads to. `isFresh`: a lookup was made, so its time belongs to the attempt. */
export type Resolution =
  | { kind: "addresses"; addresses: readonly VettedAddress[]; isFresh: boolean }
  | { kind: "refused" }
  | ({ kind: "failed" } & NetworkFailure);

/** One lookup: asks for both families and can be given up. `node:dns/promises` has it as `Resolver`. */
export interface NameLookup {
  resolve4(hostname: string): Promise<string[]>;
  resolve6(hostname: string): Promise<string[]>;
  cancel(): void;
}

export type ResolverDeps = {
  policy: EgressPolicy;
  clock: Clock;
  /** A new lookup for each name, so that giving one up leaves the others alone. */
  openLookup: () => NameLookup;
  /** The text of the hosts file, read where the policy allows it; empty when there is none. */
  readHostsFile: () => Promise<string>;
  /** So many names are asked for at a time; one more fails as an outage of ours. Each is a socket, for up to 3 s. */
  lookupsMax: number;
  /** Defaults to {@link DNS_MS_MAX}. */
  dnsMs?: number;
};

type Answer = { kind: "answer"; addresses: readonly string[] } | ({ kind: "failed" } & NetworkFailure);

/**
 * Resolves names. Addresses are remembered for 5 s, so that a busy webhook does not cost a query per attempt, and are
 * vetted again at every use; lookups of one name at the same time are one lookup.
 */
export class Resolver {
  readonly #deps: ResolverDeps;
  readonly #cache = new Map<string, { addresses: readonly string[]; expiresAtMs: number }>();
  readonly #lookups = new Map<string, Promise<Answer>>();

  constructor(deps: ResolverDeps) {
    this.#deps = deps;
  }

  /** The vetted addresses of `hostname` (lower case, without a final dot), within 3 s. An IP address is its own answer. */
  async resolve(hostname: string): Promise<Resolution> {
    if (isIP(hostname) !== 0) return this.#vet([hostname], false);
    if (isLocalhost(hostname)) {
      return this.#vet(
        ["127.0.0.1", "::1"].filter((address) => this.#deps.policy.permits(address)),
        false,
      );
    }
    const cached = this.#cache.get(hostname);
    if (cached !== undefined && cached.expiresAtMs > this.#deps.clock.monotonicMs())
      return this.#vet(cached.addresses, false);
    const answer = await this.#lookupOnce(hostname);
    if (answer.kind === "answer") return this.#vet(answer.addresses, true);
    return this.#isHidden(hostname, answer) ? { kind: "refused" } : answer;
  }

  /** Whether a name that does not resolve reads as a refused one: else it would be told which names a private network has. */
  #isHidden(hostname: string, { isOurs }: NetworkFailure): boolean {
    return !isOurs && isPrivateName(hostname) && !this.#deps.policy.options.isDevelopment;
  }

  /**
   * Whether the host of a vetted URL has addresses at present, for a warning to its owner. True where that is not known
   * because of an outage of ours, and for a refused one: registration does not tell what a name leads to.
   */
  async hostResolves(url: URL): Promise<boolean> {
    const resolution = await this.resolve(targetOf(url).hostname);
    return resolution.kind !== "failed" || resolution.isOurs;
  }

  #vet(addresses: readonly string[], isFresh: boolean): Resolution {
    const vetted: VettedAddress[] = [];
    for (const address of addresses) {
      if (!this.#deps.policy.permits(address)) return { kind: "refused" };
      vetted.push({ address, family: isIP(address) === 6 ? 6 : 4 });
    }
    // Only then are they counted: how many a name has inside is not told, nor that it has too many.
    if (vetted.length > ADDRESSES_MAX) {
      const detail = `more than ${ADDRESSES_MAX} addresses`;
      return { kind: "failed", failure: failure("DNS_FAILED", detail), isOurs: false };
    }
    return vetted.length === 0 ? { kind: "refused" } : { kind: "addresses", addresses: vetted, isFresh };
  }

  #lookupOnce(hostname: string): Promise<Answer> {
    const running = this.#lookups.get(hostname);
    if (running !== undefined) return running;
    if (this.#lookups.size >= this.#deps.lookupsMax) {
      const detail = `${this.#deps.lookupsMax} lookups at a time`;
      return Promise.resolve({ kind: "failed", failure: failure("DNS_FAILED", detail), isOurs: true });
    }
    const lookup = this.#lookup(hostname).finally(() => this.#lookups.delete(hostname));
    this.#lookups.set(hostname, lookup);
    return lookup;
  }

  async #lookup(hostname: string): Promise<Answer> {
    const answer = await this.#ask(hostname);
    if (answer.kind === "failed") return answer;
    if (answer.addresses.length > ADDRESSES_MAX) return answer; // it leads nowhere, and would have no bound here
    this.#cache.delete(hostname); // re-inserted as the youngest
    this.#cache.set(hostname, {
      addresses: answer.addresses,
      expiresAtMs: this.#deps.clock.monotonicMs() + CACHED_MS,
    });
    if (this.#cache.size > CACHED_NAMES_MAX) {
      for (const oldest of this.#cache.keys()) {
        this.#cache.delete(oldest);
        break;
      }
    }
    return answer;
  }

  async #ask(hostname: string): Promise<Answer> {
    if (this.#deps.policy.expectsPrivateReceivers()) {
      const addresses = hostsFileAddresses(await this.#deps.readHostsFile(), hostname);
      if (addresses.length > 0) return { kind: "answer", addresses };
    }
    let lookup: NameLookup;
    try {
      lookup = this.#deps.openLookup();
    } catch (error) {
      return { kind: "failed", ...lookupFailure(errorCodeOf(error)) };
    }
    return await this.#askNameServers(lookup, hostname);
  }

  /** Both families at once. One of them is enough; the other may be absent or broken. */
  async #askNameServers(lookup: NameLookup, hostname: string): Promise<Answer> {
    let cancelTimer: CancelTimer = () => {};
    const timeout = new Promise<"timeout">((resolve) => {
      cancelTimer = this.#deps.clock.setTimer(() => resolve("timeout"), this.#deps.dnsMs ?? DNS_MS_MAX);
    });
    const answers = Promise.allSettled([lookup.resolve4(hostname), lookup.resolve6(hostname)]);
    const settled = await Promise.race([answers, timeout]);
    cancelTimer();
    if (settled === "timeout") {
      lookup.cancel();
      return { kind: "failed", ...lookupFailure("ETIMEOUT") };
    }
    const addresses = settled.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return { kind: "answer", addresses };
    return { kind: "failed", ...worstFailure(settled) };
  }
}

/** Of the two failures the one that says more: `ENODATA` of one family says little beside a timeout of the other. */
function worstFailure(settled: readonly PromiseSettledResult<string[]>[]): NetworkFailure {
  const codes = settled.map((answer) => (answer.status === "rejected" ? errorCodeOf(answer.reason) : "ENODATA"));
  return lookupFailure(codes.find((code) => code !== "ENODATA") ?? "ENODATA");
}
