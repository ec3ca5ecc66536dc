import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { TlsOptions } from "node:tls";
import { makeCertificate } from "../../test/egress/certificates.ts";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import { startProxy } from "../../test/egress/proxy_server.ts";
import type { RawReceiver } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import type { Clock } from "../clock.ts";
import { systemClock } from "../clock.ts";
import { FAILURES } from "../domain/failure.ts";
import type { UrlCheckReport } from "./url_check.ts";
import {
  URL_CHECKS,
  URL_CHECKS_A_MINUTE_MAX,
  URL_CHECKS_AT_A_TIME_MAX,
  URL_CHECKS_OF_TENANT_MAX,
  UrlChecker,
} from "./url_check.ts";

const NAME = "receiver.test";
const DAY_MS = 86_400_000;
const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });

/** A certificate of the trusted authority, valid for a year unless told otherwise. */
function certificate(options: { name?: string; validMs?: number } = {}) {
  const { name = NAME, validMs = 365 * DAY_MS } = options;
  const notAfter = new Date(Date.now() + validMs);
  return makeCertificate({ commonName: name, dnsNames: [name], issuer: authority, notAfter });
}

function setUpChecker(options: Parameters<typeof setUpEgress>[0] & { checkMs?: number; clock?: Clock } = {}): {
  checker: UrlChecker;
  check: (url: string) => Promise<UrlCheckReport>;
} {
  const { policy, resolver } = setUpEgress(options);
  const { checkMs = 5_000, clock = systemClock } = options;
  const checker = new UrlChecker({
    policy,
    resolver,
    clock,
    caPem: authority.cert,
    proxy: options.proxy ?? null,
    checkMs,
  });
  const check = async (url: string) => {
    const report = await checker.check({ tenant: 1, appEnv: "PRODUCTION", url });
    assert.ok(report);
    return report;
  };
  return { checker, check };
}

async function startTls(t: TestContext, tls: TlsOptions): Promise<RawReceiver> {
  const receiver = await startRawReceiver((socket) => socket.write(httpAnswer(200)), { tls });
  t.after(() => receiver.close());
  return receiver;
}

/** Outcomes in the order of the checks. */
function outcomes({ checks }: UrlCheckReport): string[] {
  assert.deepEqual(
    checks.map(({ name }) => name),
    URL_CHECKS,
  );
  return checks.map(({ outcome }) => outcome);
}

function messageOf({ checks }: UrlCheckReport, name: string): string {
  return checks.find((check) => check.name === name)?.message ?? "";
}

test("a good receiver passes every check, its certificate is told, and it gets no request", async (t) => {
  const notAfter = 365 * DAY_MS;
  const receiver = await startTls(t, certificate({ validMs: notAfter }));
  const { check } = setUpChecker();
  const report = await check(`https://${NAME}:${receiver.port}/hook`);
  assert.deepEqual(outcomes(report), ["passed", "passed", "passed", "passed", "passed"]);
  assert.equal(report.isAccepted, true);
  assert.deepEqual([report.certificate?.subject, report.certificate?.issuer], [NAME, "Test Authority"]);
  const validMs = (report.certificate?.validTo ?? 0) - Date.now();
  assert.ok(Math.abs(validMs - notAfter) < 60_000, "validTo is the certificate's");
  assert.deepEqual([receiver.connections, receiver.requests], [1, []]);
});

test("a connection of a check is closed at once", async (t) => {
  const receiver = await startTls(t, certificate());
  const { check } = setUpChecker();
  await check(`https://${NAME}:${receiver.port}/`);
  for (let turns = 0; receiver.openSockets.size > 0; turns++) {
    assert.ok(turns < 100_000, "the connection stayed open");
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test("a certificate that expires within 14 days is a warning, and one that lasts longer is not", async (t) => {
  const [soon, later] = [
    certificate({ validMs: 14 * DAY_MS - 60_000 }),
    certificate({ validMs: 14 * DAY_MS + 60_000 }),
  ];
  const { check } = setUpChecker();
  const warned = await check(`https://${NAME}:${(await startTls(t, soon)).port}/`);
  assert.deepEqual([warned.isAccepted, outcomes(warned).at(-1)], [true, "warning"]);
  assert.match(messageOf(warned, "tls"), /expires on \d{4}-\d\d-\d\dT/);
  const fine = await check(`https://${NAME}:${(await startTls(t, later)).port}/`);
  assert.equal(outcomes(fine).at(-1), "passed");
});

test("each fault of a certificate is told in its own words, with the certificate that was shown", async (t) => {
  const { check } = setUpChecker();
  const stranger = makeCertificate({ commonName: "Another Authority", isAuthority: true });
  const yesterday = new Date(Date.now() - DAY_MS);
  const dated = { commonName: NAME, dnsNames: [NAME], issuer: authority };
  for (const [code, tls] of [
    [
      "TLS_EXPIRED",
      makeCertificate({ ...dated, notBefore: new Date(yesterday.getTime() - DAY_MS), notAfter: yesterday }),
    ],
    ["TLS_WRONG_HOST", certificate({ name: "other.test" })],
    ["TLS_SELF_SIGNED", makeCertificate({ commonName: NAME, dnsNames: [NAME] })],
    ["TLS_UNKNOWN_ISSUER", makeCertificate({ ...dated, issuer: stranger })],
  ] as const) {
    const report = await check(`https://${NAME}:${(await startTls(t, tls)).port}/`);
    assert.deepEqual(outcomes(report), ["passed", "passed", "passed", "passed", "failed"], code);
    assert.ok(messageOf(report, "tls").startsWith(FAILURES[code]), messageOf(report, "tls"));
    assert.equal(report.isAccepted, true, "the receiver can still mend it");
    assert.ok(report.certificate !== null, code);
  }
});

test("what speaks no TLS, refuses connections or never answers is told apart", async (t) => {
  const { check } = setUpChecker({ checkMs: 300 });
  const plain = await startRawReceiver(() => {}, { onConnection: (socket) => socket.end("no TLS here\r\n") });
  const silent = await startRawReceiver(() => {});
  t.after(() => Promise.all([plain.close(), silent.close()]));
  const spoken = await check(`https://${NAME}:${plain.port}/`);
  assert.deepEqual(outcomes(spoken), ["passed", "passed", "passed", "passed", "failed"]);
  assert.ok(messageOf(spoken, "tls").startsWith(FAILURES.TLS_FAILED));
  const hung = await check(`https://${NAME}:${silent.port}/`);
  assert.deepEqual(outcomes(hung).slice(3), ["passed", "failed"]);
  assert.ok(messageOf(hung, "tls").startsWith(FAILURES.TIMEOUT_CONNECT));
  const closed = await startRawReceiver(() => {});
  await closed.close();
  const refused = await check(`https://${NAME}:${closed.port}/`);
  assert.deepEqual(outcomes(refused).slice(3), ["failed", "skipped"]);
  assert.ok(messageOf(refused, "connect").startsWith(FAILURES.CONNECTION_REFUSED));
});

test("through EGRESS_PROXY the same is checked, and an outage of the proxy is told as ours", async (t) => {
  const receiver = await startTls(t, certificate());
  const proxy = await startProxy();
  const { check } = setUpChecker({ proxy: { host: "127.0.0.1", port: proxy.port, authorization: null } });
  const url = `https://${NAME}:${receiver.port}/hook`;
  const good = await check(url);
  assert.deepEqual(outcomes(good), ["passed", "passed", "passed", "passed", "passed"]);
  assert.deepEqual([proxy.asked.length, receiver.requests], [1, []]);
  const plain = await check(`http://127.0.0.1:${receiver.port}/`);
  assert.deepEqual(outcomes(plain), ["passed", "skipped", "passed", "passed", "warning"]);
  await proxy.close();
  const broken = await check(url);
  assert.deepEqual(outcomes(broken).slice(3), ["failed", "skipped"]);
  assert.ok(messageOf(broken, "connect").startsWith(FAILURES.PROXY_FAILED));
});

test("a name that does not resolve is told, and is accepted all the same", async () => {
  const { check } = setUpChecker({ names: () => [] });
  const report = await check("https://nowhere.test/");
  assert.deepEqual(outcomes(report), ["passed", "failed", "skipped", "skipped", "skipped"]);
  assert.ok(messageOf(report, "dns").startsWith(FAILURES.DNS_NOT_FOUND));
  assert.equal(report.isAccepted, true);
});

test("plain http is a warning where it is allowed, and an address has no name to resolve", async (t) => {
  const receiver = await startRawReceiver(() => {});
  t.after(() => receiver.close());
  const { check } = setUpChecker();
  const report = await check(`http://127.0.0.1:${receiver.port}/`);
  assert.deepEqual(outcomes(report), ["passed", "skipped", "passed", "passed", "warning"]);
  assert.deepEqual([report.isAccepted, report.certificate], [true, null]);
});

test("a refused address has one sentence, whatever is there, and is not connected to", async (t) => {
  const receiver = await startRawReceiver(() => {});
  t.after(() => receiver.close());
  const named: Record<string, string[]> = {
    "private.test": ["10.0.0.5"],
    "loopback.test": ["127.0.0.1"],
    "mixed.test": ["93.184.216.34", "192.168.0.1"],
  };
  const { check } = setUpChecker({ names: (name) => named[name] ?? [], policy: { isDevelopment: false } });
  const hosts = [
    "127.0.0.1",
    "10.0.0.1",
    "10.255.255.255",
    "169.254.169.254",
    "localhost",
    "[::1]",
    ...Object.keys(named),
  ];
  const told = new Set<string>();
  for (const host of hosts) {
    for (const port of [receiver.port, 1_025]) {
      const report = await check(`https://${host}:${port}/`);
      assert.deepEqual([report.isAccepted, outcomes(report).slice(2)], [false, ["failed", "skipped", "skipped"]], host);
      told.add(messageOf(report, "address"));
    }
  }
  assert.equal(told.size, 1);
  assert.equal(receiver.connections, 0);
});

test("a URL that is refused for its spelling, scheme or port says why, and nothing else is checked", async () => {
  const { check } = setUpChecker({ policy: { isDevelopment: false } });
  for (const url of ["ftp://a.test/", "https://user:pw@a.test/", "http://a.test/", "https://a.test:22/", "https:///"]) {
    const report = await check(url);
    assert.deepEqual(outcomes(report), ["failed", "skipped", "skipped", "skipped", "skipped"], url);
    assert.equal(report.isAccepted, false);
    assert.ok(messageOf(report, "url").length > 10);
  }
});

test("so many checks of one tenant run at a time, so many of all, and no more", async (t) => {
  const silent = await startRawReceiver(() => {});
  t.after(() => silent.close());
  const { checker } = setUpChecker({ checkMs: 500 });
  const url = `https://${NAME}:${silent.port}/`;
  const start = (tenant: number) => checker.check({ tenant, appEnv: "TEST", url });
  const ofOne = Array.from({ length: URL_CHECKS_OF_TENANT_MAX }, () => start(0));
  assert.equal(await start(0), null);
  const others = Array.from({ length: URL_CHECKS_AT_A_TIME_MAX - URL_CHECKS_OF_TENANT_MAX }, (_, at) => start(at + 1));
  assert.equal(await start(99), null);
  const reports = await Promise.all([...ofOne, ...others]);
  assert.ok(reports.every((report) => report !== null));
  assert.notEqual(await start(0), null);
});

test("so many checks of one tenant are begun within a minute, so that nobody's ports are counted through", async () => {
  let nowMs = 1_000;
  const { checker } = setUpChecker({ clock: { ...systemClock, monotonicMs: () => nowMs } });
  const start = (tenant: number) => checker.check({ tenant, appEnv: "TEST", url: "https://10.0.0.1/" });
  for (let no = 0; no < URL_CHECKS_A_MINUTE_MAX; no++) assert.notEqual(await start(0), null);
  assert.equal(await start(0), null);
  assert.notEqual(await start(1), null);
  nowMs += 59_999;
  assert.equal(await start(0), null);
  nowMs += 1;
  assert.notEqual(await start(0), null);
});
