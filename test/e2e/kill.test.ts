/** The process dies under load, again and again: what was acknowledged is delivered, and repeating the rest is safe. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { ApiClient } from "./support/api_client.ts";
import { ApiClient as Client } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

const KILLS = 6;
const PUBLISHERS = 16;

/** Publishes with one idempotency key until it is acknowledged, through every death of the server; the message's id. */
async function publishUntilAcknowledged(
  platform: ApiClient,
  options: { base: string; n: number; isOver: () => boolean },
): Promise<string | null> {
  const body = JSON.stringify({ topic: "SIGNER", action: "CREATED", content: { signerId: `signer-${options.n}` } });
  while (!options.isOver()) {
    const headers = { "idempotency-key": `key-${options.n}` };
    const answer = await platform.call("POST", `${options.base}/messages`, body, headers).catch(() => null);
    if (answer?.status === 201 || answer?.status === 200) return String(answer.json["_id"]);
    await pause(20); // the server is dead or starting
  }
  return null;
}

test("every acknowledged message is delivered although the process is killed again and again under load", async (t) => {
  const server = new ServerProcess({ port: await freePort(), env: { RETRY_SCHEDULE: "1s,1s,2s,2s,5s" } });
  const receiver = new Receiver();
  t.after(async () => {
    await server.remove();
    await receiver.stop();
  });
  await receiver.start();
  await server.start();
  const operator = new Client({ url: server.url });
  const { base, tenant, platform } = await operator.newTenant();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: `${receiver.url}/hook` });

  const acknowledged: string[] = [];
  let next = 0;
  let isOver = false;
  const publishers = Array.from({ length: PUBLISHERS }, async () => {
    while (!isOver) {
      const id = await publishUntilAcknowledged(platform, { base, n: next++, isOver: () => isOver });
      if (id !== null) acknowledged.push(id);
    }
  });
  for (let kill = 0; kill < KILLS; kill++) {
    const before = receiver.received.length;
    await receiver.until(before + 300); // it is at work: the kill comes in the middle of it
    await server.end("SIGKILL");
    await server.start();
  }
  await receiver.until(receiver.received.length + 300);
  isOver = true;
  await Promise.all(publishers);

  const events = `${base}/events`;
  for (let tries = 0; tries < 300; tries++) {
    const pending = await tenant.must(200, "GET", `${events}?filter=PENDING&limit=1`);
    const failed = await tenant.must(200, "GET", `${events}?filter=FAILED&limit=1`);
    const left = [pending, failed].map((list) => (list.json["searchData"] as { total: number }).total);
    if (left[0] === 0 && left[1] === 0) break;
    await pause(100);
  }
  const failed = await tenant.must(200, "GET", `${events}?filter=FAILED&limit=3`);
  const unsettled = await tenant.must(200, "GET", `${events}?filter=PENDING&limit=3`);
  assert.deepEqual([failed.json["events"], unsettled.json["events"]], [[], []], "every event has passed in the end");
  const delivered = new Set(receiver.received.map(({ headers }) => String(headers["webhook-id"]).slice(4, 26)));
  const lost = acknowledged.filter((id) => !delivered.has(id.slice(4)));
  assert.deepEqual(lost, []);
  assert.equal(new Set(acknowledged).size, acknowledged.length, "each idempotency key made one message");
  const signers = receiver.received.map(({ body }) => body.match(/signer-\d+/)?.[0]);
  const perSigner = Map.groupBy(receiver.received, ({ body }) => body.match(/signer-\d+/)?.[0]);
  for (const [signer, requests] of perSigner) {
    assert.equal(new Set(requests.map(({ headers }) => headers["webhook-id"])).size, 1, `${signer} became two events`);
  }
  const list = await tenant.must(200, "GET", `${events}?limit=1`);
  const { total } = list.json["searchData"] as { total: number };
  const passed = await tenant.must(200, "GET", `${events}?filter=PASSED&limit=1`);
  assert.equal((passed.json["searchData"] as { total: number }).total, total, "every event has passed in the end");
  t.diagnostic(
    `${acknowledged.length} acknowledged, ${signers.length - perSigner.size} delivered again after ${KILLS} kills`,
  );
});
