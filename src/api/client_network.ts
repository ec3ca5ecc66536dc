/** The network that a call came from, for telling whether a key is used from somewhere else than before. */
import { formatCidr, parseIpAddress } from "../egress/ip_address.ts";

/** What one provider gives one customer, as a rule. */
const PREFIX_BITS = { 4: 24, 6: 48 } as const;
const MAPPED = "00000000000000000000ffff";

/** As text, such as `203.0.113.0/24` or `2001:db8:1::/48`; null of what is no address. IPv4 may be written as IPv6. */
export function networkOf(ip: string): string | null {
  const address = parseIpAddress(ip);
  if (address === null) return null;
  const isMapped = Buffer.from(address.bytes).toString("hex").startsWith(MAPPED);
  const { family, bytes } = isMapped ? { family: 4 as const, bytes: address.bytes.slice(12) } : address;
  const prefixBits = PREFIX_BITS[family];
  return formatCidr({ family, bytes: bytes.map((byte, at) => (at < prefixBits / 8 ? byte : 0)), prefixBits });
}
