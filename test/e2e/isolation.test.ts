/** One bad receiver never slows the others. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { ApiClient } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

const HANGING = 10;
const MESSAGES = 300;

test("ten hanging webhooks do not hold up a healthy one: all of it is delivered while they still hang", async (t) => {
  const server = new ServerProcess({ port: await freePort() });
  const [healthy, hanging] = [new Receiver(), new Receiver()];
  t.after(async () => {
    await server.remove();
    await healthy.stop();
    await hanging.stop();
  });
  await healthy.start();
  await hanging.start();
  let ended = 0;
  hanging.behave = (_received, response) => void response.once("close", () => (ended += 1));
  await server.start();
  const { base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  for (let n = 0; n < HANGING; n++) await tenant.must(201, "POST", `${base}/webhooks`, { url: `${hanging.url}/${n}` });
  await tenant.must(201, "POST", `${base}/webhooks`, { url: healthy.url });

  for (let n = 0; n < MESSAGES; n++) {
    await platform.must(201, "POST", `${base}/messages`, {
      topic: "SIGNER",
      action: "CREATED",
      content: { signerId: `s${n}` },
    });
  }
  const delivered = await healthy.until(MESSAGES);
  assert.equal(ended, 0, "every hanging request hangs still: the healthy webhook waited for none of them");
  const sent = delivered.map(({ body }) => body.match(/"s(\d+)"/)?.[1]);
  assert.equal(new Set(sent).size, MESSAGES);
  assert(hanging.received.length >= HANGING, "the hanging webhooks were tried, too");
});
