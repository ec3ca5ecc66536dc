import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { EgressSetup } from "../../test/egress/egress_setup.ts";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import type { RawReceiver } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import type { PostResult } from "./transport.ts";

type Setup = EgressSetup & { receiver: RawReceiver; url: string };

async function setUp(
  t: TestContext,
  answer: Parameters<typeof startRawReceiver>[0],
  options: Parameters<typeof setUpEgress>[0] = {},
): Promise<Setup> {
  const receiver = await startRawReceiver(answer);
  const egress = setUpEgress(options);
  t.after(async () => {
    egress.transport.close();
    await receiver.close();
  });
  return { ...egress, receiver, url: `http://127.0.0.1:${receiver.port}/hook?a=1` };
}

function responseOf(result: PostResult): Extract<PostResult["outcome"], { kind: "response" }> {
  assert.equal(result.outcome.kind, "response", JSON.stringify(result));
  return result.outcome;
}

function textOf(result: PostResult): string {
  return Buffer.from(responseOf(result).body).toString();
}

test("a POST is sent as given, and its answer captured with address and timings", async (t) => {
  const { post, receiver, url } = await setUp(t, (socket) =>
    socket.write(httpAnswer(200, "fine", ["X-A: 1", "x-a: 2"])),
  );

  const result = await post(url, { body: `{"é":"\u{1f600}"}` });

  const response = responseOf(result);
  assert.equal(response.status, 200);
  assert.equal(response.statusText, "Text");
  assert.deepEqual(response.rawHeaders, ["content-length", "4", "X-A", "1", "x-a", "2"]);
  assert.equal(textOf(result), "fine");
  assert.equal(response.isTruncated, false);
  assert.equal(response.bodyError, null);
  assert.equal(result.address, "127.0.0.1");
  assert.equal(result.tls, null);
  const { dnsMs, connectMs, tlsMs, firstByteMs, bodyMs } = result.timings;
  assert.deepEqual([dnsMs, tlsMs], [null, null]);
  for (const ms of [connectMs, firstByteMs, bodyMs]) assert.ok(ms !== null && ms >= 0);
  assert.equal(
    Buffer.from(receiver.requests[0] ?? "", "latin1").toString(),
    `POST /hook?a=1 HTTP/1.1\r\nhost: 127.0.0.1:${receiver.port}\r\ncontent-length: 13\r\nconnection: keep-alive\r\n\r\n{"é":"\u{1f600}"}`,
  );
});

for (const status of [201, 204, 205, 304, 400, 404, 410, 429, 500, 503, 599, 999]) {
  test(`status ${status} is a response`, async (t) => {
    const { post, url } = await setUp(t, (socket) => socket.write(httpAnswer(status)));

    assert.equal(responseOf(await post(url)).status, status);
  });
}

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect with ${status} is not followed`, async (t) => {
    const { post, receiver, url } = await setUp(t, (socket) =>
      socket.write(httpAnswer(status, "", [`location: http://127.0.0.1:${receiver.port}/elsewhere`])),
    );

    const response = responseOf(await post(url));

    assert.equal(response.status, status);
    assert.ok(response.rawHeaders.includes(`http://127.0.0.1:${receiver.port}/elsewhere`));
    assert.equal(receiver.requests.length, 1);
  });
}

test("an unsolicited 100 Continue and other informational responses, at most 10, are passed over", async (t) => {
  const informational = "HTTP/1.1 100 Continue\r\n\r\n" + "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(9);
  const { post, url } = await setUp(t, (socket) => socket.write(informational + httpAnswer(200, "ok")));

  const result = await post(url);

  assert.equal(responseOf(result).status, 200);
  assert.equal(textOf(result), "ok");
});

test("HTTP/1.0 with a body up to the end of the connection is a response, and its socket is closed", async (t) => {
  const { post, url, untilOpenSockets } = await setUp(t, (socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nold but fine"));

  const result = await post(url);

  assert.equal(textOf(result), "old but fine");
  assert.equal(responseOf(result).bodyError, null);
  await untilOpenSockets(0);
});

for (const [what, header] of [
  ["one header", "x-long: "],
  ["2,500 headers", `${"a: \r\n".repeat(2_500)}x-long: `],
] as const) {
  test(`a head with ${what} may have 16 KiB, and not a byte more`, async (t) => {
    const base = `HTTP/1.1 200 OK\r\ncontent-length: 0\r\n${header}`;
    let bytes = 16_384;
    const { post, url } = await setUp(t, (socket) =>
      socket.write(`${base.padEnd(bytes++ - "\r\n\r\n".length, "a")}\r\n\r\n`),
    );

    assert.equal(responseOf(await post(url)).status, 200);
    const larger = await post(url);
    assert.equal(larger.outcome.kind === "failed" ? larger.outcome.failure.code : null, "HEADERS_TOO_LARGE");
  });
}

test("a body that is encoded 200 times is kept as the bytes that came", async (t) => {
  const encodings = Array.from({ length: 200 }, () => "gzip").join(", ");
  const { post, url } = await setUp(t, (socket) =>
    socket.write(httpAnswer(200, "inflate me", [`content-encoding: ${encodings}`])),
  );

  assert.equal(textOf(await post(url)), "inflate me");
});

test("bytes that are no text are kept as they came, in headers and in the body", async (t) => {
  const { post, url } = await setUp(t, (socket) =>
    socket.write(Buffer.from("HTTP/1.1 200 \xe9\r\nx-a: \xff\r\ncontent-length: 2\r\n\r\n\xff\xfe", "latin1")),
  );

  const response = responseOf(await post(url));

  assert.deepEqual([response.statusText, response.rawHeaders[1], [...response.body]], ["\xe9", "\xff", [0xff, 0xfe]]);
});

for (const [what, bytes, body] of [
  ["without a reason", "HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", "ok"],
  ["behind empty lines", "\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok"],
  [
    "that offers an upgrade",
    "HTTP/1.1 200 OK\r\nconnection: upgrade\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\nok",
    "ok",
  ],
  [
    "with an encoding of its own",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "ok",
  ],
  ["with a length beyond all numbers", "HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\nok", "ok"],
] as const) {
  test(`a head ${what} is a response`, async (t) => {
    const { post, url } = await setUp(t, (socket) => socket.end(bytes));

    const result = await post(url);

    assert.deepEqual([responseOf(result).status, textOf(result)], [200, body]);
  });
}

test("a compressed body is kept as the bytes that came", async (t) => {
  const { post, url } = await setUp(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n");
    socket.write(Buffer.from([0x1f, 0x8b, 0xff, 0x00]));
  });

  assert.deepEqual([...responseOf(await post(url)).body], [0x1f, 0x8b, 0xff, 0x00]);
});

test("a body of 16 KiB is whole, and one byte more is cut", async (t) => {
  const { post, url } = await setUp(t, (socket, { requestNo }) =>
    socket.write(httpAnswer(200, "x".repeat(16_384 + requestNo - 1))),
  );

  const whole = responseOf(await post(url));
  const cut = responseOf(await post(url));

  assert.deepEqual([whole.body.length, whole.isTruncated, whole.bodyError], [16_384, false, null]);
  assert.deepEqual([cut.body.length, cut.isTruncated, cut.bodyError], [16_384, true, null]);
});

test("a connection is kept alive for the next request of its tenant and origin, which reports no connect time", async (t) => {
  const { post, url, receiver } = await setUp(t, (socket) => socket.write(httpAnswer(200, "ok")));

  await post(url);
  const second = await post(url);

  assert.equal(receiver.connections, 1);
  assert.deepEqual([second.timings.connectMs, second.address], [null, "127.0.0.1"]);
  assert.notEqual(second.timings.firstByteMs, null);
});

test("a connection is never shared between two tenants", async (t) => {
  const { post, url, receiver } = await setUp(t, (socket) => socket.write(httpAnswer(200, "ok")));

  await post(url, { tenant: 1 });
  await post(url, { tenant: 2 });
  await post(url, { tenant: 1 });

  assert.equal(receiver.connections, 2);
});

test("a connection on which more came than was asked for is not used again", async (t) => {
  const { post, url, receiver } = await setUp(t, (socket) =>
    socket.write(httpAnswer(200, "ok") + httpAnswer(500, "forged")),
  );

  const first = await post(url);
  const second = await post(url);

  assert.deepEqual([textOf(first), textOf(second)], ["ok", "ok"]);
  assert.equal(receiver.connections, 2);
});

test("an idle connection on which something comes unasked is closed, and never read for the next request", async (t) => {
  const { post, url, receiver, untilOpenSockets } = await setUp(t, (socket) => socket.write(httpAnswer(200, "ok")));

  await post(url);
  for (const socket of receiver.openSockets) socket.write(httpAnswer(200, "forged"));
  await untilOpenSockets(0);
  const second = await post(url);

  assert.equal(textOf(second), "ok");
  assert.equal(receiver.connections, 2);
});

test("a receiver that answers and then floods is disconnected at once, and the next attempt opens a new connection", async (t) => {
  const { post, url, receiver, untilOpenSockets } = await setUp(t, (socket, { requestNo }) => {
    socket.write(httpAnswer(200, "ok"));
    if (requestNo > 1) return;
    const piece = "x".repeat(65_536);
    const pump = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on("drain", pump);
    setImmediate(pump);
  });

  assert.equal(textOf(await post(url)), "ok");
  await untilOpenSockets(0);
  assert.equal(textOf(await post(url)), "ok");

  assert.equal(receiver.connections, 2);
});

test("a connection whose answer says close is not used again", async (t) => {
  const { post, url, receiver, untilOpenSockets } = await setUp(t, (socket) =>
    socket.write(httpAnswer(200, "ok", ["connection: close"])),
  );

  await post(url);
  await untilOpenSockets(0);
  await post(url);

  assert.equal(receiver.connections, 2);
});

for (const [how, hangUp] of [
  ["reset", "resetAndDestroy"],
  ["closed", "end"],
] as const) {
  test(`a kept-alive connection that is ${how} when it is used again is replaced once, in the same attempt`, async (t) => {
    const { post, url, receiver } = await setUp(t, (socket, { onConnection }) => {
      if (onConnection === 1) socket.write(httpAnswer(200, "ok"));
      else socket[hangUp]();
    });

    await post(url);
    const second = await post(url);

    assert.equal(textOf(second), "ok");
    assert.equal(receiver.connections, 2);
    assert.equal(receiver.requests.length, 3);
    assert.notEqual(second.timings.connectMs, null);
  });
}

test("when all kept-alive connections of a receiver are dead, the one repetition does not take another of them", async (t) => {
  const waiting: (() => void)[] = [];
  const { post, url, receiver } = await setUp(t, (socket, { requestNo, onConnection }) => {
    if (onConnection > 1) socket.resetAndDestroy();
    else waiting.push(() => socket.write(httpAnswer(200, "ok")));
    if (requestNo >= 2) for (const answer of waiting.splice(0)) answer(); // so that two connections are open at once
  });

  await Promise.all([post(url), post(url)]);
  const third = await post(url);

  assert.equal(textOf(third), "ok");
  assert.equal(receiver.connections, 3);
  assert.equal(receiver.requests.length, 4);
});

test("a kept-alive connection that breaks after the first byte is not replaced: the request may have been served", async (t) => {
  const { post, url, receiver } = await setUp(t, (socket, { onConnection }) => {
    if (onConnection === 1) socket.write(httpAnswer(200, "ok"));
    else socket.end("HTTP/1.1 200");
  });

  await post(url);
  const second = await post(url);

  assert.equal(second.outcome.kind === "failed" ? second.outcome.failure.code : null, "CONNECTION_RESET");
  assert.equal(receiver.requests.length, 2);
});

test("beyond socketsMax the longest idle connection makes room", async (t) => {
  const { post, receiver, transport, untilOpenSockets } = await setUp(
    t,
    (socket) => socket.write(httpAnswer(200, "ok")),
    { socketsMax: 2 },
  );
  const url = `http://127.0.0.1:${receiver.port}/`;

  for (const tenant of [1, 2, 3]) {
    await post(url, { tenant });
    assert.ok(transport.openSockets <= 3);
  }
  await untilOpenSockets(2);
  await post(url, { tenant: 3 });
  await post(url, { tenant: 2 });

  assert.equal(receiver.connections, 3);
});

test("an early answer to a body that is not read ends the attempt, and its socket is closed", async (t) => {
  const receiver = await startRawReceiver(() => {}, {
    onConnection: (socket) => {
      socket.pause();
      socket.write(httpAnswer(413, "too large", ["connection: close"]));
    },
  });
  const egress = setUpEgress();
  t.after(async () => {
    egress.transport.close();
    await receiver.close();
  });

  const result = await egress.post(`http://127.0.0.1:${receiver.port}/`, { body: "x".repeat(20_000_000) });

  assert.equal(responseOf(result).status, 413);
  await egress.untilOpenSockets(0);
});
