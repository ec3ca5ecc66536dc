/** The headers of a webhook's POST, as sent and as the history shows them. Pure. */
import type { HeaderPair } from "../domain/values.ts";

/** What stands in place of a custom header's value in the history. */
const CUSTOM_VALUE_MASK = "***";

/** What the headers are made of. */
export type HeaderParts = {
  hostHeader: string;
  /** `Ignisign-Webhooks/<version>`. */
  userAgent: string;
  eventId: string;
  timestampS: number;
  signature: string;
  bodyBytes: number;
  isTest: boolean;
  customHeaders: readonly HeaderPair[];
};

/** `wire`: name, value, name, value, …; `captured`: the same as pairs, custom values masked. */
export type RequestHeaders = { wire: string[]; captured: HeaderPair[] };

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\u0020-\u007e]*$/;
/** Ours, or such as decide where the message ends: `content-*`, `webhook-*` and `ignisign-*` besides. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "accept-encoding",
  "user-agent",
]);
const RESERVED_PREFIXES = ["content-", "webhook-", "ignisign-"];

/** Why a custom header cannot be sent, or null. Asked at registration and again before each attempt. */
export function customHeaderFault([name, value]: HeaderPair): string | null {
  const lower = name.toLowerCase();
  if (!NAME.test(name)) return "its name is not a header name";
  if (RESERVED_NAMES.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix)))
    return "its name is reserved";
  return VALUE.test(value) ? null : "its value has characters other than visible ASCII, spaces and tabs";
}

/** All headers in their order, or a fault where a custom one cannot be sent. */
export function requestHeaders(parts: HeaderParts): RequestHeaders | { fault: string } {
  const wire = [
    "host",
    parts.hostHeader,
    "content-type",
    "application/json",
    "user-agent",
    parts.userAgent,
    "webhook-id",
    parts.eventId,
    "webhook-timestamp",
    String(parts.timestampS),
    "webhook-signature",
    parts.signature,
  ];
  if (parts.isTest) wire.push("ignisign-test", "true");
  wire.push("accept-encoding", "identity", "content-length", String(parts.bodyBytes), "connection", "keep-alive");
  const captured: HeaderPair[] = [];
  for (let at = 0; at < wire.length; at += 2) captured.push([wire[at] ?? "", wire[at + 1] ?? ""]);
  for (const header of parts.customHeaders) {
    const fault = customHeaderFault(header);
    if (fault !== null) return { fault: `header \`${header[0]}\`: ${fault}` };
    wire.push(header[0], header[1]);
    captured.push([header[0], CUSTOM_VALUE_MASK]);
  }
  return { wire, captured };
}
