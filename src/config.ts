/** The configuration: every setting of the environment, its default, its bounds. The only reader of `process.env`. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { DatabaseSetting } from "./database_setting.ts";
import { readDatabase } from "./database_setting.ts";
import { formatDuration, parseDurationMs } from "./duration.ts";
import type { CatalogDefinition } from "./domain/catalog.ts";
import { DEFAULT_CATALOG } from "./domain/catalog_default.ts";
import { parseCatalogFile } from "./domain/catalog_file.ts";
import { RETENTION_MS_MAX, RETENTION_MS_MIN } from "./domain/environment_settings.ts";
import { DEFAULT_RETRY_SCHEDULE_MS, RETRY_STEP_MS_MAX, RETRY_STEPS_MAX } from "./domain/retry.ts";
import { TOKEN_TTL_MS_MAX } from "./domain/token.ts";
import { TIMEOUT_MS_MAX, TIMEOUT_MS_MIN } from "./domain/webhook.ts";
import type { Cidr } from "./egress/ip_address.ts";
import { parseCidrList } from "./egress/ip_address.ts";
import type { PortRange } from "./egress/port_ranges.ts";
import { parsePortRanges } from "./egress/port_ranges.ts";
import type { ProxyAddress } from "./egress/proxy_url.ts";
import { parseProxyUrl } from "./egress/proxy_url.ts";
import type { LogLevel } from "./log.ts";
import { LOG_LEVELS } from "./log.ts";
import { parseMasterKey } from "./master_key.ts";
import type { Role } from "./role.ts";
import { ROLES } from "./role.ts";
import { Secret } from "./secret.ts";
import type { Environment } from "./settings_reader.ts";
import { ConfigError, SettingsReader } from "./settings_reader.ts";

/** The checked settings. Frozen; secrets print as `[secret]`. Durations are in ms. */
export type Config = {
  readonly isDevelopment: boolean;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** How clients reach the server, without a final slash; null: what it listens on. */
  readonly publicUrl: string | null;
  /** Whose `X-Forwarded-For` is believed: nobody's, everybody's, so many proxies', or these addresses'. */
  readonly trustProxy: boolean | number | string[];
  readonly database: DatabaseSetting;
  /** Null: generated at the first start. */
  readonly adminApiKey: Secret<string> | null;
  /** 32 bytes; null: read from the file beside the database. */
  readonly masterKey: Secret<Buffer> | null;
  /** The one before: what was made with it is accepted, too. */
  readonly previousMasterKey: Secret<Buffer> | null;
  readonly retrySchedule: readonly number[];
  readonly tokenTtlMs: number;
  readonly deliveryTimeoutMs: number;
  readonly leaseMarginMs: number;
  readonly retentionMs: number;
  readonly egressAllow: readonly Cidr[];
  readonly egressDeny: readonly Cidr[];
  /** Ports that receivers may have; null: by the rule of the server. */
  readonly egressPorts: readonly PortRange[] | null;
  /** Whether this network reaches IPv4 through the well-known prefix of NAT64. */
  readonly egressNat64: boolean;
  /** The proxy that every delivery goes through, its credentials included; null: they go directly. */
  readonly egressProxy: Secret<ProxyAddress> | null;
  /** PEM certificates that are trusted besides the public authorities; null: none. */
  readonly egressCa: string | null;
  readonly catalog: CatalogDefinition;
  readonly role: Role;
  readonly logLevel: LogLevel;
};

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const ADMIN_KEY = /^[\x21-\x7e]{24,256}$/;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const DEVELOPMENT_NODE_ENVS: ReadonlySet<string> = new Set(["development", "test"]);

/** Reads and checks all settings. Throws {@link ConfigError} with every fault there is. */
export function readConfig(environment: Environment = process.env): Config {
  const reader = new SettingsReader(environment);
  const nodeEnv = reader.text("NODE_ENV");
  const isDevelopment = nodeEnv === null || DEVELOPMENT_NODE_ENVS.has(nodeEnv);
  const database = readDatabase(reader);
  const config: Config = {
    isDevelopment,
    host: readHost(reader, isDevelopment ? (nodeEnv ?? "unset") : null),
    port: readPort(reader),
    publicUrl: readPublicUrl(reader),
    trustProxy: readTrustProxy(reader),
    database,
    adminApiKey: readAdminKey(reader),
    masterKey: readMasterKey(reader, database),
    previousMasterKey: readPreviousMasterKey(reader),
    retrySchedule: readRetrySchedule(reader),
    tokenTtlMs: reader.duration("TOKEN_TTL", { fallbackMs: 3_600_000, minMs: 60_000, maxMs: TOKEN_TTL_MS_MAX }),
    deliveryTimeoutMs: reader.duration("DELIVERY_TIMEOUT", {
      fallbackMs: 15 * SECOND_MS,
      minMs: TIMEOUT_MS_MIN,
      maxMs: TIMEOUT_MS_MAX,
    }),
    leaseMarginMs: reader.duration("LEASE_MARGIN", {
      fallbackMs: 15 * SECOND_MS,
      minMs: 5 * SECOND_MS,
      maxMs: 600_000,
    }),
    retentionMs: reader.duration("RETENTION", {
      fallbackMs: 30 * DAY_MS,
      minMs: RETENTION_MS_MIN,
      maxMs: RETENTION_MS_MAX,
    }),
    egressAllow: readBlocks(reader, "EGRESS_ALLOW"),
    egressDeny: readBlocks(reader, "EGRESS_DENY"),
    egressPorts: readEgressPorts(reader),
    egressNat64: reader.choice("EGRESS_NAT64", { values: ["true", "false"], fallback: "false" }) === "true",
    egressProxy: readEgressProxy(reader),
    egressCa: readFileSetting(reader, "EGRESS_CA_FILE", caFault)?.text ?? null,
    catalog: readCatalog(reader),
    role: readRole(reader, database),
    logLevel: reader.choice("LOG_LEVEL", { values: LOG_LEVELS, fallback: "info" }),
  };
  if (reader.faults.length > 0) throw new ConfigError(reader.faults);
  return Object.freeze(config);
}

/** `developmentEnv` is the NODE_ENV of development mode; null in production. */
function readHost(reader: SettingsReader, developmentEnv: string | null): string {
  const host = reader.read("HOST", {
    parse: (text) => (isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) ? text : undefined),
    expected: "an IP address or a host name to listen on",
    fallback: "127.0.0.1",
    unset: "use 127.0.0.1",
  });
  if (developmentEnv !== null && !isLoopback(host)) {
    const remedy = "Set NODE_ENV=production for a server that others reach, or HOST=127.0.0.1 for development.";
    reader.fault(
      "HOST",
      `is \`${host}\`, but development mode (NODE_ENV is ${developmentEnv}) needs a loopback address. ${remedy}`,
    );
  }
  return host;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function readPort(reader: SettingsReader): number {
  return reader.read("PORT", {
    parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
    expected: "a whole number from 0 (any free port) to 65535",
    fallback: 4400,
    unset: "use 4400",
  });
}

function readPublicUrl(reader: SettingsReader): string | null {
  return reader.read<string | null>("PUBLIC_URL", {
    parse: (text) => {
      const url = URL.parse(text);
      const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
      return isPlain && url.username === "" && url.password === "" ? url.href.replace(/\/+$/, "") : undefined;
    },
    expected: "an http or https URL without query, such as https://webhooks.example.com",
    fallback: null,
    unset: "use the address that the server listens on",
  });
}

function readTrustProxy(reader: SettingsReader): Config["trustProxy"] {
  return reader.read<Config["trustProxy"]>("TRUST_PROXY", {
    parse: (text) => {
      if (text === "true" || text === "false") return text === "true";
      if (/^\d$/.test(text)) return Number(text);
      return parseCidrList(text).faults.length === 0 ? text.split(",").map((entry) => entry.trim()) : undefined;
    },
    expected: "true, false, a number of proxies from 0 to 9, or addresses such as 10.0.0.0/8 with commas between",
    fallback: false,
    unset: "believe no X-Forwarded-For header",
  });
}

function readAdminKey(reader: SettingsReader): Secret<string> | null {
  const text = reader.text("ADMIN_API_KEY");
  if (text === null) return null;
  if (ADMIN_KEY.test(text)) return new Secret(text);
  const remedy = "Unset it to have one generated and printed at the first start.";
  reader.fault("ADMIN_API_KEY", `is not usable; expected 24 to 256 visible ASCII characters without spaces. ${remedy}`);
  return null;
}

function readMasterKey(reader: SettingsReader, database: DatabaseSetting): Secret<Buffer> | null {
  const text = reader.text("MASTER_KEY");
  const isShared = database.kind === "postgres";
  if (text === null) {
    const remedy = "Set it to the same 32 bytes in every process; `openssl rand -base64 32` makes some.";
    if (isShared) reader.fault("MASTER_KEY", `is not set, and a PostgreSQL database needs it. ${remedy}`);
    return null;
  }
  const key = parseMasterKey(text);
  if (key !== null) return new Secret(key);
  const otherwise = isShared ? "" : ", or unset it to have one generated beside the database";
  const remedy = `Make one with \`openssl rand -base64 32\`${otherwise}.`;
  reader.fault("MASTER_KEY", `is not usable; expected 32 bytes in base64. ${remedy}`);
  return null;
}

function readPreviousMasterKey(reader: SettingsReader): Secret<Buffer> | null {
  const text = reader.text("MASTER_KEY_PREVIOUS");
  if (text === null) return null;
  const key = parseMasterKey(text);
  if (key === null) reader.fault("MASTER_KEY_PREVIOUS", "is not usable; expected 32 bytes in base64, or unset.");
  else if (parseMasterKey(reader.text("MASTER_KEY") ?? "")?.equals(key) === true) {
    reader.fault("MASTER_KEY_PREVIOUS", "is the same as MASTER_KEY. Unset it, or set MASTER_KEY to the new one.");
  }
  return key === null ? null : new Secret(key);
}

function readRetrySchedule(reader: SettingsReader): readonly number[] {
  if (reader.isSet("RETRY_SCHEDULE") && reader.text("RETRY_SCHEDULE") === null) return [];
  return reader.read<readonly number[]>("RETRY_SCHEDULE", {
    parse: (text) => {
      const steps = text.split(",").map(parseDurationMs);
      const isValid =
        steps.length <= RETRY_STEPS_MAX && steps.every((step) => step !== null && step <= RETRY_STEP_MS_MAX);
      return isValid ? steps.filter((step) => step !== null) : undefined;
    },
    expected:
      `up to ${RETRY_STEPS_MAX} durations of at most ${formatDuration(RETRY_STEP_MS_MAX)} with commas between, ` +
      "such as 5s,5m,2h, or nothing for no retries",
    fallback: DEFAULT_RETRY_SCHEDULE_MS,
    unset: `use ${DEFAULT_RETRY_SCHEDULE_MS.map(formatDuration).join(",")}`,
  });
}

function readBlocks(reader: SettingsReader, name: "EGRESS_ALLOW" | "EGRESS_DENY"): readonly Cidr[] {
  const { cidrs, faults } = parseCidrList(reader.text(name) ?? "");
  for (const fault of faults) reader.fault(name, `has a faulty entry: ${fault}. Separate blocks by commas.`);
  return cidrs;
}

function readEgressPorts(reader: SettingsReader): readonly PortRange[] | null {
  return reader.read<readonly PortRange[] | null>("EGRESS_PORTS", {
    parse: (text) => parsePortRanges(text) ?? undefined,
    expected: "ports from 1 to 65535 and ranges of them with commas between, such as 443,8443,9000-9100",
    fallback: null,
    unset: "allow 443, 80 and those from 1024 on that belong to no other service",
  });
}

/** The value is not shown: it may hold a password. */
function readEgressProxy(reader: SettingsReader): Secret<ProxyAddress> | null {
  const text = reader.text("EGRESS_PROXY");
  if (text === null) return null;
  const proxy = parseProxyUrl(text);
  if (!("fault" in proxy)) return new Secret(proxy);
  const remedy = "Expected http://proxy.example:3128, or http://user:password@…. Unset it to connect directly.";
  reader.fault("EGRESS_PROXY", `${proxy.fault}. ${remedy}`);
  return null;
}

function readRole(reader: SettingsReader, database: DatabaseSetting): Role {
  const role = reader.choice("ROLE", { values: ROLES, fallback: "all" });
  if (role !== "all" && database.kind === "sqlite") {
    const remedy = "Set DATABASE_URL to postgres://…, or unset ROLE to do everything in this process.";
    reader.fault("ROLE", `is \`${role}\`, but a SQLite file belongs to one process. ${remedy}`);
  }
  return role;
}

function readCatalog(reader: SettingsReader): CatalogDefinition {
  const file = readFileSetting(reader, "CATALOG_FILE", () => null);
  if (file === null) return DEFAULT_CATALOG;
  const parsed = parseCatalogFile(file.text, DEFAULT_CATALOG);
  if (parsed.kind === "ok") return parsed.definition;
  for (const fault of parsed.faults) reader.fault("CATALOG_FILE", `\`${file.path}\`: ${fault}`);
  return DEFAULT_CATALOG;
}

function caFault(text: string): string | null {
  const certificates = text.match(PEM_CERTIFICATE) ?? [];
  try {
    const parsed = certificates.map((certificate) => new X509Certificate(certificate));
    return parsed.length > 0 ? null : "holds no PEM certificate";
  } catch {
    return "holds a damaged PEM certificate";
  }
}

/** The text of the file that a setting names; `faultOf` says what is wrong with it. */
function readFileSetting(
  reader: SettingsReader,
  name: string,
  faultOf: (text: string) => string | null,
): { path: string; text: string } | null {
  const path = reader.text(name);
  if (path === null) return null;
  let fault: string | null;
  try {
    const text = readFileSync(path, "utf8");
    fault = faultOf(text);
    if (fault === null) return { path, text };
  } catch (error) {
    fault = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  reader.fault(name, `is \`${path}\`, which ${fault}. Correct the path or the file, or unset it.`);
  return null;
}
