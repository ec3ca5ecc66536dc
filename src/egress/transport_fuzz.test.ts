import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import { startRawReceiver } from "../../test/egress/raw_receiver.ts";
import { FAILURES } from "../domain/failure.ts";

/** Pieces of answers, good and bad, that are put together at random. */
const PIECES = [
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.1 ",
  "HTTP/1.0 404 No\r\n",
  "HTTP/1.1 101 Switching\r\n",
  "HTTP/1.1 103 Hints\r\n\r\n",
  "200",
  " ",
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\r",
  ":",
  "content-length: 5\r\n",
  "content-length: ",
  "transfer-encoding: chunked\r\n",
  "connection: keep-alive\r\n",
  "connection: upgrade\r\nupgrade: h2c\r\n",
  "keep-alive: timeout=",
  "expect: 100-continue\r\n",
  "5\r\nhello\r\n",
  "0\r\n\r\n",
  "ffffffffffffffff\r\n",
  "-1",
  "\u0000",
  "x-long: " + "a".repeat(8_000),
  "hello",
] as const;

const answer = fc.record({
  bytes: fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...PIECES).map((piece) => Buffer.from(piece)) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)) },
      ),
      { maxLength: 14 },
    )
    .map((pieces) => Buffer.concat(pieces)),
  end: fc.constantFrom("end", "resetAndDestroy"),
});

test("whatever bytes a receiver answers, the attempt ends as a response or a known failure and leaves no socket", async (t) => {
  let now: { bytes: Buffer; end: "end" | "resetAndDestroy" } = { bytes: Buffer.alloc(0), end: "end" };
  const receiver = await startRawReceiver((socket) => {
    const { bytes, end } = now;
    socket.write(bytes, () => socket[end]());
  });
  const egress = setUpEgress({ limits: { bodyMs: 1_000 } });
  t.after(async () => {
    egress.transport.close();
    await receiver.close();
  });

  await fc.assert(
    fc.asyncProperty(answer, async (next) => {
      now = next;
      const { outcome } = await egress.post(`http://127.0.0.1:${receiver.port}/`);
      if (outcome.kind === "failed") assert.ok(outcome.failure.code in FAILURES);
      else assert.ok(outcome.kind === "response" && outcome.status >= 200 && outcome.body.length <= 16_384);
      await egress.untilOpenSockets(0);
    }),
    { numRuns: 1_000 },
  );
});
