/** The address that a call came from, for the audit log, the uses of keys and the throttle of sign-ins. */
import type { FastifyRequest } from "fastify";
import { parseIpAddress } from "../egress/ip_address.ts";

/**
 * The farthest address that the believed proxies tell. Fastify takes any text of `X-Forwarded-For` for an address: one that
 * is none would be kept in the audit log for ever, and be a client of its own to the throttle, so it ends the way.
 */
export function clientAddress({ ip, ips }: Pick<FastifyRequest, "ip" | "ips">): string {
  if (ips === undefined) return ip; // no proxy is believed
  const [nearest = ip, ...forwarded] = ips ?? [];
  const end = forwarded.findIndex((text) => parseIpAddress(text) === null);
  return forwarded.slice(0, end === -1 ? forwarded.length : end).at(-1) ?? nearest;
}
