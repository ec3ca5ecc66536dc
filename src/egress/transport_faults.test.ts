import assert from "node:assert/strict";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { EgressSetup } from "../../test/egress/egress_setup.ts";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import { startFullBacklog } from "../../test/egress/full_backlog.ts";
import type { RawReceiver } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import type { FailureCode } from "../domain/failure.ts";
import { parseCidrList } from "./ip_address.ts";
import type { PostResult } from "./transport.ts";

type Setup = EgressSetup & { receiver: RawReceiver; url: string };

async function setUp(
  t: TestContext,
  answer: (socket: Socket) => void,
  limits: NonNullable<Parameters<typeof setUpEgress>[0]>["limits"] = {},
): Promise<Setup> {
  const receiver = await startRawReceiver(answer);
  const egress = setUpEgress({ limits });
  t.after(async () => {
    egress.transport.close();
    await receiver.close();
  });
  return { ...egress, receiver, url: `http://127.0.0.1:${receiver.port}/` };
}

function failureOf(result: PostResult): FailureCode | null {
  return result.outcome.kind === "failed" ? result.outcome.failure.code : null;
}

function responseOf(result: PostResult): Extract<PostResult["outcome"], { kind: "response" }> {
  assert.equal(result.outcome.kind, "response", JSON.stringify(result));
  return result.outcome;
}

/** Writes `piece` again and again until the socket is closed, `everyMs` apart. */
function drip(socket: Socket, piece: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.on("close", () => clearInterval(timer));
}

describe("a head that is no answer fails, and leaves no socket", () => {
  const heads: readonly [what: string, bytes: string, code: FailureCode][] = [
    ["a malformed status line", "HTTP/1.1 abc OK\r\n\r\n", "PROTOCOL_ERROR"],
    ["HTTP/0.9", "<html>hello</html>\r\n", "PROTOCOL_ERROR"],
    ["an SSH banner", "SSH-2.0-OpenSSH_9.6\r\n", "PROTOCOL_ERROR"],
    ["another protocol's version", "HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["status 99", "HTTP/1.1 99 No\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["status 099", "HTTP/1.1 099 No\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["status 1000", "HTTP/1.1 1000 No\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["bare line feeds", "HTTP/1.1 200 OK\ncontent-length: 0\n\n", "PROTOCOL_ERROR"],
    ["a folded header", "HTTP/1.1 200 OK\r\nx-a: 1\r\n 2\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["NUL in a header", "HTTP/1.1 200 OK\r\nx-a: \u0000\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\nx-a : 1\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    [
      "length and chunks",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "PROTOCOL_ERROR",
    ],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na", "PROTOCOL_ERROR"],
    ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "PROTOCOL_ERROR"],
    ["a length with a sign", "HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\nhello", "PROTOCOL_ERROR"],
    ["a length that is a list", "HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello", "PROTOCOL_ERROR"],
    ["a bare carriage return", "HTTP/1.1 200 OK\r\nx-a: 1\r2\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["a header without a name", "HTTP/1.1 200 OK\r\n: 1\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["a version in lower case", "http/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["a version that there is not", "HTTP/1.2 200 OK\r\ncontent-length: 0\r\n\r\n", "PROTOCOL_ERROR"],
    ["a huge length", `HTTP/1.1 200 OK\r\ncontent-length: ${"9".repeat(40)}\r\n\r\n`, "PROTOCOL_ERROR"],
    ["status 101", "HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n", "PROTOCOL_ERROR"],
    ["status 101 without an upgrade", "HTTP/1.1 101 Switching\r\n\r\n", "PROTOCOL_ERROR"],
    [
      "eleven informational responses",
      "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(11) + httpAnswer(200),
      "PROTOCOL_ERROR",
    ],
    ["a header of 1 MiB", httpAnswer(200, "", [`x-long: ${"a".repeat(1_048_576)}`]), "HEADERS_TOO_LARGE"],
    [
      "3,000 headers",
      httpAnswer(
        200,
        "",
        Array.from({ length: 3_000 }, (_, at) => `x-${at}: a`),
      ),
      "HEADERS_TOO_LARGE",
    ],
    ["3,000 short headers", `HTTP/1.1 200 OK\r\n${"x-a: a\r\n".repeat(3_000)}\r\n`, "HEADERS_TOO_LARGE"],
    ["16,000 headers without a value", `HTTP/1.1 200 OK\r\n${"a:\r\n".repeat(16_000)}\r\n`, "HEADERS_TOO_LARGE"],
    ["a reason of 17 KiB", `HTTP/1.1 200 ${"a".repeat(17_000)}\r\n\r\n`, "HEADERS_TOO_LARGE"],
  ];
  for (const [what, bytes, code] of heads) {
    test(what, async (t) => {
      const { post, url, untilOpenSockets } = await setUp(t, (socket) => socket.write(bytes, "latin1"));

      assert.equal(failureOf(await post(url)), code);
      await untilOpenSockets(0);
    });
  }
});

test("a receiver that never answers runs into the deadline, and leaves no socket", async (t) => {
  const { post, url, untilOpenSockets } = await setUp(t, () => {});

  assert.equal(failureOf(await post(url, { timeoutMs: 60 })), "TIMEOUT_RESPONSE");
  await untilOpenSockets(0);
});

test("a head that drips runs into the deadline: there is no idle timeout to be kept alive", async (t) => {
  const { post, url, untilOpenSockets } = await setUp(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nx: ");
    drip(socket, "a", 5);
  });

  assert.equal(failureOf(await post(url, { timeoutMs: 120 })), "TIMEOUT_RESPONSE");
  await untilOpenSockets(0);
});

test("a flood of informational responses that drips ends at the eleventh or the deadline", async (t) => {
  const { post, url, untilOpenSockets } = await setUp(t, (socket) =>
    drip(socket, "HTTP/1.1 103 Early Hints\r\n\r\n", 2),
  );

  assert.equal(failureOf(await post(url)), "PROTOCOL_ERROR");
  await untilOpenSockets(0);
});

for (const [what, hangUp] of [
  ["a reset", (socket: Socket) => socket.resetAndDestroy()],
  ["an end", (socket: Socket) => socket.end()],
  ["an end within the head", (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nx-a:")],
] as const) {
  test(`${what} before the head is complete is CONNECTION_RESET, and is not repeated`, async (t) => {
    const { post, url, receiver, untilOpenSockets } = await setUp(t, hangUp);

    assert.equal(failureOf(await post(url)), "CONNECTION_RESET");
    assert.equal(receiver.connections, 1);
    await untilOpenSockets(0);
  });
}

test("a port on which nobody listens is CONNECTION_REFUSED", async (t) => {
  const { post, url, receiver } = await setUp(t, () => {});
  await receiver.close();

  const result = await post(url);

  assert.equal(failureOf(result), "CONNECTION_REFUSED");
  assert.equal(result.address, null);
});

test("an address to which there is no way is HOST_UNREACHABLE", async (t) => {
  const { cidrs } = parseCidrList("224.0.0.0/4,ff00::/8");
  const { post, transport } = setUpEgress({ policy: { allow: cidrs } });
  t.after(() => transport.close());

  for (const group of ["224.0.0.1", "[ff02::1]"]) {
    assert.equal(failureOf(await post(`http://${group}/`)), "HOST_UNREACHABLE", "TCP connects to no group");
  }
});

test("a host that leaves a connection without an answer is TIMEOUT_CONNECT", async (t) => {
  const backlog = await startFullBacklog();
  const { post, transport, untilOpenSockets } = setUpEgress({ limits: { connectMs: 60 } });
  t.after(async () => {
    transport.close();
    await backlog.close();
  });

  const result = await post(`http://127.0.0.1:${backlog.port}/`);

  assert.equal(failureOf(result), "TIMEOUT_CONNECT");
  assert.deepEqual([result.address, result.timings.connectMs], [null, null]);
  await untilOpenSockets(0);
});

test("a receiver that does not read what it is sent runs into the deadline", async (t) => {
  const receiver = await startRawReceiver(() => {}, { onConnection: (socket) => socket.pause() });
  const { post, transport, untilOpenSockets } = setUpEgress();
  t.after(async () => {
    transport.close();
    await receiver.close();
  });

  const result = await post(`http://127.0.0.1:${receiver.port}/`, { body: "x".repeat(20_000_000), timeoutMs: 500 });

  assert.equal(failureOf(result), "TIMEOUT_RESPONSE");
  await untilOpenSockets(0);
});

test("a TLS handshake that does not come to an end counts as connecting", async (t) => {
  const { post, receiver, untilOpenSockets } = await setUp(t, () => {}, { connectMs: 60 });

  assert.equal(failureOf(await post(`https://127.0.0.1:${receiver.port}/`)), "TIMEOUT_CONNECT");
  await untilOpenSockets(0);
});

describe("what makes up nothing is bounded too", () => {
  /** Sends the head, then the piece for ever, as fast as it is read. */
  function flood(socket: Socket, head: string, piece: string): void {
    const pump = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.write(head);
    socket.on("drain", pump);
    pump();
  }

  test("a flood of empty lines in place of a head fails long before the deadline", async (t) => {
    const { post, url, untilOpenSockets } = await setUp(t, (socket) => flood(socket, "", "\r\n".repeat(8_192)));

    const result = await post(url, { timeoutMs: 60_000 });

    assert.equal(failureOf(result), "PROTOCOL_ERROR");
    await untilOpenSockets(0);
  });

  for (const [what, piece] of [
    ["zeros before the length of a chunk", "0".repeat(16_384)],
    ["chunks of one byte behind long extensions", `1;${"a".repeat(16_000)}\r\na\r\n`],
    ["chunks of one byte", "1\r\na\r\n".repeat(1_000)],
  ] as const) {
    test(`a flood of ${what} ends the body, and not the delivery`, async (t) => {
      const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
      const limits = { bodyMs: 60_000 };
      const { post, url, untilOpenSockets } = await setUp(t, (socket) => flood(socket, head, piece), limits);

      const response = responseOf(await post(url));

      assert.deepEqual([response.status, response.isTruncated, response.bodyError], [200, true, null]);
      await untilOpenSockets(0);
    });
  }

  test("so many bytes are received, and with one more there is no answer any more", async (t) => {
    const head = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    let emptyLines = 100;
    const { post, url } = await setUp(t, (socket) => socket.write("\r\n".repeat(emptyLines++) + head), {
      receivedBytesMax: 200 + head.length,
    });

    assert.equal(responseOf(await post(url)).status, 200);
    assert.equal(failureOf(await post(url)), "PROTOCOL_ERROR");
  });

  test("a body may come in 4,096 pieces, and in one more it is cut", async (t) => {
    const body = (pieces: number): string => `${"1\r\na\r\n".repeat(pieces)}0\r\n\r\n`;
    let pieces = 4_096;
    const { post, url } = await setUp(t, (socket) =>
      socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body(pieces++)}`),
    );

    const [whole, cut] = [responseOf(await post(url)), responseOf(await post(url))];

    assert.deepEqual([whole.body.length, whole.isTruncated], [4_096, false]);
    assert.equal(cut.isTruncated, true);
  });
});

describe("after the head nothing fails any more", () => {
  const HEAD = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";

  test("a body that never ends and drips is cut when its time is over, and its socket closed", async (t) => {
    const { post, url, untilOpenSockets } = await setUp(
      t,
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\n\r\nfirst");
        drip(socket, "x", 5);
      },
      { bodyMs: 80 },
    );

    const response = responseOf(await post(url));

    assert.equal(response.status, 200);
    assert.equal(response.isTruncated, true);
    assert.equal(response.bodyError, "The body was not complete after 80 ms.");
    assert.match(Buffer.from(response.body).toString(), /^firstx*$/);
    await untilOpenSockets(0);
  });

  test("a head that drips up to the deadline leaves its body little time beyond it", async (t) => {
    const { post, url, untilOpenSockets } = await setUp(
      t,
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nx: ");
        drip(socket, "a", 5);
        setTimeout(() => socket.write("\r\n\r\nfirst"), 200);
      },
      { bodyMs: 60_000, bodyMsPastDeadline: 30 },
    );

    const response = responseOf(await post(url, { timeoutMs: 2_000 }));

    const [, ms] = /^The body was not complete after (\d+) ms\.$/.exec(response.bodyError ?? "") ?? [];
    assert.ok(Number(ms) <= 1_900, `${response.bodyError}`);
    assert.deepEqual([response.status, response.isTruncated], [200, true]);
    await untilOpenSockets(0);
  });

  test("a body that never ends and is fast is cut at 64 KiB, 16 of them kept", async (t) => {
    const { post, url, receiver, untilOpenSockets } = await setUp(t, (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const piece = "x".repeat(65_536);
      const pump = (): void => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", pump);
      pump();
    });

    const response = responseOf(await post(url));

    assert.deepEqual([response.body.length, response.isTruncated, response.bodyError], [16_384, true, null]);
    await untilOpenSockets(0);
    assert.equal(receiver.requests.length, 1);
  });

  for (const [what, breakOff, error] of [
    ["a reset", (socket: Socket) => setImmediate(() => socket.resetAndDestroy()), /ECONNRESET/],
    ["an end", (socket: Socket) => socket.end(), /ECONNRESET/],
    ["silence", () => {}, /not complete after 80 ms/],
  ] as const) {
    test(`${what} within the body is noted, and what came is kept`, async (t) => {
      const { post, url, untilOpenSockets } = await setUp(
        t,
        (socket) => {
          socket.write(`${HEAD}half`);
          breakOff(socket);
        },
        { bodyMs: 80 },
      );

      const response = responseOf(await post(url));

      assert.equal(response.status, 200);
      assert.match(response.bodyError ?? "", error);
      assert.equal(response.isTruncated, true);
      assert.equal(Buffer.from(response.body).toString(), "half");
      await untilOpenSockets(0);
    });
  }

  for (const [what, bytes, error] of [
    ["an endless chunk extension", `1;${"a".repeat(17_000)}\r\na\r\n`, /HPE_CHUNK_EXTENSIONS_OVERFLOW/],
    ["trailers without end", `1\r\na\r\n0\r\n${"x: y\r\n".repeat(10_000)}\r\n`, /HPE_HEADER_OVERFLOW/],
  ] as const) {
    test(`${what} is noted`, async (t) => {
      const { post, url, untilOpenSockets } = await setUp(t, (socket) =>
        socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${bytes}`),
      );

      const response = responseOf(await post(url));

      assert.equal(response.status, 200);
      assert.match(response.bodyError ?? "", error);
      await untilOpenSockets(0);
    });
  }

  test("a malformed chunk is noted, and what came with it is kept", async (t) => {
    const { post, url, untilOpenSockets } = await setUp(t, (socket) =>
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense\r\n"),
    );

    const response = responseOf(await post(url));

    assert.match(response.bodyError ?? "", /HPE_/);
    assert.equal(Buffer.from(response.body).toString(), "half");
    await untilOpenSockets(0);
  });

  for (const status of [204, 205, 304]) {
    test(`a body where ${status} has none is passed over`, async (t) => {
      const { post, url, untilOpenSockets } = await setUp(t, (socket) =>
        socket.write(`HTTP/1.1 ${status} Text\r\ncontent-length: 4\r\n\r\nbody`),
      );

      assert.equal(responseOf(await post(url)).status, status);
      if (status !== 205) await untilOpenSockets(0); // 205 is framed like any other
    });
  }
});
