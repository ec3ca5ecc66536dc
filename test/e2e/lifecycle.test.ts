/** Starting and stopping the real process. */
import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ApiClient } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

async function newServer(t: TestContext, env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = new ServerProcess({ port: await freePort(), env });
  t.after(() => server.remove());
  return server;
}

test("a first start with nothing set says where it listens, with which keys, and what to type next", async (t) => {
  const server = await newServer(t, { ADMIN_API_KEY: "" });
  await server.start();
  assert.match(server.stdout, new RegExp(server.url));
  const operatorKey = server.stdout.match(/skv2_operator_\S+/)?.[0];
  const publishingKey = server.stdout.match(/skv2_platform_\S+/)?.[0];
  const tenantKey = server.stdout.match(/skv2_development_\S+/)?.[0];
  assert(operatorKey !== undefined && publishingKey !== undefined && tenantKey !== undefined, server.stdout);
  assert.match(server.stdout, /curl/);
  const operator = new ApiClient({ url: server.url, key: operatorKey });
  await operator.must(200, "GET", "/v4/applications");
  await server.end("SIGTERM");

  server.stdout = "";
  await server.start();
  assert.doesNotMatch(server.stdout, /skv2_(operator|development|platform)_[0-9a-f]/, "keys are shown once");
  await operator.must(200, "GET", "/v4/applications");
});

test("every wrong setting is named in one message, and the exit code is 2", async (t) => {
  const server = await newServer(t, { PORT: "abc", RETRY_SCHEDULE: "5x", RETENTION: "0", LOG_LEVEL: "loud" });
  const { code } = await server.spawn();
  assert.equal(code, 2);
  for (const name of ["PORT", "RETRY_SCHEDULE", "RETENTION", "LOG_LEVEL"])
    assert.match(server.stderr, new RegExp(name));
  assert.match(server.stderr, /abc/);
  assert.match(server.stderr, /5x/);
  assert.doesNotMatch(server.stderr, /\n\s+at /, "a wrong setting is no stack trace");
});

test("a database that cannot be written is a clear message and exit code 2", async (t) => {
  const server = await newServer(t, { DATABASE_URL: "/proc/nowhere/webhooks.db" });
  const { code } = await server.spawn();
  assert.equal(code, 2);
  assert.match(server.stderr, /\/proc\/nowhere/);
  assert.doesNotMatch(server.stderr, /\n\s+at /);
});

test("a second server on the same file is refused, and the first is not disturbed", async (t) => {
  const first = await newServer(t);
  await first.start();
  const second = await newServer(t, { DATABASE_URL: join(first.folder, "webhooks.db") });
  const { code } = await second.spawn();
  assert.equal(code, 2);
  assert.match(second.stderr, /webhooks\.db/);
  await new ApiClient({ url: first.url }).must(200, "GET", "/v4/applications");
});

test("a port in use is a clear message and exit code 2", async (t) => {
  const first = await newServer(t);
  await first.start();
  const second = await newServer(t, { PORT: String(first.port) });
  const { code } = await second.spawn();
  assert.equal(code, 2);
  assert.match(second.stderr, new RegExp(String(first.port)));
});

test("development mode is refused on an address that is not loopback, with both remedies", async (t) => {
  const server = await newServer(t, { HOST: "0.0.0.0" });
  const { code } = await server.spawn();
  assert.equal(code, 2);
  assert.match(server.stderr, /HOST/);
  assert.match(server.stderr, /NODE_ENV/);
});

test("SIGTERM lets the attempt under way end, keeps what waits, exits 0, and a restart delivers the rest", async (t) => {
  const server = await newServer(t);
  const receiver = new Receiver();
  t.after(() => receiver.stop());
  await receiver.start();
  await server.start();
  const { base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url, maxConcurrency: 1 });
  let answer = (): void => {};
  receiver.behave = (_received, response) => {
    answer = () => void response.end();
  };
  for (let n = 0; n < 5; n++) {
    await platform.must(201, "POST", `${base}/messages`, {
      topic: "SIGNER",
      action: "CREATED",
      content: { signerId: `s${n}` },
    });
  }
  await receiver.until(1);
  const ended = server.end("SIGTERM");
  // It listens until the attempt under way is done, so that its receiver can check the token.
  for (let tries = 0; tries < 500 && (await readiness(server)) === 200; tries++) await pause(20);
  assert.equal(await readiness(server), 503);
  answer();
  assert.deepEqual(await ended, { code: 0, signal: null });
  assert.equal(receiver.received.length, 1, "nothing new was sent after SIGTERM");
  receiver.behave = (_received, response) => void response.end();
  await server.start();
  await receiver.until(5);
  const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
  assert.equal(new Set(ids).size, 5);
  assert.equal(ids.length, 5, "the attempt that ended was recorded, and is not repeated");
});

async function readiness(server: ServerProcess): Promise<number> {
  const answer = await fetch(`${server.url}/readyz`);
  await answer.body?.cancel();
  return answer.status;
}
