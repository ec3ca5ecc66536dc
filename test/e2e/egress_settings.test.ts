/** What the operator's settings open, and no more: EGRESS_ALLOW against a name that flips, and EGRESS_PROXY. */
import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import type { DnsAnswer, DnsQuery } from "../egress/name_server.ts";
import { startNameServer } from "../egress/name_server.ts";
import { startProxy } from "../egress/proxy_server.ts";
import { httpAnswer, startRawReceiver } from "../egress/raw_receiver.ts";
import { ApiClient } from "./support/api_client.ts";
import { freePort, ServerProcess } from "./support/server_process.ts";
import { until } from "./support/until.ts";

const ENTRY = join(import.meta.dirname, "support/server_entry.ts");
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };

type World = { server: ServerProcess; operator: ApiClient; base: string; tenant: ApiClient; platform: ApiClient };

/** A production server whose name server is the test's own. */
async function setup(
  t: TestContext,
  options: { answer: (query: DnsQuery) => DnsAnswer; env: Record<string, string> },
): Promise<World & { asked: string[] }> {
  const nameServer = await startNameServer(options.answer);
  const env = { NODE_ENV: "production", RETRY_SCHEDULE: "", TEST_NAME_SERVERS: `127.0.0.1:${nameServer.port}` };
  const server = new ServerProcess({ port: await freePort(), entry: ENTRY, env: { ...env, ...options.env } });
  t.after(async () => {
    await server.remove();
    await nameServer.close();
  });
  await server.start();
  const operator = new ApiClient({ url: server.url });
  const { base, tenant, platform } = await operator.newTenant();
  return { server, operator, base, tenant, platform, asked: nameServer.asked };
}

/** Publishes for one webhook at `url`; its event, with its attempts, when it is settled. */
async function deliver({ base, tenant, platform }: World, url: string): Promise<Record<string, unknown>> {
  const webhook = await tenant.must(201, "POST", `${base}/webhooks`, { url });
  const message = await platform.must(201, "POST", `${base}/messages`, SIGNER);
  const events = message.json["events"] as { _id: string; webhookId: string }[];
  const event = events.find(({ webhookId }) => webhookId === webhook.json["_id"]);
  assert.ok(event);
  const path = `/v4/webhooks/${event.webhookId}/events/${event._id}`;
  let read = await tenant.must(200, "GET", path);
  await until("the event is settled", async () => {
    read = await tenant.must(200, "GET", path);
    return read.json["status"] !== "PENDING";
  });
  await tenant.must(200, "DELETE", `/v4/webhooks/${event.webhookId}`);
  return read.json;
}

test("a delivery goes to the address that was judged, whatever the name leads to by then", async (t) => {
  const canary = await startRawReceiver((socket) => socket.write(httpAnswer(200, "leaked")));
  const allowed = await startRawReceiver((socket) => socket.write(httpAnswer(200)), {
    host: "127.0.0.2",
    port: canary.port,
  });
  t.after(() => Promise.all([canary.close(), allowed.close()]));
  // One query is the registration's, the next the delivery's; a further one would lead to the canary.
  const world = await setup(t, {
    env: { EGRESS_ALLOW: "127.0.0.2" },
    answer: ({ name, no }) => ({
      addresses: name.startsWith("mixed") ? ["127.0.0.2", "127.0.0.1"] : [no <= 2 ? "127.0.0.2" : "127.0.0.1"],
    }),
  });

  const flipping = await deliver(world, `http://flip.test:${canary.port}/`);
  assert.deepEqual([flipping["status"], allowed.requests.length], ["SUCCESS", 1]);
  assert.deepEqual(
    world.asked.filter((question) => question === "flip.test A"),
    ["flip.test A", "flip.test A"],
  );
  for (const name of ["mixed.test", "127.0.0.1", "127.0.0.2.", "[::1]", "localhost"]) {
    const answer = await world.tenant.call("POST", `${world.base}/webhooks`, {
      url: `http://${name}:${canary.port}/`,
    });
    if (name === "127.0.0.2.") assert.equal(answer.status, 201, "a literal of the block is allowed");
    else if (name !== "mixed.test") assert.equal(answer.status, 400, name);
  }
  const mixed = await deliver(world, `http://mixed.test:${canary.port}/`);
  assert.deepEqual([mixed["status"], mixed["lastCode"]], ["FAILED", "EGRESS_REFUSED"]);
  assert.equal(canary.connections, 0);
});

test("with EGRESS_PROXY deliveries go through the proxy to judged addresses, and its credentials are told to nobody else", async (t) => {
  const receiver = await startRawReceiver((socket) => socket.write(httpAnswer(200)));
  const proxy = await startProxy();
  t.after(() => Promise.all([receiver.close(), proxy.close()]));
  const world = await setup(t, {
    env: {
      EGRESS_ALLOW: "127.0.0.1",
      EGRESS_PROXY: `http://operator:opensesame@127.0.0.1:${proxy.port}`,
      LOG_LEVEL: "trace",
    },
    answer: ({ name }) => ({ addresses: [name === "private.test" ? "10.0.0.1" : "127.0.0.1"] }),
  });

  const system = (await world.operator.must(200, "GET", "/v4/system")).json;
  const delivered = await deliver(world, `http://receiver.test:${receiver.port}/`);
  const refused = await deliver(world, `http://private.test:${receiver.port}/`);
  await proxy.close();
  proxy.close = async () => {};
  const outage = await deliver(world, `http://other.test:${receiver.port}/`);

  assert.equal(system["egressProxy"], `127.0.0.1:${proxy.port}`);
  assert.equal(delivered["status"], "SUCCESS", JSON.stringify(delivered));
  assert.deepEqual([refused["lastCode"], outage["lastCode"]], ["EGRESS_REFUSED", "PROXY_FAILED"]);
  const authorization = Buffer.from("operator:opensesame").toString("base64");
  assert.equal(proxy.asked.length, 1);
  assert.match(proxy.asked[0] ?? "", new RegExp(`^CONNECT 127.0.0.1:${receiver.port} [^]*basic ${authorization}`, "i"));
  await world.server.end("SIGTERM");
  const told = [
    world.server.stdout,
    world.server.stderr,
    ...receiver.requests,
    JSON.stringify([system, delivered, refused, outage]),
  ];
  assert.doesNotMatch(told.join("\n"), new RegExp(`opensesame|${authorization}`));
});
