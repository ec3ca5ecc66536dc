import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rootCertificates } from "node:tls";
import { inspect } from "node:util";
import { readConfig } from "./config.ts";
import { DEFAULT_CATALOG } from "./domain/catalog_default.ts";
import { DEFAULT_RETRY_SCHEDULE_MS } from "./domain/retry.ts";
import { ConfigError } from "./settings_reader.ts";

/** The faults of an environment. */
function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
  return [];
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "config-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("with nothing set every setting has its default", () => {
  const config = readConfig({});
  assert.deepEqual(config, {
    isDevelopment: true,
    host: "127.0.0.1",
    port: 4400,
    publicUrl: null,
    trustProxy: false,
    database: { kind: "sqlite", path: resolve("data/webhooks.db") },
    adminApiKey: null,
    masterKey: null,
    previousMasterKey: null,
    retrySchedule: DEFAULT_RETRY_SCHEDULE_MS,
    tokenTtlMs: 3_600_000,
    deliveryTimeoutMs: 15_000,
    leaseMarginMs: 15_000,
    retentionMs: 2_592_000_000,
    egressAllow: [],
    egressDeny: [],
    egressPorts: null,
    egressNat64: false,
    egressProxy: null,
    egressCa: null,
    catalog: DEFAULT_CATALOG,
    role: "all",
    logLevel: "info",
  });
  assert.ok(Object.isFrozen(config));
});

test("an empty value counts as unset, but an empty retry schedule means no retries", () => {
  assert.equal(readConfig({ PORT: "", HOST: " " }).port, 4400);
  assert.deepEqual(readConfig({ RETRY_SCHEDULE: "" }).retrySchedule, []);
});

test("every setting is read in its own form", () => {
  const masterKey = Buffer.alloc(32, 1);
  const config = readConfig({
    NODE_ENV: "production",
    HOST: "0.0.0.0",
    PORT: "0",
    PUBLIC_URL: "https://webhooks.example.com/",
    TRUST_PROXY: "10.0.0.0/8, 127.0.0.1",
    DATABASE_URL: "other.db",
    ADMIN_API_KEY: "x".repeat(24),
    MASTER_KEY: masterKey.toString("base64"),
    MASTER_KEY_PREVIOUS: Buffer.alloc(32, 2).toString("base64"),
    RETRY_SCHEDULE: "5s, 7d",
    TOKEN_TTL: "10m",
    DELIVERY_TIMEOUT: "30s",
    LEASE_MARGIN: "5s",
    RETENTION: "1s",
    EGRESS_ALLOW: "10.0.0.0/8,fd00::/8",
    EGRESS_DENY: "203.0.113.7, 2a00:1:2::/48,93.184.216.0/24",
    EGRESS_PORTS: "443,9000-9100",
    EGRESS_NAT64: "true",
    EGRESS_PROXY: "http://user:p%40ss@proxy.example:3128",
    ROLE: "all",
    LOG_LEVEL: "silent",
  });
  const { adminApiKey, masterKey: readKey, previousMasterKey, egressAllow, egressDeny, egressProxy, ...rest } = config;
  const { catalog, ...plain } = rest;
  assert.equal(adminApiKey?.reveal(), "x".repeat(24));
  assert.deepEqual(readKey?.reveal(), masterKey);
  assert.deepEqual(previousMasterKey?.reveal(), Buffer.alloc(32, 2));
  assert.deepEqual([egressAllow.length, egressDeny.length], [2, 3]);
  const authorization = `Basic ${Buffer.from("user:p@ss").toString("base64")}`;
  assert.deepEqual(egressProxy?.reveal(), { host: "proxy.example", port: 3128, authorization });
  assert.equal(catalog, DEFAULT_CATALOG);
  assert.deepEqual(plain, {
    isDevelopment: false,
    host: "0.0.0.0",
    port: 0,
    publicUrl: "https://webhooks.example.com",
    trustProxy: ["10.0.0.0/8", "127.0.0.1"],
    database: { kind: "sqlite", path: resolve("other.db") },
    retrySchedule: [5_000, 604_800_000],
    tokenTtlMs: 600_000,
    deliveryTimeoutMs: 30_000,
    leaseMarginMs: 5_000,
    retentionMs: 1_000,
    egressPorts: [
      { first: 443, last: 443 },
      { first: 9_000, last: 9_100 },
    ],
    egressNat64: true,
    egressCa: null,
    role: "all",
    logLevel: "silent",
  });
});

for (const [name, values] of Object.entries({
  PORT: ["abc", "-1", "65536", "44.5", "0x10"],
  HOST: ["not a host", "-x", "a_b"],
  PUBLIC_URL: ["webhooks", "ftp://x", "https://x/?a=b", "https://u:p@x"],
  TRUST_PROXY: ["maybe", "10.0.0.0/99", "10"],
  DATABASE_URL: [
    "postgres://hidden@",
    "postgres://h/d?listen=1",
    "mysql://h/d",
    "file:x.db",
    ":memory:",
    "/dev/null",
    "/dev/null/w.db",
  ],
  DATABASE_POOL_SIZE: ["10", "501", "many"],
  ADMIN_API_KEY: ["short", "with space and long enough", "x".repeat(257)],
  MASTER_KEY: ["abc", "x".repeat(44)],
  MASTER_KEY_PREVIOUS: ["abc", "x".repeat(44)],
  RETRY_SCHEDULE: ["5x", "5s,,5m", "8d", Array(21).fill("1s").join(",")],
  TOKEN_TTL: ["1h30m", "59s", "8d", "3600"],
  DELIVERY_TIMEOUT: ["4s", "31s", "15"],
  LEASE_MARGIN: ["4s", "11m"],
  RETENTION: ["0", "999ms", "11y"],
  EGRESS_ALLOW: ["10.0.0.1/8", "private"],
  EGRESS_DENY: ["10.0.0.1/8", "private"],
  EGRESS_PORTS: ["0", "443,http", "90-80"],
  EGRESS_NAT64: ["yes", "1"],
  EGRESS_PROXY: [
    "proxy:3128",
    "https://proxy:3128",
    "http://proxy",
    "http://proxy:3128/path",
    "http://a%3ab:c@proxy:3128",
  ],
  EGRESS_CA_FILE: ["/nowhere/ca.pem", import.meta.filename],
  CATALOG_FILE: ["/nowhere/catalog.json", import.meta.filename],
  ROLE: ["api", "worker", "none"],
  LOG_LEVEL: ["loud", "INFO"],
})) {
  for (const value of values) {
    test(`${name}=${value.replace(import.meta.dirname, "…").slice(0, 30)} is one fault that names it and says what to do`, () => {
      const faults = faultsOf({ [name]: value }).filter((fault) => !fault.startsWith("MASTER_KEY is not set"));
      assert.ok(faults.length > 0);
      for (const fault of faults) {
        assert.match(fault, new RegExp(`^${name} `));
        assert.match(fault, /[Uu]nset|Set|Give|Choose|Separate|expected|Correct|`/);
      }
    });
  }
}

test("a previous master key that is the present one is a fault, and no key is told", () => {
  const key = Buffer.alloc(32, 1).toString("base64");
  const faults = faultsOf({ MASTER_KEY: key, MASTER_KEY_PREVIOUS: `${key}\n` });
  assert.equal(faults.length, 1);
  assert.match(faults[0] ?? "", /^MASTER_KEY_PREVIOUS is the same as MASTER_KEY/);
  assert.ok(!faults[0]?.includes(key));
});

test("all faults are told in one message, and no secret among them", () => {
  const environment = { PORT: "abc", RETRY_SCHEDULE: "5x", ADMIN_API_KEY: "hunter2", MASTER_KEY: "swordfish" };
  const urls = {
    DATABASE_URL: "postgres://user:letmein@host/db?prepare=no",
    EGRESS_PROXY: "socks5://user:opensesame@host:1080",
  };
  assert.throws(
    () => readConfig({ ...environment, ...urls }),
    (error: Error) => {
      for (const name of ["PORT", "RETRY_SCHEDULE", "ADMIN_API_KEY", "MASTER_KEY", "DATABASE_URL", "EGRESS_PROXY"]) {
        assert.ok(error.message.includes(name));
      }
      assert.match(error.message, /`abc`/);
      assert.match(error.message, /`5x`/);
      assert.doesNotMatch(error.message, /hunter2|swordfish|letmein|opensesame/);
      return true;
    },
  );
});

test("a PostgreSQL database needs a master key, and lets processes share the work", () => {
  const url = "postgres://user:letmein@host/db";
  const MASTER_KEY = Buffer.alloc(32, 1).toString("base64");
  const [fault = "", ...others] = faultsOf({ DATABASE_URL: url });
  assert.deepEqual(others, []);
  assert.match(fault, /^MASTER_KEY is not set.*openssl/);
  for (const ROLE of ["all", "api", "worker"]) {
    const config = readConfig({ DATABASE_URL: url, MASTER_KEY, ROLE, DATABASE_POOL_SIZE: "11" });
    assert.equal(config.role, ROLE);
    assert.equal(config.database.kind === "postgres" && config.database.url.reveal(), url);
    assert.equal(config.database.kind === "postgres" && config.database.poolSize, 11);
    assert.doesNotMatch(inspect(config, { depth: 5 }), /letmein/);
  }
});

test("secrets do not show when the configuration is printed", () => {
  const config = readConfig({ ADMIN_API_KEY: "k".repeat(24), MASTER_KEY: Buffer.alloc(32, 2).toString("base64") });
  for (const text of [inspect(config, { depth: 5 }), JSON.stringify(config)])
    assert.doesNotMatch(text, /kkkk|AgIC|02, 2/);
});

test("development mode needs a loopback address, and names both remedies", () => {
  for (const nodeEnv of [{}, { NODE_ENV: "development" }, { NODE_ENV: "test" }]) {
    for (const HOST of ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
      assert.deepEqual(faultsOf({ ...nodeEnv, HOST }), []);
    for (const HOST of ["0.0.0.0", "::", "192.168.1.2", "example.com"]) {
      const [fault = ""] = faultsOf({ ...nodeEnv, HOST });
      assert.match(fault, /NODE_ENV=production/);
      assert.match(fault, /HOST=127\.0\.0\.1/);
    }
  }
  assert.deepEqual(faultsOf({ NODE_ENV: "production", HOST: "0.0.0.0" }), []);
  assert.equal(readConfig({ NODE_ENV: "staging" }).isDevelopment, false);
});

test("a catalogue file extends the default, and its faults are told with their places", (t) => {
  const path = join(folder(t), "catalog.json");
  const action = { description: "It was paid.", content: { type: "object" }, sample: { invoiceId: "i" } };
  const topics = { INVOICE: { description: "Invoices.", actions: { PAID: action } } };
  writeFileSync(path, JSON.stringify({ mode: "extend", topics }));
  const { catalog } = readConfig({ CATALOG_FILE: path });
  assert.deepEqual(Object.keys(catalog.topics), [...Object.keys(DEFAULT_CATALOG.topics), "INVOICE"]);
  writeFileSync(path, JSON.stringify({ mode: "extend", topics: { invoice: topics.INVOICE, X: {} } }));
  const faults = faultsOf({ CATALOG_FILE: path });
  assert.ok(faults.length >= 2);
  assert.ok(faults.some((fault) => fault.includes("/topics/invoice")));
});

test("a certificate file is read", (t) => {
  const path = join(folder(t), "ca.pem");
  const pem = rootCertificates.slice(0, 2).join("\n");
  writeFileSync(path, pem);
  assert.equal(readConfig({ EGRESS_CA_FILE: path }).egressCa, pem);
  writeFileSync(path, pem.replace(/M/g, "N"));
  assert.match(faultsOf({ EGRESS_CA_FILE: path }).join(), /damaged/);
});
