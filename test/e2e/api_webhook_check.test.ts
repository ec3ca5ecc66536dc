/** Checking a URL before it is registered: every outcome over HTTP, against TLS servers of the test's own. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { URL_CHECKS_OF_TENANT_MAX } from "../../src/egress/url_check.ts";
import { makeCertificate } from "../egress/certificates.ts";
import { httpAnswer, startRawReceiver } from "../egress/raw_receiver.ts";
import type { CheckedClient } from "./support/api_server.ts";
import { startApiServer } from "./support/api_server.ts";

const DAY_MS = 86_400_000;
const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const folder = mkdtempSync(join(tmpdir(), "webhooks-check-"));
writeFileSync(join(folder, "ca.pem"), authority.cert);
const server = await startApiServer({ EGRESS_CA_FILE: join(folder, "ca.pem") });
rmSync(folder, { recursive: true });

type Report = {
  isAccepted: boolean;
  checks: { name: string; outcome: string; message: string }[];
  certificate: { subject: string; issuer: string; validTo: string } | null;
};

async function setup(): Promise<{ tenant: CheckedClient; path: string; check: (url: string) => Promise<Report> }> {
  const { tenant, base } = await server.tenant();
  const path = `${base}/webhooks/check`;
  const check = async (url: string) => (await tenant.must(200, "POST", path, { url })).json as unknown as Report;
  return { tenant, path, check };
}

/** A TLS receiver for 127.0.0.1 whose certificate is valid for so long. */
async function startTls(t: TestContext, validMs: number) {
  const notAfter = new Date(Date.now() + validMs);
  const certified = { commonName: "hooks.test", ipv4Addresses: ["127.0.0.1"], issuer: authority, notAfter };
  const tls = makeCertificate(certified);
  const receiver = await startRawReceiver((socket) => socket.write(httpAnswer(200)), { tls });
  t.after(() => receiver.close());
  return { receiver, url: `https://127.0.0.1:${receiver.port}/hook`, notAfter };
}

function outcomes({ checks }: Report): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
}

test("a good receiver passes, its certificate is summed up, and nothing is sent to it or stored", async (t) => {
  const { tenant, path, check } = await setup();
  const { receiver, url, notAfter } = await startTls(t, 90 * DAY_MS);
  const report = await check(url);
  assert.deepEqual(outcomes(report), {
    url: "passed",
    dns: "skipped",
    address: "passed",
    connect: "passed",
    tls: "passed",
  });
  assert.equal(report.isAccepted, true);
  const validTo = `${notAfter.toISOString().slice(0, 19)}.000Z`;
  assert.deepEqual(report.certificate, { subject: "hooks.test", issuer: "Test Authority", validTo });
  assert.deepEqual(receiver.requests, []);
  const listed = await tenant.must(200, "GET", path.replace("/check", ""));
  assert.equal(listed.text, "[]");
});

test("a certificate that expires within 14 days is a warning", async (t) => {
  const { check } = await setup();
  const { url } = await startTls(t, 13 * DAY_MS);
  const report = await check(url);
  assert.deepEqual([report.isAccepted, outcomes(report)["tls"]], [true, "warning"]);
  assert.match(report.checks.at(-1)?.message ?? "", /expires on/);
});

test("an untrusted certificate fails and is shown, and a closed port is told as refused", async () => {
  const { check } = await setup();
  const tls = makeCertificate({ commonName: "self.test", ipv4Addresses: ["127.0.0.1"] });
  const receiver = await startRawReceiver(() => {}, { tls });
  const url = `https://127.0.0.1:${receiver.port}/`;
  const selfSigned = await check(url);
  assert.deepEqual([outcomes(selfSigned)["tls"], selfSigned.certificate?.subject], ["failed", "self.test"]);
  assert.match(selfSigned.checks.at(-1)?.message ?? "", /self-signed/);
  await receiver.close();
  const closed = await check(url);
  assert.deepEqual([outcomes(closed)["connect"], outcomes(closed)["tls"]], ["failed", "skipped"]);
  assert.equal(closed.isAccepted, true);
});

test("a refused URL is answered with what to change, not with an error", async () => {
  const { check, tenant, path } = await setup();
  const spelled = await check("https://user:pw@example.com/");
  assert.deepEqual([spelled.isAccepted, outcomes(spelled)["url"]], [false, "failed"]);
  const told = new Set<string>();
  for (const url of ["https://10.0.0.1/", "https://10.9.8.7:8443/", "https://[fd00::1]/", "http://169.254.169.254/"]) {
    const report = await check(url);
    assert.deepEqual([report.isAccepted, outcomes(report)["address"]], [false, "failed"], url);
    assert.deepEqual([outcomes(report)["connect"], report.certificate], ["skipped", null]);
    told.add(report.checks.find(({ name }) => name === "address")?.message ?? "");
  }
  assert.equal(told.size, 1, "one sentence for every refused address");
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", path, { url: "x".repeat(2_049) });
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", path, {});
});

test("beyond the checks that a tenant may run at a time, more are refused until one ends", async (t) => {
  const [own, other] = [await setup(), await setup()];
  const sockets: Socket[] = [];
  const { promise: allCame, resolve } = Promise.withResolvers<void>();
  const silent: Server = createServer((socket) => {
    socket.on("error", () => {});
    if (sockets.push(socket) === URL_CHECKS_OF_TENANT_MAX) resolve();
  });
  await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
  t.after(() => new Promise((done) => silent.close(done)));
  const { port } = silent.address() as { port: number };
  const url = `https://127.0.0.1:${port}/`;
  const running = Array.from({ length: URL_CHECKS_OF_TENANT_MAX }, () => own.check(url));
  await allCame;
  await own.tenant.refused("429 URL_CHECK_LIMIT_REACHED", "POST", own.path, { url });
  const ofOther = other.check("ftp://example.com/");
  assert.equal((await ofOther).isAccepted, false, "another tenant has room");
  for (const socket of sockets) socket.destroy();
  for (const report of await Promise.all(running)) assert.equal(outcomes(report)["tls"], "failed");
  assert.equal((await own.check("ftp://example.com/")).isAccepted, false);
});

test("a check needs the scope webhooks, of the tenant's own environment", async () => {
  const [own, other] = [await setup(), await setup()];
  const body = { url: "https://example.invalid/" };
  await own.tenant.refused("404 APP_NOT_FOUND", "POST", other.path, body);
  const key = await server.operator.must(201, "POST", own.path.replace("webhooks/check", "api-keys"), {
    scopes: ["events", "tokens"],
  });
  await server.operator.as(String(key.json["apiKey"])).refused("403 SCOPE_MISSING", "POST", own.path, body);
});
