/**
 * Which URLs a webhook may have. Asked at registration, at every change and again before each attempt. Pure: names are
 * resolved, and their addresses vetted, only when a connection is made.
 */
import { isIP } from "node:net";
import type { AppEnv } from "../domain/values.ts";
import { URL_CHARS_MAX } from "../domain/webhook.ts";
import type { EgressPolicy } from "./address_policy.ts";
import { formatPortRanges } from "./port_ranges.ts";

/**
 * The URL, whose `href` is what gets stored, or a sentence that says what to change. `part`: whether the URL itself is
 * refused, or where its host leads.
 */
export type UrlVerdict = { kind: "ok"; url: URL } | { kind: "refused"; part: "url" | "address"; reason: string };

/** Where one POST goes, taken from a vetted URL. */
export type Target = {
  isTls: boolean;
  /** Lower case, without brackets and final dot. */
  hostname: string;
  /** Whether `hostname` is an IP address, which no lookup will ever see. */
  isLiteral: boolean;
  port: number;
  /** Path and query. */
  path: string;
  /** The `host` header. */
  hostHeader: string;
};

/** C0 controls, DEL, space and backslash: the URL parser would drop or rewrite them without a word. */
const REWRITTEN_CHARS = /[\u0000-\u0020\u007f\\]/;
const AUTHORITY = /^https?:\/\/([^/?#]+)/i;
const METADATA_NAMES: ReadonlySet<string> = new Set(["metadata.google.internal", "metadata.goog"]);
/** Top-level domains that no public name has (RFC 6762, RFC 8375, ICANN's reservations): private networks use them. */
const PRIVATE_DOMAINS = /(^|\.)(local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa)$/;
const LABEL_CHARS_MAX = 63;
const LOW_PORTS: ReadonlySet<number> = new Set([80, 443]);
const UNPRIVILEGED_PORT_MIN = 1_024;

/** Ports of databases, brokers, telephony and control planes that would act on what a webhook's sender can write. */
const DANGEROUS_PORTS: ReadonlySet<number> = new Set([
  1099, 1433, 1521, 1719, 1720, 1723, 1883, 2049, 2181, 2375, 2376, 2377, 2379, 2380, 3268, 3269, 3306, 3389, 3659,
  4045, 4190, 4369, 4505, 4506, 5060, 5061, 5432, 5433, 5601, 5671, 5672, 5900, 5901, 5984, 5985, 5986, 6000, 6379,
  6380, 6443, 6514, 6566, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 7001, 7199,
  8009, 8086, 8200, 8300, 8301, 8500, 9042, 9092, 9100, 9160, 9200, 9300, 10080, 10250, 10255, 11211, 15672, 16379,
  25672, 26257, 27017, 27018, 27019, 50070, 61613, 61616,
]);

/** Judges the URL of a webhook in the environment `appEnv` (which decides about plain http). */
export function vetTargetUrl(text: string, context: { appEnv: AppEnv; policy: EgressPolicy }): UrlVerdict {
  const reason = spellingFault(text);
  if (reason !== null) return { kind: "refused", part: "url", reason };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { kind: "refused", part: "url", reason: "It is not a valid URL." };
  }
  const scheme = schemeFault(url, context) ?? hostNameFault(url);
  if (scheme !== null) return { kind: "refused", part: "url", reason: scheme };
  const address = addressFault(url, context.policy);
  if (address !== null) return { kind: "refused", part: "address", reason: address };
  const port = portFault(url, context.policy);
  return port === null ? { kind: "ok", url } : { kind: "refused", part: "url", reason: port };
}

/** What a connection to the vetted `url` needs. */
export function targetOf(url: URL): Target {
  const isTls = url.protocol === "https:";
  const hostname = hostnameOf(url);
  return {
    isTls,
    hostname,
    isLiteral: isIP(hostname) !== 0,
    port: portOf(url),
    path: url.pathname + url.search,
    hostHeader: url.host,
  };
}

function spellingFault(text: string): string | null {
  if (text.length > URL_CHARS_MAX) return `It has ${text.length} characters; at most ${URL_CHARS_MAX} are allowed.`;
  if (REWRITTEN_CHARS.test(text)) return "It contains a space, a control character or a backslash. Percent-encode it.";
  const authority = AUTHORITY.exec(text)?.[1];
  if (authority === undefined) return "It must begin with https:// (or http://) and a host name.";
  if (authority.includes("@")) return "It contains a user name or password. Use a custom header instead.";
  if (text.includes("#")) return "It contains a fragment, which is never sent. Remove the part from `#` on.";
  return null;
}

function schemeFault(url: URL, { appEnv, policy }: { appEnv: AppEnv; policy: EgressPolicy }): string | null {
  if (url.href.length > URL_CHARS_MAX)
    return `Encoded, it has ${url.href.length} characters; at most ${URL_CHARS_MAX} are allowed.`;
  if (url.protocol === "http:" && appEnv === "PRODUCTION" && !policy.options.isDevelopment) {
    return "Plain http is not allowed in PRODUCTION environments. Use https.";
  }
  return null;
}

function hostNameFault(url: URL): string | null {
  const hostname = hostnameOf(url);
  if (hostname.length === 0 || hostname.length > 253) return "Its host name must have 1 to 253 characters.";
  const isOfLabels = hostname.split(".").every(({ length }) => length > 0 && length <= LABEL_CHARS_MAX);
  if (isOfLabels || isIP(hostname) !== 0) return null;
  return `Its host name has an empty part, or one of more than ${LABEL_CHARS_MAX} characters, between its dots.`;
}

function addressFault(url: URL, policy: EgressPolicy): string | null {
  const hostname = hostnameOf(url);
  if (METADATA_NAMES.has(hostname)) return "Its host is a cloud metadata service, which is never allowed.";
  if (isLocalhost(hostname)) {
    return policy.permitsLoopback() ? null : "Its host is this machine. Use a public host name.";
  }
  if (isPrivateName(hostname)) {
    return policy.expectsPrivateReceivers()
      ? null
      : `The name ${hostname} is not a public one. Use a public host name.`;
  }
  if (isIP(hostname) === 0 || policy.permits(hostname)) return null;
  return `The address ${hostname} is not a public one. Use a public host name.`;
}

function portFault(url: URL, policy: EgressPolicy): string | null {
  const port = portOf(url);
  const { ports = null } = policy.options;
  if (ports !== null) {
    if (ports.some(({ first, last }) => port >= first && port <= last)) return null;
    return `The port ${port} is not one that this server sends to. Use ${formatPortRanges(ports)}.`;
  }
  if (LOW_PORTS.has(port)) return null;
  if (port < UNPRIVILEGED_PORT_MIN)
    return `The port ${port} is not allowed. Use 443, 80, or one from ${UNPRIVILEGED_PORT_MIN} on.`;
  if (!policy.options.isDevelopment && DANGEROUS_PORTS.has(port)) {
    return `The port ${port} belongs to a service that is no web server, so it is not allowed. Use another one.`;
  }
  return null;
}

/** Whether the name means this machine, by the reservation of RFC 6761. */
export function isLocalhost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost");
}

/** Whether only a private network can have the name: then it is not told apart whether it has. */
export function isPrivateName(hostname: string): boolean {
  return isIP(hostname) === 0 && (!hostname.includes(".") || PRIVATE_DOMAINS.test(hostname));
}

function hostnameOf(url: URL): string {
  const { hostname } = url;
  if (hostname.startsWith("[")) return hostname.slice(1, -1);
  return hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}
