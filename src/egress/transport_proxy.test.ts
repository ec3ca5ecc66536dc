import assert from "node:assert/strict";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { makeCertificate } from "../../test/egress/certificates.ts";
import type { EgressSetup } from "../../test/egress/egress_setup.ts";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import type { ProxyServer } from "../../test/egress/proxy_server.ts";
import { startProxy, tunnel } from "../../test/egress/proxy_server.ts";
import type { RawReceiver } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import type { FailureCode } from "../domain/failure.ts";
import type { PostResult } from "./transport.ts";

const NAME = "receiver.test";
const authority = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const valid = makeCertificate({ commonName: NAME, dnsNames: [NAME], issuer: authority });

type Setup = EgressSetup & { receiver: RawReceiver; proxy: ProxyServer };

async function setUp(
  t: TestContext,
  options: {
    proxied?: Parameters<typeof startProxy>[0];
    authorization?: string;
    answer?: Parameters<typeof startRawReceiver>[0];
    isTls?: boolean;
    egress?: Parameters<typeof setUpEgress>[0];
  } = {},
): Promise<Setup> {
  const proxy = await startProxy(options.proxied);
  const answer = options.answer ?? ((socket) => socket.write(httpAnswer(200, "ok")));
  const receiver = await startRawReceiver(answer, options.isTls === true ? { tls: valid } : {});
  const egress = setUpEgress({
    caPem: authority.cert,
    proxy: { host: "127.0.0.1", port: proxy.port, authorization: options.authorization ?? null },
    ...options.egress,
  });
  t.after(async () => {
    egress.transport.close();
    await Promise.all([proxy.close(), receiver.close()]);
  });
  return { ...egress, receiver, proxy };
}

function failureOf(result: PostResult): [code: FailureCode, isOurs: boolean] | null {
  return result.outcome.kind === "failed" ? [result.outcome.failure.code, result.outcome.isOurs] : null;
}

/** Resolves when the proxy has no client left. */
async function untilClosed({ openSockets }: ProxyServer): Promise<void> {
  for (let turns = 0; openSockets.size > 0; turns++) {
    assert.ok(turns < 100_000, "a connection to the proxy stayed open");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

for (const scheme of ["http", "https"]) {
  test(`an ${scheme} request goes through a tunnel to the address that was vetted, and never to a name`, async (t) => {
    const { post, receiver, proxy } = await setUp(t, { isTls: scheme === "https" });

    const result = await post(`${scheme}://${NAME}:${receiver.port}/hook`);

    assert.equal(result.outcome.kind, "response");
    assert.equal(result.address, "127.0.0.1");
    assert.deepEqual(proxy.asked, [
      `CONNECT 127.0.0.1:${receiver.port} HTTP/1.1\r\nhost: 127.0.0.1:${receiver.port}\r\nConnection: close\r\n\r\n`,
    ]);
    assert.match(receiver.requests[0] ?? "", new RegExp(`^POST /hook HTTP/1.1\r\nhost: ${NAME}:`));
    assert.doesNotMatch(receiver.requests[0] ?? "", /proxy/i);
    assert.ok((result.timings.connectMs ?? -1) >= 0);
    assert.equal(result.timings.tlsMs === null, scheme === "http");
  });
}

test("the credentials of EGRESS_PROXY go to the proxy, and to nobody else", async (t) => {
  const { post, receiver, proxy } = await setUp(t, { authorization: "Basic c2VjcmV0" });

  await post(`http://${NAME}:${receiver.port}/`);

  assert.match(proxy.asked[0] ?? "", /\r\nproxy-authorization: Basic c2VjcmV0\r\n/);
  assert.doesNotMatch(receiver.requests[0] ?? "", /c2VjcmV0/);
});

test("the certificate is verified through the tunnel as without one", async (t) => {
  const { post, receiver, proxy } = await setUp(t, { isTls: true });

  const wrongHost = await post(`https://other.test:${receiver.port}/`);

  assert.deepEqual(failureOf(wrongHost), ["TLS_WRONG_HOST", false]);
  assert.deepEqual(receiver.requests, []);
  await untilClosed(proxy);
});

test("a tunnel is kept alive for the next request of its tenant and origin", async (t) => {
  const { post, receiver, proxy } = await setUp(t, { isTls: true });
  const url = `https://${NAME}:${receiver.port}/`;

  await post(url);
  const second = await post(url);
  await post(url, { tenant: 2 });

  assert.deepEqual([proxy.asked.length, receiver.connections], [2, 2]);
  assert.deepEqual([second.timings.connectMs, second.address], [null, "127.0.0.1"]);
});

test("a tunnel that died while it was idle is replaced once, in the same attempt", async (t) => {
  const { post, receiver, proxy } = await setUp(t, {
    answer: (socket, { onConnection }) => {
      if (onConnection === 1) socket.write(httpAnswer(200, "ok"));
      else socket.resetAndDestroy();
    },
  });
  const url = `http://${NAME}:${receiver.port}/`;

  await post(url);
  const second = await post(url);

  assert.equal(second.outcome.kind, "response");
  assert.deepEqual([proxy.asked.length, receiver.requests.length], [2, 3]);
});

test("two requests at once have a tunnel each, and none is left behind", async (t) => {
  const { post, receiver, proxy, transport } = await setUp(t);
  const url = `http://${NAME}:${receiver.port}/`;

  const results = await Promise.all([post(url), post(url), post(url)]);

  assert.ok(results.every(({ outcome }) => outcome.kind === "response"));
  assert.ok(proxy.asked.length <= 3);
  transport.close();
  await untilClosed(proxy);
});

test("what the policy refuses is not asked of the proxy, be it a literal or a name", async (t) => {
  const { post, proxy } = await setUp(t, {
    egress: { policy: { isDevelopment: false }, names: () => ["93.184.216.34", "10.0.0.1"] },
  });

  for (const host of ["127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "mixed.test"]) {
    assert.equal((await post(`https://${host}/`)).outcome.kind, "refused", host);
  }

  assert.deepEqual(proxy.asked, []);
});

describe("answers of the proxy", () => {
  const empty = "content-length: 0\r\n\r\n";
  for (const [what, answer, code, isOurs] of [
    [
      "407 with a challenge",
      `HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm="x"\r\n${empty}`,
      "PROXY_AUTHENTICATION_FAILED",
      true,
    ],
    ["407 without a challenge", `HTTP/1.1 407 No\r\n${empty}`, "PROXY_REFUSED", true],
    ["403", `HTTP/1.1 403 No\r\n${empty}`, "PROXY_REFUSED", true],
    ["403 with a body that never ends", "HTTP/1.1 403 No\r\n\r\nbecause", "PROXY_REFUSED", true],
    ["405", `HTTP/1.1 405 No\r\n${empty}`, "PROXY_REFUSED", true],
    ["500", `HTTP/1.1 500 No\r\n${empty}`, "PROXY_TARGET_UNREACHABLE", false],
    ["502", `HTTP/1.1 502 No\r\n${empty}`, "PROXY_TARGET_UNREACHABLE", false],
    ["503", `HTTP/1.1 503 No\r\n${empty}`, "PROXY_TARGET_UNREACHABLE", false],
    ["504", `HTTP/1.1 504 No\r\n${empty}`, "PROXY_TARGET_UNREACHABLE", false],
    ["a redirect", `HTTP/1.1 302 No\r\nlocation: http://127.0.0.1/\r\n${empty}`, "PROXY_FAILED", true],
    ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "PROXY_FAILED", true],
    ["a head that is too large", `HTTP/1.1 200 OK\r\nx: ${"a".repeat(20_000)}\r\n\r\n`, "PROXY_FAILED", true],
  ] as const) {
    test(`${what} is ${code}, ${isOurs ? "an outage of ours" : "charged to the receiver"}`, async (t) => {
      const { post, receiver, proxy } = await setUp(t, { proxied: (socket) => socket.write(answer) });

      const result = await post(`https://93.184.216.34:${receiver.port}/`);

      assert.deepEqual(failureOf(result), [code, isOurs]);
      assert.deepEqual([result.address, result.tls], [null, null]);
      await untilClosed(proxy);
    });
  }

  for (const [what, hangUp] of [
    ["closes", (socket: Socket) => socket.end()],
    ["resets", (socket: Socket) => socket.resetAndDestroy()],
  ] as const) {
    test(`a proxy that ${what} the connection is PROXY_FAILED, an outage of ours`, async (t) => {
      const { post } = await setUp(t, { proxied: hangUp });

      assert.deepEqual(failureOf(await post("http://93.184.216.34/")), ["PROXY_FAILED", true]);
    });
  }

  test("a proxy that is not there is PROXY_FAILED, an outage of ours", async (t) => {
    const { post, proxy } = await setUp(t);
    await proxy.close();

    assert.deepEqual(failureOf(await post("http://93.184.216.34/")), ["PROXY_FAILED", true]);
  });

  test("a proxy that takes too long to connect is TIMEOUT_CONNECT, and leaves no socket", async (t) => {
    const { post, proxy } = await setUp(t, { proxied: () => {}, egress: { limits: { connectMs: 60 } } });

    assert.deepEqual(failureOf(await post("http://93.184.216.34/")), ["TIMEOUT_CONNECT", false]);
    await untilClosed(proxy);
  });

  test("the deadline of the attempt ends the opening of a tunnel too", async (t) => {
    const { post, proxy } = await setUp(t, { proxied: () => {} });

    assert.deepEqual(failureOf(await post("http://93.184.216.34/", { timeoutMs: 60 })), ["TIMEOUT_CONNECT", false]);
    await untilClosed(proxy);
  });

  test("a TLS handshake through the tunnel shares the time for connecting", async (t) => {
    const { post, proxy } = await setUp(t, {
      proxied: (socket) => socket.write("HTTP/1.1 200 OK\r\n\r\n"), // and then silence
      egress: { limits: { connectMs: 60 } },
    });

    assert.deepEqual(failureOf(await post("https://93.184.216.34/")), ["TIMEOUT_CONNECT", false]);
    await untilClosed(proxy);
  });
});

test("of several addresses that the proxy cannot reach or is slow to, the next is tried, and what it refuses is not", async (t) => {
  const names = (): string[] => ["127.0.0.2", "127.0.0.3", "127.0.0.1"];
  const { post, receiver, proxy } = await setUp(t, {
    egress: { names, limits: { connectMs: 300 } },
    proxied: (socket, target) => {
      if (target.startsWith("127.0.0.2")) socket.end("HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n");
      else if (target.startsWith("127.0.0.1")) tunnel(socket, target);
    },
  });

  const result = await post(`http://${NAME}:${receiver.port}/`);

  assert.equal(result.address, "127.0.0.1");
  assert.equal(proxy.asked.length, 3);
  const refusing = await setUp(t, { egress: { names }, proxied: (socket) => socket.end("HTTP/1.1 403 No\r\n\r\n") });
  assert.deepEqual(failureOf(await refusing.post(`http://${NAME}/`)), ["PROXY_REFUSED", true]);
  assert.equal(refusing.proxy.asked.length, 1);
});

test("what a receiver sends into the tunnel before it is asked does not reach the proxy's answer", async (t) => {
  const { post } = await setUp(t, {
    proxied: (socket) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${httpAnswer(503, "early")}`),
  });

  const result = await post("http://93.184.216.34/");

  assert.equal(result.outcome.kind === "response" ? result.outcome.status : null, 503);
});
