/** IP addresses and CIDR blocks as bytes: text has too many spellings of one address to be compared. */
import { isIP } from "node:net";
import { assert } from "../assert.ts";

/** An address: 4 bytes, or 16. */
export type IpAddress = { family: 4 | 6; bytes: Uint8Array };

/** All addresses that share the first `prefixBits` bits. Plain data: it crosses a thread boundary. */
export type Cidr = { family: 4 | 6; bytes: Uint8Array; prefixBits: number };

/** The address that `text` spells, or null. A zone (`fe80::1%eth0`) is refused: it would be ignored by a comparison of bytes. */
export function parseIpAddress(text: string): IpAddress | null {
  if (text.includes("%")) return null;
  switch (isIP(text)) {
    case 4:
      return { family: 4, bytes: bytesOfIpv4(text) };
    case 6:
      return { family: 6, bytes: bytesOfIpv6(text) };
    default:
      return null;
  }
}

/** Whether the block contains the address; never, for one of the other family. */
export function cidrContains(cidr: Cidr, address: IpAddress): boolean {
  if (cidr.family !== address.family) return false;
  let bitsLeft = cidr.prefixBits;
  for (let at = 0; bitsLeft > 0; at++, bitsLeft -= 8) {
    const difference = (cidr.bytes[at] ?? 0) ^ (address.bytes[at] ?? 0);
    if (difference >> Math.max(0, 8 - bitsLeft) !== 0) return false;
  }
  return true;
}

/** Whether both are the same address. */
export function isSameAddress(one: IpAddress, other: IpAddress): boolean {
  return one.family === other.family && one.bytes.every((byte, at) => byte === other.bytes[at]);
}

/** The block that `text` spells (`10.0.0.0/8`, or a single address), or what is wrong with it, as `fault`. */
export function parseCidr(text: string): Cidr | { fault: string } {
  const [addressText = "", prefixText, ...rest] = text.split("/");
  const address = parseIpAddress(addressText);
  if (address === null || rest.length > 0)
    return { fault: `\`${text}\` is not a CIDR block; expected e.g. 10.0.0.0/8` };
  const bitsMax = address.bytes.length * 8;
  if (prefixText !== undefined && (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bitsMax)) {
    return { fault: `\`${text}\` has the prefix \`${prefixText}\`; expected 0 to ${bitsMax}` };
  }
  const cidr: Cidr = { ...address, prefixBits: prefixText === undefined ? bitsMax : Number(prefixText) };
  if (hasBitsBeyondPrefix(cidr)) {
    return { fault: `\`${text}\` has bits set beyond its prefix; write the first address of the block` };
  }
  return cidr;
}

/** The block as text, IPv6 in its short form. */
export function formatCidr({ family, bytes, prefixBits }: Cidr): string {
  if (family === 4) return `${bytes.join(".")}/${prefixBits}`;
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return `${new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1)}/${prefixBits}`;
}

/**
 * A list of blocks with commas between them, as in `EGRESS_ALLOW`; blank means none. `faults` has a sentence for each
 * entry that is not a block.
 */
export function parseCidrList(text: string): { cidrs: Cidr[]; faults: string[] } {
  const cidrs: Cidr[] = [];
  const faults: string[] = [];
  for (const entry of text.split(",")) {
    if (entry.trim() === "") continue;
    const parsed = parseCidr(entry.trim());
    if ("fault" in parsed) faults.push(parsed.fault);
    else cidrs.push(parsed);
  }
  return { cidrs, faults };
}

/** For blocks written in the source. Throws where one is malformed. */
export function cidrsOf(...texts: readonly string[]): readonly Cidr[] {
  return texts.map((text) => {
    const cidr = parseCidr(text);
    assert(!("fault" in cidr), `a block in the source is malformed: ${text}`);
    return cidr;
  });
}

function hasBitsBeyondPrefix(cidr: Cidr): boolean {
  return cidr.bytes.some((byte, at) => (byte & (0xff >> Math.min(8, Math.max(0, cidr.prefixBits - at * 8)))) !== 0);
}

function bytesOfIpv4(text: string): Uint8Array {
  return Uint8Array.from(text.split("."), Number);
}

/** `text` is known to be an IPv6 address without a zone; its last 32 bits may be in dotted form. */
function bytesOfIpv6(text: string): Uint8Array {
  const [head = "", tail] = text.split("::");
  const headBytes = bytesOfGroups(head);
  const bytes = new Uint8Array(16);
  bytes.set(headBytes);
  if (tail !== undefined) {
    const tailBytes = bytesOfGroups(tail);
    bytes.set(tailBytes, 16 - tailBytes.length);
  }
  return bytes;
}

function bytesOfGroups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (group.includes(".")) return [...bytesOfIpv4(group)];
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
