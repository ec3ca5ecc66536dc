import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { TlsOptions } from "node:tls";
import { makeCertificate } from "../../test/egress/certificates.ts";
import type { EgressSetup } from "../../test/egress/egress_setup.ts";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import type { RawReceiver } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import type { PostResult } from "./transport.ts";

const NAME = "receiver.test";
const DAY_MS = 86_400_000;
const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const valid = makeCertificate({ commonName: NAME, dnsNames: [NAME], ipv4Addresses: ["127.0.0.1"], issuer: authority });

async function setUp(
  t: TestContext,
  tls: TlsOptions,
  options: Parameters<typeof setUpEgress>[0] = {},
): Promise<EgressSetup & { receiver: RawReceiver; url: string }> {
  const receiver = await startRawReceiver((socket) => socket.write(httpAnswer(200, "ok")), { tls });
  const egress = setUpEgress({ caPem: authority.cert, ...options });
  t.after(async () => {
    egress.transport.close();
    await receiver.close();
  });
  return { ...egress, receiver, url: `https://${NAME}:${receiver.port}/` };
}

function failureOf(result: PostResult): string | null {
  return result.outcome.kind === "failed" ? result.outcome.failure.code : null;
}

test("a certificate of a trusted authority for the host is accepted, and described", async (t) => {
  const { post, url, receiver } = await setUp(t, valid);

  const first = await post(url);
  const second = await post(url);

  assert.equal(first.outcome.kind, "response");
  assert.ok((first.timings.tlsMs ?? 0) > 0);
  const tls = JSON.parse(first.tls ?? "null");
  assert.equal(tls.protocol, "TLSv1.3");
  assert.equal(tls.certificate.subject, NAME);
  assert.equal(tls.certificate.issuer, "Test Authority");
  assert.equal(receiver.connections, 1);
  assert.deepEqual([second.timings.tlsMs, second.tls], [null, first.tls]);
});

test("a certificate for the IP address of the URL is accepted", async (t) => {
  const { post, receiver } = await setUp(t, valid);

  assert.equal((await post(`https://127.0.0.1:${receiver.port}/`)).outcome.kind, "response");
});

test("the server's name is sent, without a final dot", async (t) => {
  const names: string[] = [];
  const { post, receiver } = await setUp(t, {
    ...valid,
    SNICallback: (name, done) => {
      names.push(name);
      done(null);
    },
  });

  const result = await post(`https://${NAME}.:${receiver.port}/`);

  assert.equal(result.outcome.kind, "response");
  assert.deepEqual(names, [NAME]);
});

for (const [what, certificate, code] of [
  ["self-signed", makeCertificate({ commonName: NAME, dnsNames: [NAME] }), "TLS_SELF_SIGNED"],
  [
    "for another host",
    makeCertificate({ commonName: NAME, dnsNames: ["other.test"], issuer: authority }),
    "TLS_WRONG_HOST",
  ],
  [
    "expired",
    makeCertificate({ commonName: NAME, dnsNames: [NAME], issuer: authority, notAfter: new Date(Date.now() - 1_000) }),
    "TLS_EXPIRED",
  ],
  [
    "not yet valid",
    makeCertificate({
      commonName: NAME,
      dnsNames: [NAME],
      issuer: authority,
      notBefore: new Date(Date.now() + DAY_MS / 2),
    }),
    "TLS_EXPIRED",
  ],
  [
    "of an unknown authority",
    makeCertificate({
      commonName: NAME,
      dnsNames: [NAME],
      issuer: makeCertificate({ commonName: "Somebody", isAuthority: true }),
    }),
    "TLS_UNKNOWN_ISSUER",
  ],
  [
    "of an authority that only has a trusted one's name",
    makeCertificate({
      commonName: NAME,
      dnsNames: [NAME],
      issuer: makeCertificate({ commonName: "Test Authority", isAuthority: true }),
    }),
    "TLS_UNKNOWN_ISSUER",
  ],
] as const) {
  test(`a certificate that is ${what} is refused before anything is sent, and described`, async (t) => {
    const { post, url, receiver, untilOpenSockets } = await setUp(t, certificate);

    const result = await post(url);

    assert.equal(failureOf(result), code);
    assert.deepEqual(receiver.requests, []);
    assert.equal(JSON.parse(result.tls ?? "null").certificate.subject, NAME);
    await untilOpenSockets(0);
  });
}

test("without EGRESS_CA_FILE a private authority is unknown", async (t) => {
  const { post, receiver } = await setUp(t, valid);
  const strict = setUpEgress();
  t.after(() => strict.transport.close());

  assert.equal(failureOf(await strict.post(`https://${NAME}:${receiver.port}/`)), "TLS_UNKNOWN_ISSUER");
  assert.equal((await post(`https://${NAME}:${receiver.port}/`)).outcome.kind, "response");
});

test("a server that speaks at most TLS 1.1 is refused", async (t) => {
  const { post, url } = await setUp(t, {
    ...valid,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  });

  assert.equal(failureOf(await post(url)), "TLS_FAILED");
});

test("a server that speaks plain HTTP on an https port is TLS_FAILED", async (t) => {
  const { post } = await setUp(t, valid);
  const plain = await startRawReceiver(() => {}, { onConnection: (socket) => socket.write("HTTP/1.1 400 No\r\n\r\n") });
  t.after(() => plain.close());

  assert.equal(failureOf(await post(`https://${NAME}:${plain.port}/`)), "TLS_FAILED");
});

test("a reset within the handshake is TLS_FAILED", async (t) => {
  const { post } = await setUp(t, valid);
  const resetting = await startRawReceiver(() => {}, {
    onConnection: (socket) => socket.once("data", () => socket.resetAndDestroy()),
  });
  t.after(() => resetting.close());

  assert.equal(failureOf(await post(`https://${NAME}:${resetting.port}/`)), "TLS_FAILED");
});

test("verification cannot be switched off by the environment", async (t) => {
  const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  t.after(() => {
    if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
  });
  const { post, url } = await setUp(t, makeCertificate({ commonName: NAME, dnsNames: [NAME] }));

  assert.equal(failureOf(await post(url)), "TLS_SELF_SIGNED");
});
