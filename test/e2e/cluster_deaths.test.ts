/** Processes of a shared database that die or hang: nothing that was acknowledged is lost, and nothing is left over. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { ApiClient as Client } from "./support/api_client.ts";
import { Cluster } from "./support/cluster.ts";
import { killRun } from "./support/kill_run.ts";
import { Receiver } from "./support/receiver.ts";
import { until } from "./support/until.ts";

test("every acknowledged message is delivered although processes that answer and that deliver are killed all the time", async (t) => {
  const result = await killRun({ forMs: 8_000, everyMs: 2_000 });
  t.diagnostic(JSON.stringify(result));
});

test("a worker that hangs is taken over, records nothing when it comes back, and ends", async (t) => {
  const cluster = await Cluster.start();
  const receiver = new Receiver();
  await receiver.start();
  t.after(async () => {
    await cluster.remove();
    await receiver.stop();
  });
  const [api, hanging] = await Promise.all([cluster.startOne("api"), cluster.startOne("worker")]);
  const { base, tenant, platform } = await new Client({ url: api.url }).newTenant();
  const { json: webhook } = await tenant.must(201, "POST", `${base}/webhooks`, {
    url: receiver.url,
    maxConcurrency: 1,
  });
  const held = Promise.withResolvers<void>();
  const answerAtOnce = receiver.behave;
  receiver.behave = (_received, response) => void held.promise.then(() => response.end());
  const content = { signerId: "s" };
  const { json } = await platform.must(201, "POST", `${base}/messages`, {
    topic: "SIGNER",
    action: "CREATED",
    content,
  });
  const [event] = json["events"] as { _id: string }[];
  await receiver.until(1);
  hanging.freeze();
  receiver.behave = answerAtOnce;
  await cluster.startOne("worker");
  await receiver.until(2);
  const path = `/v4/webhooks/${String(webhook["_id"])}/events/${event?._id}`;
  const read = async () => (await tenant.must(200, "GET", path)).json as { status: string; attempts: unknown[] };
  await until("the other worker has recorded it", async () => (await read()).status === "SUCCESS");
  const ended = once(hanging.child, "close");
  hanging.thaw();
  held.resolve(); // the outcome of its attempt comes after its lease is lost
  assert.deepEqual(await ended, [1, null]);
  assert.match(hanging.stderr, /declared dead/);
  const { status, attempts } = await read();
  assert.equal(status, "SUCCESS");
  assert.partialDeepStrictEqual(attempts, [
    { number: 1, error: { code: "ABANDONED" } },
    { number: 2, response: { status: 200 } },
  ]);
});

test("a worker that stops is not taken for dead while its last attempt takes longer than a silence may", async (t) => {
  const cluster = await Cluster.start();
  const receiver = new Receiver();
  await receiver.start();
  t.after(async () => {
    await cluster.remove();
    await receiver.stop();
  });
  const [api, ...workers] = await Promise.all([
    cluster.startOne("api"),
    cluster.startOne("worker"),
    cluster.startOne("worker"),
  ]);
  const { base, tenant, platform } = await new Client({ url: api.url }).newTenant();
  receiver.behave = (_received, response) => void setTimeout(() => response.end(), 13_000); // a silence is 10 s
  const webhook = { url: receiver.url, timeoutMs: 30_000 };
  await tenant.must(201, "POST", `${base}/webhooks`, webhook);
  const content = { signerId: "s" };
  await platform.must(201, "POST", `${base}/messages`, { topic: "SIGNER", action: "CREATED", content });
  await receiver.until(1);
  const [holder] = await cluster.query<{ pid: number }>(
    "select w.pid from events e join workers w on w.id = e.lease_worker",
  );
  const worker = workers.find(({ pid }) => pid === holder?.pid);
  assert.deepEqual(await worker?.end("SIGTERM"), { code: 0, signal: null });
  const { json } = await tenant.must(200, "GET", `${base}/events`);
  assert.partialDeepStrictEqual(json["events"], [{ status: "SUCCESS", attemptCount: 1 }]);
  assert.equal(receiver.received.length, 1);
});

test("everything works without notices and prepared statements, as behind a pooler of transactions", async (t) => {
  const cluster = await Cluster.start({ parameters: "prepare=false&listen=false" });
  const receiver = new Receiver();
  await receiver.start();
  t.after(async () => {
    await cluster.remove();
    await receiver.stop();
  });
  const [api] = await Promise.all([cluster.startOne("api"), cluster.startOne("worker")]);
  const { base, tenant, platform } = await new Client({ url: api.url }).newTenant();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  const content = { signerId: "s" };
  for (let n = 0; n < 3; n++) {
    await platform.must(201, "POST", `${base}/messages`, { topic: "SIGNER", action: "CREATED", content });
    await receiver.until(n + 1);
  }
});
