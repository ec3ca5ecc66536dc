/** A server that stops: nothing new is taken, what is under way ends well. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { ADMIN_API_KEY } from "./support/server_process.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

test("while the last attempt is under way, new messages are refused and its token can still be checked", async () => {
  const server = await startApiServer();
  const receiver = await startReceiver();
  const { base, appId, tenant, platform } = await server.tenant();
  const { json: webhook } = await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  let finish = (): void => {};
  const held = new Promise<void>((resolve) => (finish = resolve));
  receiver.behave = async (_received, response) => {
    await held;
    response.end();
  };
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  const published = await platform.must(201, "POST", `${base}/messages`, message);
  const [received] = await receiver.until(1);

  const stopped = server.running.stop({ deadlineMs: 10_000 });
  const ready = await fetch(`${server.url}/readyz`);
  assert.deepEqual(
    [ready.status, await ready.json()],
    [503, { status: "notReady", reasons: ["The server is stopping."], isPaused: false }],
  );
  const { headers } = await platform.refused("503 SHUTTING_DOWN", "POST", `${base}/messages`, message);
  assert.equal(headers.get("retry-after"), "1");
  await platform.refused("503 SHUTTING_DOWN", "POST", `${base}/messages/batch`, { messages: [message] });
  await tenant.refused("503 SHUTTING_DOWN", "POST", `/v4/webhooks/${String(webhook["_id"])}/test`, message);
  const token = String(JSON.parse(received?.body ?? "").verificationToken);
  const path = "/v4/tokens/webhook-verification/checking-consumption";
  const checked = await tenant.must(200, "POST", path, { token, appId, appEnv: "DEVELOPMENT" });
  assert.equal(checked.json["isValid"], true);
  const events = published.json["events"] as { _id: string }[];
  const read = () => tenant.must(200, "GET", `${base}/events/${events[0]?._id}`);
  assert.equal((await read()).json["status"], "PENDING");
  finish();
  assert.equal(await stopped, true);
  await eventually(
    () => fetch(`${server.url}/healthz`).catch(() => null),
    (answer) => answer === null,
  );
});

test("a stop that is asked for twice is one stop", async () => {
  const server = await startApiServer();
  const [first, second] = [server.running.stop({ deadlineMs: 1_000 }), server.running.stop({ deadlineMs: 1_000 })];
  assert.deepEqual(await Promise.all([first, second]), [true, true]);
});

test("an answer under way when the server closes is given, and the kept connection of its caller does not hold it up", async (t) => {
  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>();
  const { promise: answer, resolve: resolves } = Promise.withResolvers<boolean>();
  const hostResolves = (): Promise<boolean> => {
    asked();
    return answer;
  };
  const server = await startApiServer({}, { hostResolves });
  const { base } = await server.tenant();
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const headers = { authorization: `Bearer ${ADMIN_API_KEY}`, "content-type": "application/json" };
  const registration = request(`${server.url}${base}/webhooks`, { method: "POST", agent, headers });
  registration.end(JSON.stringify({ url: "https://receiver.example/" }));
  await isAsked;
  const stopped = server.running.stop({ deadlineMs: 1_000 });
  const isClosing = async (): Promise<boolean> => {
    const probe = connect(Number(new URL(server.url).port), "127.0.0.1");
    try {
      await once(probe, "connect");
      return false;
    } catch {
      return true;
    } finally {
      probe.destroy();
    }
  };
  await eventually(isClosing, (it) => it);
  resolves(true);
  const [response] = (await once(registration, "response")) as [IncomingMessage]; // what `response` is emitted with
  const { statusCode, headers: answered } = response.resume();
  assert.deepEqual([statusCode, answered.connection], [201, "close"]);
  const beganAt = performance.now();
  assert.equal(await stopped, true);
  assert.ok(performance.now() - beganAt < 2_000, "the stop waited for a connection that nobody uses");
});

test("a request that never comes completely holds up a stop for five seconds at most", async () => {
  const server = await startApiServer();
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    "POST /v4/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{",
  );
  await fetch(`${server.url}/healthz`).then((answer) => answer.text()); // the head has come by now
  const beganAt = performance.now();
  assert.equal(await server.running.stop({ deadlineMs: 1_000 }), true);
  assert.ok(performance.now() - beganAt < 7_000, "the stop waited for the rest of the request");
  assert.ok(socket.destroyed || socket.readableEnded || (await once(socket, "close")));
});
