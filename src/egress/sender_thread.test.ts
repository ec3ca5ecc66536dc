import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { RawReceiver } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import type { EventId } from "../ids.ts";
import type { SenderOptions } from "./inline_sender.ts";
import { InlineSender } from "./inline_sender.ts";
import type { SendRequest, Sender } from "./sender.ts";
import { ThreadSender } from "./sender_thread.ts";

const options: SenderOptions = {
  tokenKey: new Uint8Array(32),
  policy: { allow: [], isDevelopment: true },
  version: "1.2.3",
  caPem: null,
  proxy: null,
  nameServers: null,
  socketsMax: 100,
};

async function setUp(
  t: TestContext,
  sender: Sender,
  answer: Parameters<typeof startRawReceiver>[0],
): Promise<{ receiver: RawReceiver; request: (no: number) => SendRequest }> {
  const receiver = await startRawReceiver(answer);
  t.after(async () => {
    await sender.stop();
    await receiver.close();
  });
  await sender.start();
  return {
    receiver,
    request: (no) => ({
      url: `http://localhost:${receiver.port}/${no}`,
      appEnv: "TEST",
      timeoutMs: 10_000,
      customHeaders: [],
      secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
      bodyHead: `{"no":${no},"verificationToken":"`,
      isTest: false,
      token: { tenant: 1, eventId: `evt_${String(no).padStart(27, "0")}` as EventId, attempt: 1 },
    }),
  };
}

for (const [name, make] of [
  ["ThreadSender", () => new ThreadSender({ ...options, onFatal: (error) => assert.fail(error) })],
  ["InlineSender", () => new InlineSender(options)],
] as const) {
  describe(name, () => {
    test("each of many requests at once gets the report of its own", async (t) => {
      const sender = make();
      const { receiver, request } = await setUp(t, sender, (socket, { text }) => {
        const no = Number(/^POST \/(\d+)/.exec(text)?.[1]);
        socket.write(httpAnswer(no % 2 === 0 ? 200 : 500, no % 3 === 0 ? "" : `answer ${no} ${"x".repeat(no)}`));
      });

      const numbers = Array.from({ length: 200 }, (_, at) => at);
      const reports = await Promise.all(numbers.map((no) => sender.send(request(no))));

      for (const [no, { outcome }] of reports.entries()) {
        assert.ok(outcome.kind === "response");
        assert.equal(outcome.status, no % 2 === 0 ? 200 : 500);
        assert.equal(outcome.body, no % 3 === 0 ? "" : `answer ${no} ${"x".repeat(no)}`);
      }
      assert.equal(receiver.requests.length, 200);
    });

    test("stopping drops what is under way without a report, closes the sockets, and can be repeated", async (t) => {
      const sender = make();
      const { promise: hasRequest, resolve: onRequest } = Promise.withResolvers<void>();
      const { receiver, request } = await setUp(t, sender, () => onRequest());
      let reports = 0;
      void sender.send(request(1)).then(() => reports++);
      await hasRequest;

      await Promise.all([sender.stop(), sender.stop()]);
      void sender.send(request(2)).then(() => reports++);
      while (receiver.openSockets.size > 0) await new Promise((resolve) => setImmediate(resolve));

      assert.equal(reports, 0);
      assert.equal(receiver.requests.length, 1);
    });

    test("starting twice is starting once, and stopping before starting is fine", async () => {
      const sender = make();
      await Promise.all([sender.start(), sender.start()]);
      await sender.stop();
      const unstarted = make();
      await unstarted.stop();
      await unstarted.start();
    });
  });
}

test("a thread that cannot start says so", async () => {
  const sender = new ThreadSender({ ...options, caPem: "no certificate", onFatal: (error) => assert.fail(error) });

  await assert.rejects(sender.start());
  await sender.stop();
});

test("a thread that dies is fatal, once", async (t) => {
  const { promise: died, resolve } = Promise.withResolvers<Error>();
  let deaths = 0;
  const sender = new ThreadSender({
    ...options,
    onFatal: (error) => {
      deaths++;
      resolve(error);
    },
  });
  process.once("worker", (worker) => {
    worker.once("message", () => void worker.terminate()); // its first message says that it is ready
  });
  await sender.start();
  t.after(() => sender.stop());

  assert.match((await died).message, /thread ended with code 1/);
  assert.equal(deaths, 1);
});
