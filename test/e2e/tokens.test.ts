/** Verification tokens as a receiver uses them. */
import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import type { ApiClient } from "./support/api_client.ts";
import { ApiClient as Client } from "./support/api_client.ts";
import type { Received } from "./support/receiver.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

const CHECK = "/v4/tokens/webhook-verification/checking-consumption";

type World = { receiver: Receiver; base: string; appId: string; tenant: ApiClient; platform: ApiClient };

async function setup(t: TestContext, env: Record<string, string> = {}): Promise<World> {
  const server = new ServerProcess({ port: await freePort(), env });
  const receiver = new Receiver();
  t.after(async () => {
    await server.remove();
    await receiver.stop();
  });
  await receiver.start();
  await server.start();
  const { base, tenant, platform, appId } = await new Client({ url: server.url }).newTenant();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  return { receiver, base, appId, tenant, platform };
}

function tokenOf(received: Received): string {
  return String((JSON.parse(received.body) as Record<string, unknown>)["verificationToken"]);
}

async function check(world: World, token: string): Promise<boolean> {
  const { json } = await world.tenant.must(200, "POST", CHECK, { token, appId: world.appId, appEnv: "DEVELOPMENT" });
  return json["isValid"] === true;
}

async function publish(world: World, signerId: string): Promise<void> {
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId } };
  await world.platform.must(201, "POST", `${world.base}/messages`, message);
}

test("receivers that check their token inside the handler work under load", async (t) => {
  const world = await setup(t);
  const verdicts: boolean[] = [];
  world.receiver.behave = async (received, response) => {
    const isValid = await check(world, tokenOf(received));
    verdicts.push(isValid);
    response.writeHead(isValid ? 200 : 401).end();
  };
  const publishers = Array.from({ length: 64 }, async (_, at) => {
    for (let n = 0; n < 10; n++) await publish(world, `signer-${at}-${n}`);
  });
  await Promise.all(publishers);
  await world.receiver.until(640);
  for (let tries = 0; tries < 200 && verdicts.length < 640; tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([...new Set(verdicts)], [true]);
  assert.equal(world.receiver.received.length, 640, "none was delivered twice");
});

test("of twenty simultaneous checks of one token exactly one is valid", async (t) => {
  const world = await setup(t);
  await publish(world, "signer-1");
  const [received] = await world.receiver.until(1);
  assert(received !== undefined);
  const verdicts = await Promise.all(Array.from({ length: 20 }, () => check(world, tokenOf(received))));
  assert.equal(verdicts.filter(Boolean).length, 1);
});

test("a retry after a token was verified and the answer failed has a fresh token that verifies, too", async (t) => {
  const world = await setup(t, { RETRY_SCHEDULE: "500ms" });
  const verdicts: boolean[] = [];
  world.receiver.behave = async (received, response) => {
    verdicts.push(await check(world, tokenOf(received)));
    response.writeHead(verdicts.length === 1 ? 500 : 200).end();
  };
  await publish(world, "signer-1");
  const [first, second] = await world.receiver.until(2);
  assert(first !== undefined && second !== undefined);
  for (let tries = 0; tries < 200 && verdicts.length < 2; tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(verdicts, [true, true]);
  assert.notEqual(tokenOf(first), tokenOf(second));
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
});
