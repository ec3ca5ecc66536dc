/** Big jobs: beside live messages, and through stops and deaths of the server. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { jobEventsWaitingMax } from "../../src/domain/job.ts";
import { CONCURRENCY_DEFAULT } from "../../src/domain/webhook.ts";
import { ApiClient } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

const BIG = 5_000;
const BATCH = 1_000;

type Parts = Awaited<ReturnType<typeof setup>>;

/** A server of its own process, and a webhook whose `events` failed. */
async function setup(t: { after: (end: () => Promise<void>) => void }, events: number) {
  const server = new ServerProcess({ port: await freePort(), env: { RETRY_SCHEDULE: "" } });
  const receiver = new Receiver();
  t.after(async () => {
    await server.remove();
    await receiver.stop();
  });
  receiver.behave = (_received, response) => void response.writeHead(500).end();
  await receiver.start();
  await server.start();
  const { base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  for (let sent = 0; sent < events; sent += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, events - sent) }, () => message("old"));
    await platform.must(201, "POST", `${base}/messages/batch`, { messages });
  }
  await receiver.until(events);
  await settled({ base, tenant });
  receiver.received.length = 0;
  return { server, receiver, base, tenant, platform, webhookId: String(json["_id"]) };
}

function message(signerId: string): object {
  return { topic: "SIGNER", action: "CREATED", content: { signerId } };
}

async function settled({ base, tenant }: Pick<Parts, "base" | "tenant">): Promise<void> {
  for (;;) {
    const { json } = await tenant.must(200, "GET", `${base}/events?filter=PENDING&limit=1`);
    if ((json["events"] as unknown[]).length === 0) return;
    await pause(20);
  }
}

async function begin({ tenant, webhookId }: Parts): Promise<string> {
  const path = `/v4/webhooks/${webhookId}/events/resend`;
  return String((await tenant.must(202, "POST", path, { rate: 1_000 })).json["_id"]);
}

/** The job once it is over and its outcomes are known. */
async function over({ base, tenant }: Parts, jobId: string): Promise<Record<string, unknown>> {
  for (;;) {
    const { json } = await tenant.must(200, "GET", `${base}/jobs/${jobId}`);
    if (json["status"] === "DONE" && Number(json["passed"]) + Number(json["failed"]) === json["queued"]) return json;
    await pause(20);
  }
}

function countOf({ receiver }: Parts, signerId: string): number {
  return receiver.received.filter(({ body }) => body.includes(`"${signerId}"`)).length;
}

test("a message that is published during a big job stands behind the few events that the job has waiting", async (t) => {
  const parts = await setup(t, BIG);
  const { receiver, platform, base } = parts;
  receiver.behave = (_received, response) => void response.end();
  const jobId = await begin(parts);
  const behind: number[] = [];
  for (let at = 1; at <= 10; at++) {
    await receiver.until(receiver.received.length + 200);
    const live = `live-${at}`;
    await platform.must(201, "POST", `${base}/messages`, message(live));
    const before = countOf(parts, "old");
    await receiver.until(1, ({ body }) => body.includes(`"${live}"`));
    const liveAt = receiver.received.findIndex(({ body }) => body.includes(`"${live}"`));
    behind.push(receiver.received.slice(0, liveAt).filter(({ body }) => body.includes('"old"')).length - before);
  }
  const running = await parts.tenant.must(200, "GET", `${base}/jobs/${jobId}`);
  assert.equal(running.json["status"], "RUNNING", "every live message came before the job's end");
  // What runs beside it may still overtake it.
  const most = jobEventsWaitingMax({ maxConcurrency: CONCURRENCY_DEFAULT, rateLimit: null }) + CONCURRENCY_DEFAULT;
  assert.ok(Math.max(...behind) <= most, `behind ${behind.join(", ")} events of the job`);
  const done = await over(parts, jobId);
  assert.deepEqual([done["queued"], done["passed"], done["skipped"]], [BIG, BIG, 0]);
  assert.equal(countOf(parts, "old"), BIG);
});

for (const [signal, deaths] of [
  ["SIGTERM", 3],
  ["SIGKILL", 3],
] as const) {
  test(`a job goes on after ${signal} of the server where it was, and takes every event once`, async (t) => {
    const events = 1_200;
    const parts = await setup(t, events);
    const { server, receiver } = parts;
    receiver.behave = (_received, response) => void response.end();
    const jobId = await begin(parts);
    for (let death = 0; death < deaths; death++) {
      await receiver.until(receiver.received.length + 150);
      await server.end(signal);
      await server.start();
    }
    const done = await over(parts, jobId);
    assert.deepEqual(
      [done["total"], done["processed"], done["queued"], done["passed"], done["failed"], done["skipped"]],
      [events, events, events, events, 0, 0],
    );
    const ids = receiver.received.map(({ headers }) => String(headers["webhook-id"]));
    assert.equal(new Set(ids).size, events);
    // A stop lets attempts end; only a death leaves some whose outcome is unknown, and those are made again.
    if (signal === "SIGTERM") assert.equal(ids.length, events);
    else assert.ok(ids.length <= events + deaths * 2 * CONCURRENCY_DEFAULT, `${ids.length} attempts`);
  });
}
