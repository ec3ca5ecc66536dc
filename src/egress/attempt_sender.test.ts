import assert from "node:assert/strict";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import type { RawReceiver, RawRequest } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import { systemClock } from "../clock.ts";
import { formatPrivateKey } from "../domain/key_pair.ts";
import { formatSecret, signatureHeader, signingKey } from "../domain/signature.ts";
import { parseToken } from "../domain/token.ts";
import type { EventId } from "../ids.ts";
import { AttemptSender } from "./attempt_sender.ts";
import type { SendReport, SendRequest } from "./sender.ts";

const SECRETS = [
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  formatSecret(Buffer.alloc(32, 2)),
  formatPrivateKey(Buffer.alloc(32, 3)),
];
const EVENT_ID = `evt_${"e".repeat(27)}` as EventId;
const STARTED_AT = 1_614_265_330_999;
const tokenKey = Buffer.alloc(32, 1);

type Setup = { sender: AttemptSender; receiver: RawReceiver; request: SendRequest };

async function setUp(
  t: TestContext,
  answer: (socket: Socket, request: RawRequest) => void,
  policy: { isDevelopment: boolean } = { isDevelopment: true },
): Promise<Setup> {
  const receiver = await startRawReceiver(answer);
  const egress = setUpEgress({ policy });
  t.after(async () => {
    egress.transport.close();
    await receiver.close();
  });
  return {
    receiver,
    sender: new AttemptSender({
      clock: { ...systemClock, now: () => STARTED_AT },
      policy: egress.policy,
      transport: egress.transport,
      tokenKey,
      version: "1.2.3",
    }),
    request: {
      url: `http://127.0.0.1:${receiver.port}/hook`,
      appEnv: "DEVELOPMENT",
      timeoutMs: 5_000,
      customHeaders: [["x-mine", "my secret"]],
      secrets: SECRETS,
      bodyHead: '{"content":{"n":12345678901234567890,"é":"\\u0000"},"verificationToken":"',
      isTest: false,
      token: { tenant: 5, eventId: EVENT_ID, attempt: 2 },
    },
  };
}

function pairs(json: string): unknown[] {
  return JSON.parse(json) as unknown[];
}

function responseOf(report: SendReport): Extract<SendReport["outcome"], { kind: "response" }> {
  assert.equal(report.outcome.kind, "response", JSON.stringify(report));
  return report.outcome;
}

test("the receiver gets the body with a token of this attempt, signed with every live secret and private key", async (t) => {
  const { sender, receiver, request } = await setUp(t, (socket) => socket.write(httpAnswer(200)));

  const report = await sender.send(request);

  const [head = "", body = ""] = Buffer.from(receiver.requests[0] ?? "", "latin1")
    .toString()
    .split("\r\n\r\n");
  assert.ok(body.startsWith(request.bodyHead) && body.endsWith('"}'));
  const token = body.slice(request.bodyHead.length, -2);
  assert.deepEqual(parseToken([tokenKey], token), { ...request.token, issuedAt: STARTED_AT });
  assert.deepEqual(head.split("\r\n"), [
    "POST /hook HTTP/1.1",
    `host: 127.0.0.1:${receiver.port}`,
    "content-type: application/json",
    "user-agent: Ignisign-Webhooks/1.2.3",
    `webhook-id: ${EVENT_ID}`,
    "webhook-timestamp: 1614265330",
    `webhook-signature: ${signatureHeader(SECRETS.map(signingKey), { id: EVENT_ID, timestampS: 1_614_265_330, body })}`,
    "accept-encoding: identity",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: keep-alive",
    "x-mine: my secret",
  ]);
  assert.equal(report.startedAt, STARTED_AT);
  assert.deepEqual(pairs(report.requestHeaders).at(-1), ["x-mine", "***"]);
  assert.ok(!JSON.stringify(report).includes("my secret"));
});

test("a token that a receiver echoes is masked in body, header and status text, in plain text and cut at 16 KiB", async (t) => {
  const { sender, receiver, request } = await setUp(t, (socket, { text }) => {
    const token = /wvt_[\w-]{88}/.exec(text)?.[0] ?? "";
    const body = `${token}${"x".repeat(16_384 - 92 - 40)}${token}`;
    socket.write(`HTTP/1.1 200 ${token}\r\nx-echo: ${token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  });

  const report = await sender.send(request);

  const token = /wvt_[\w-]{88}/.exec(receiver.requests[0] ?? "")?.[0] ?? "";
  const response = responseOf(report);
  assert.ok(response.body.startsWith("wvt_***xxx") && response.body.endsWith("xxxwvt_***"));
  assert.equal(response.isTruncated, true);
  assert.equal(response.statusText, "wvt_***");
  assert.deepEqual(pairs(response.headers)[0], ["x-echo", "wvt_***"]);
  assert.ok(token.length > 0 && !JSON.stringify(report).includes(token.slice(4, 30)));
});

test("bytes that are no text are shown as they can be, and fail nothing", async (t) => {
  const { sender, request } = await setUp(t, (socket) => {
    socket.write(
      "HTTP/1.1 200 caf\xe9\r\nx-a: caf\xe9\r\nRETRY-AFTER: 7\r\nWebhook-Delivery: disable\r\ncontent-length: 3\r\n\r\n\xff\xfe\x00",
      "latin1",
    );
  });

  const response = responseOf(await sender.send(request));

  assert.equal(response.statusText, "caf\ufffd");
  assert.deepEqual(pairs(response.headers)[0], ["x-a", "caf\ufffd"]);
  assert.equal(response.retryAfter, "7");
  assert.equal(response.deliveryControl, "disable");
  assert.equal(response.body, "\xff\xfe\0");
});

test("a test event is marked", async (t) => {
  const { sender, receiver, request } = await setUp(t, (socket) => socket.write(httpAnswer(200)));

  await sender.send({ ...request, isTest: true });

  assert.match(receiver.requests[0] ?? "", /\r\nignisign-test: true\r\n/);
});

for (const [what, change] of [
  ["a header name that is reserved", { customHeaders: [["host", "elsewhere"]] }],
  ["a header value with a line break", { customHeaders: [["x-a", "a\r\nx-b: b"]] }],
  ["no secret", { secrets: [] }],
  ["a malformed secret", { secrets: ["whsec_AA=="] }],
  ["a malformed private key", { secrets: ["whsk_AA=="] }],
] as const satisfies readonly (readonly [string, Partial<SendRequest>])[]) {
  test(`${what} makes the attempt UNSENDABLE, and nothing is sent`, async (t) => {
    const { sender, receiver, request } = await setUp(t, (socket) => socket.write(httpAnswer(200)));

    const report = await sender.send({ ...request, ...change });

    assert.equal(report.outcome.kind === "failed" ? report.outcome.failure.code : null, "UNSENDABLE");
    assert.doesNotMatch(JSON.stringify(report), /whs[ek]/);
    assert.equal(receiver.connections, 0);
  });
}

test("a refused target reads EGRESS_REFUSED without address or timing, whether by its text or by its name", async (t) => {
  const { sender, receiver, request } = await setUp(t, (socket) => socket.write(httpAnswer(200)), {
    isDevelopment: false,
  });
  const refused = {
    startedAt: STARTED_AT,
    durationMs: 0,
    timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
    address: null,
    tls: null,
    requestHeaders: "[]",
    outcome: {
      kind: "failed",
      isOurs: false,
      failure: { code: "EGRESS_REFUSED", message: "The target is not allowed. Use a public https address." },
    },
  };

  for (const url of [request.url, `http://receiver.test:${receiver.port}/`, "not a url", "ftp://example.com/"]) {
    assert.deepEqual(await sender.send({ ...request, url }), refused, url);
  }
  assert.deepEqual(await sender.send({ ...request, url: "http://93.184.216.34/", appEnv: "PRODUCTION" }), refused);
  assert.equal(receiver.connections, 0);
});

test("a failure has its code, its timings and no address in its text", async (t) => {
  const { sender, request } = await setUp(t, (socket) => socket.resetAndDestroy());

  const report = await sender.send(request);

  assert.deepEqual(report.outcome, {
    kind: "failed",
    isOurs: false,
    failure: {
      code: "CONNECTION_RESET",
      message:
        "The connection was closed before a complete response head arrived. Check the server and any proxy before it. (ECONNRESET)",
    },
  });
  assert.equal(report.address, "127.0.0.1");
  assert.ok(report.durationMs >= (report.timings.connectMs ?? Infinity));
});
