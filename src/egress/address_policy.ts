/**
 * Which addresses may be connected to. Public ones only, unless the operator allows more (`EGRESS_ALLOW`) or less
 * (`EGRESS_DENY`), or development mode permits loopback. IPv6 is closed except for global unicast, since its other ranges
 * hide IPv4 addresses in many spellings. Pure: it judges the bytes of an address, never a name.
 */
import type { Cidr, IpAddress } from "./ip_address.ts";
import { cidrContains, cidrsOf, parseIpAddress } from "./ip_address.ts";
import type { PortRange } from "./port_ranges.ts";

/** What the operator chose. Plain data: it crosses a thread boundary. */
export type EgressPolicyOptions = {
  /** `EGRESS_ALLOW`: blocks that are permitted though they are not public. */
  allow: readonly Cidr[];
  /** `EGRESS_DENY`: blocks that are not permitted though they are public. It goes before everything. Default none. */
  deny?: readonly Cidr[];
  /** `EGRESS_NAT64`: `64:ff9b::/96` is judged by the IPv4 address that it carries. Default: refused. */
  isNat64?: boolean;
  /** `EGRESS_PORTS`: in place of the rule that there is. Default null. */
  ports?: readonly PortRange[] | null;
  /** Permits loopback, http in every environment, and /etc/hosts. */
  isDevelopment: boolean;
};

/** Why an address is refused, or `permitted`. */
export type AddressVerdict = "permitted" | "malformed" | "metadata" | "carrier" | "denied" | "private";

const LOOPBACK = cidrsOf("127.0.0.0/8", "::1/128");

/** Metadata services of clouds (168.63.129.16, Azure's, looks public). */
const METADATA_IPV4 = cidrsOf(
  "169.254.169.254/32",
  "169.254.170.2/32",
  "169.254.170.23/32",
  "169.254.42.42/32",
  "168.63.129.16/32",
  "100.100.100.200/32",
  "192.0.0.192/32",
);
const METADATA_IPV6 = cidrsOf("fd00:ec2::/32", "fd00:42::42/128", "fd20:ce::254/128");
/** They hand out credentials, so no allow list opens them, nor IPv4 link-local at all: clouds keep adding some there. */
const NEVER = [...METADATA_IPV4, ...cidrsOf("169.254.0.0/16"), ...METADATA_IPV6];

/**
 * Where a NAT64 prefix of 32, 40, 48, 56, 64 or 96 bits puts the four bytes of an IPv4 address (RFC 6052, 2.2). A network
 * may choose its own prefix, so a metadata service could be reached through any block that an allow list names.
 */
const NAT64_PLACES = [
  [4, 5, 6, 7],
  [5, 6, 7, 9],
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
  [12, 13, 14, 15],
] as const;

/** Where translators of every network put IPv4 addresses, in their last 32 bits (RFC 6052). */
const NAT64 = cidrsOf("64:ff9b::/96");

/**
 * IPv6 ranges that carry an IPv4 address, some in every spelling: compatible, mapped and SIIT (`::/8`), NAT64, Teredo,
 * 6to4. An allow list would open what it does not name through them, so it does not reach here.
 */
const CARRIERS = cidrsOf("::/8", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16");

/** The IANA special-purpose registry. */
const PRIVATE_IPV4 = cidrsOf(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
);
const GLOBAL_UNICAST = cidrsOf("2000::/3");
const PRIVATE_WITHIN_GLOBAL = cidrsOf("2001::/23", "2001:db8::/32", "3fff::/20", "2620:4f:8000::/48");

const VERDICTS_KEPT_MAX = 10_000;

/** The rules of one server. They do not change while it runs, so verdicts are remembered. */
export class EgressPolicy {
  readonly options: EgressPolicyOptions;
  readonly #verdicts = new Map<string, AddressVerdict>();

  constructor(options: EgressPolicyOptions) {
    this.options = options;
  }

  /** Whether `text` is an address that may be connected to. */
  permits(text: string): boolean {
    return this.verdict(text) === "permitted";
  }

  /** The verdict on an address in text form; anything that is not one is `malformed`. */
  verdict(text: string): AddressVerdict {
    const known = this.#verdicts.get(text);
    if (known !== undefined) return known;
    const verdict = this.#judge(text);
    if (this.#verdicts.size >= VERDICTS_KEPT_MAX) this.#verdicts.clear();
    this.#verdicts.set(text, verdict);
    return verdict;
  }

  #judge(text: string): AddressVerdict {
    const address = parseIpAddress(text);
    return address === null ? "malformed" : this.#judgeAddress(address);
  }

  #judgeAddress(address: IpAddress): AddressVerdict {
    if (isWithin(NEVER, address)) return "metadata";
    if (isWithin(this.options.deny ?? [], address)) return "denied";
    if (isWithin(LOOPBACK, address)) {
      return this.options.isDevelopment || isWithin(this.options.allow, address) ? "permitted" : "private";
    }
    if (this.options.isNat64 === true && isWithin(NAT64, address)) {
      return this.#judgeAddress({ family: 4, bytes: address.bytes.subarray(12) });
    }
    if (isWithin(CARRIERS, address) || isIsatap(address)) return "carrier";
    if (isTranslatedMetadata(address)) return "metadata";
    return isWithin(this.options.allow, address) || isPublic(address) ? "permitted" : "private";
  }

  /** Whether names that mean this machine (`localhost`) lead anywhere. */
  permitsLoopback(): boolean {
    return this.permits("127.0.0.1") || this.permits("::1");
  }

  /** Whether receivers on private addresses are expected at all: then /etc/hosts and names of private networks count. */
  expectsPrivateReceivers(): boolean {
    return this.options.isDevelopment || this.options.allow.length > 0;
  }
}

function isPublic(address: IpAddress): boolean {
  if (address.family === 4) return !isWithin(PRIVATE_IPV4, address);
  return isWithin(GLOBAL_UNICAST, address) && !isWithin(PRIVATE_WITHIN_GLOBAL, address);
}

function isTranslatedMetadata({ family, bytes }: IpAddress): boolean {
  if (family === 4) return false;
  return NAT64_PLACES.some((places) =>
    isWithin(METADATA_IPV4, { family: 4, bytes: Uint8Array.from(places, (place) => bytes[place] ?? 0) }),
  );
}

/** ISATAP puts an IPv4 address behind `0:5efe` or `200:5efe`, under any prefix. */
function isIsatap({ family, bytes }: IpAddress): boolean {
  return (
    family === 6 && (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
  );
}

function isWithin(blocks: readonly Cidr[], address: IpAddress): boolean {
  for (const block of blocks) if (cidrContains(block, address)) return true;
  return false;
}
