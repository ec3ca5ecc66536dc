/** A server that stops: nothing new is taken, what is under way ends well. */
import { test } from "node:test";
import assert from "node:assert/strict";
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
