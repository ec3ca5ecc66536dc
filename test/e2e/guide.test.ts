/** The public guide from its first line to its last, with the SDK and the API: each of its statements is true. */
import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { IgnisignClient } from "@ignisign/node";
import type { ApiClient } from "./support/api_client.ts";
import { ApiClient as Client } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

type Handled = { topic: string; action: string; msgNature: string; content: Record<string, unknown>; isValid: boolean };
type World = {
  ignisign: IgnisignClient;
  platform: ApiClient;
  appId: string;
  base: string;
  handler: { url: string; handled: Handled[]; answer: number };
};

/** The guide's Express handler: check the token, switch on topic and action, answer 200; 401 for a token that is not valid. */
async function startHandler(t: TestContext, client: () => IgnisignClient): Promise<World["handler"]> {
  const app = express();
  app.use(express.json());
  const handler: World["handler"] = { url: "", handled: [], answer: 200 };
  app.post("/api/ignisign-webhooks", async (req, res) => {
    const { appId, appEnv, topic, action, msgNature, content, verificationToken } = req.body;
    const isValid = await client().client.tokensV4.checkConsumeWebhook({ token: verificationToken, appId, appEnv });
    handler.handled.push({ topic, action, msgNature, content, isValid });
    if (!isValid) return void res.status(401).send("Invalid token");
    res.status(handler.answer).send("Webhook processed successfully");
  });
  const server: Server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  handler.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/ignisign-webhooks`; // it listens on a port
  return handler;
}

async function setup(t: TestContext): Promise<World> {
  const server = new ServerProcess({ port: await freePort() });
  t.after(() => server.remove());
  await server.start();
  const { appId, base, platform, tenantKey } = await new Client({ url: server.url }).newTenant();
  const ignisign = new IgnisignClient({ appId, appEnv: "DEVELOPMENT", apiKey: tenantKey, serverUrl: server.url });
  const handler = await startHandler(t, () => ignisign);
  return { ignisign, platform, appId, base, handler };
}

async function eventually<Value>(read: () => Promise<Value | null>): Promise<Value> {
  for (let tries = 0; tries < 500; tries++) {
    const value = await read();
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("it did not happen in time");
}

const SIGNED = {
  topic: "SIGNATURE",
  action: "SIGNATURE_SUCCESS",
  content: {
    signatureRequestId: "sr-789012",
    signerId: "signer-345678",
    signatureMethod: "DRAW",
    signatureRequestExternalId: "external-id-123",
  },
};

test("register, receive, verify, fail, resend, look up, disable and enable, as the guide tells it", async (t) => {
  const { ignisign, platform, appId, base, handler } = await setup(t);
  const { data: webhook } = await ignisign.client.applicationsV4.addWebhookEndpoint(appId, "DEVELOPMENT", {
    url: handler.url,
    description: "Webhook for signature events",
  });
  const webhooks = ignisign.client.webhooksV4;

  await platform.must(201, "POST", `${base}/messages`, SIGNED);
  const passed = await eventually(async () => {
    const { data } = await webhooks.getEvents(webhook._id, { filter: "PASSED" });
    return data.events[0] ?? null;
  });
  assert.equal(passed.status, "SUCCESS");
  assert.deepEqual(handler.handled, [{ ...SIGNED, msgNature: "SUCCESS", isValid: true }]);
  const { data: details } = await webhooks.getEvent(webhook._id, passed._id);
  const [attempt] = details.attempts;
  assert.equal(attempt?.response?.status, 200);
  assert.match(attempt?.request.body ?? "", /"verificationToken":"wvt_\*\*\*"/);
  assert.notEqual(attempt?.tokenConsumedAt, undefined, "the history tells that the token was used");

  handler.answer = 500;
  await platform.must(201, "POST", `${base}/messages`, {
    topic: "SIGNATURE_PROOF",
    action: "GENERATED",
    content: { signatureRequestId: "sr-1" },
  });
  const failed = await eventually(async () => {
    const { data } = await webhooks.getEvents(webhook._id, { filter: "FAILED" });
    return data.events[0] ?? null;
  });
  assert.equal(failed.lastCode, "500");
  handler.answer = 200;
  await webhooks.resendEvent(webhook._id, failed._id);
  const resent = await eventually(async () => {
    const { data } = await webhooks.getEvent(webhook._id, failed._id);
    return data.status === "SUCCESS" ? data : null;
  });
  assert.equal(resent.attempts.at(-1)?.trigger, "RESEND");
  assert.equal(
    handler.handled.every(({ isValid }) => isValid),
    true,
  );

  await webhooks.updateWebhook(webhook._id, { isDisabled: true });
  await platform.must(201, "POST", `${base}/messages`, SIGNED);
  await webhooks.updateWebhook(webhook._id, { isDisabled: false, disabledTopics: ["SIGNATURE"] });
  await platform.must(201, "POST", `${base}/messages`, SIGNED);
  const before = handler.handled.length;
  await platform.must(201, "POST", `${base}/messages`, {
    topic: "SIGNER",
    action: "CREATED",
    content: { signerId: "signer-1" },
  });
  await eventually(() => Promise.resolve(handler.handled.length > before ? true : null));
  assert.deepEqual(
    handler.handled.slice(before).map(({ topic }) => topic),
    ["SIGNER"],
    "neither a paused webhook nor a disabled topic gets anything",
  );
});

test("a forged or reused token is answered as invalid, and the guide's handler answers 401", async (t) => {
  const { ignisign, appId, handler } = await setup(t);
  const forged = {
    appId,
    appEnv: "DEVELOPMENT",
    ...SIGNED,
    msgNature: "SUCCESS",
    verificationToken: `wvt_${"A".repeat(88)}`,
  };
  const answer = await fetch(handler.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(forged),
  });
  assert.equal(answer.status, 401);
  assert.equal(
    await ignisign.tokens.checkConsumeWebhook({ token: forged.verificationToken, appId, appEnv: "DEVELOPMENT" }),
    false,
  );
});

test("with the raw body, a genuine token is not valid for a body that was changed on the way", async (t) => {
  const { ignisign, platform, appId, base } = await setup(t);
  const receiver = new Receiver();
  await receiver.start();
  t.after(() => receiver.stop());
  await ignisign.client.applicationsV4.addWebhookEndpoint(appId, "DEVELOPMENT", { url: receiver.url });
  const error = { errorCode: "DECLINED", context: { content: {} } };
  for (const sent of [SIGNED, { ...SIGNED, error }, SIGNED]) {
    await platform.must(201, "POST", `${base}/messages`, sent);
  }
  const bodies = (await receiver.until(3)).map(({ body }) => body);
  const check = (body: string, rawBody: string): Promise<boolean> =>
    ignisign.tokens.checkConsumeWebhook({ token: /wvt_[\w-]+/.exec(body)?.[0] ?? "", rawBody });

  const [plain = "", withError = "", third = ""] = bodies;
  assert.equal(await check(plain, plain), true);
  assert.equal(await check(withError, withError), true);
  assert.equal(await check(third, third.replace("signer-345678", "signer-345679")), false);
});

test("the SDK is the same for require and import", () => {
  const required = createRequire(import.meta.url)("@ignisign/node") as {
    IgnisignClient: new (options: object) => object;
  };
  const client = new required.IgnisignClient({ apiKey: "skv2_development_a_b" });
  assert("tokens" in client && "client" in client);
});
