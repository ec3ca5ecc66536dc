/** Erasing a payload also reaches what waits in memory for its turn. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { ApiClient } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

test("an event that waits for its turn when its content is erased is not sent, and FAILED as CONTENT_ERASED", async (t) => {
  const server = new ServerProcess({ port: await freePort() });
  const receiver = new Receiver();
  t.after(async () => {
    await server.remove();
    await receiver.stop();
  });
  await receiver.start();
  await server.start();
  const { base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url, maxConcurrency: 1 });
  const answers: (() => void)[] = [];
  receiver.behave = (_received, response) => void answers.push(() => response.end());
  const ids: string[] = [];
  for (const signerId of ["first", "second", "third"]) {
    const message = { topic: "SIGNER", action: "CREATED", content: { signerId } };
    ids.push(String((await platform.must(201, "POST", `${base}/messages`, message)).json["_id"]));
  }
  await receiver.until(1);
  await platform.must(200, "DELETE", `${base}/messages/${ids[1]}/content`);
  answers[0]?.();
  await receiver.until(2);
  answers[1]?.();
  const sent = receiver.received.map(({ body }) => body.match(/"signerId":"(\w+)"/)?.[1]);
  assert.deepEqual(sent, ["first", "third"]);
  const events = `${base}/events?search=${ids[1]}`;
  for (let tries = 0; tries < 200; tries++) {
    const [event] = (await tenant.must(200, "GET", events)).json["events"] as { status: string; lastCode: string }[];
    if (event?.status === "FAILED") return assert.equal(event.lastCode, "CONTENT_ERASED");
    await pause(20);
  }
  assert.fail("the event of the erased message did not end");
});
