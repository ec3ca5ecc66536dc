/** The system page's API: figures for the operator, and the switch that pauses all deliveries. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiServer, TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();
const PATH = "/v4/system";
const MESSAGE = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
const SYSTEM = { kind: "system", keyId: null, name: "another process", ip: null, requestId: null } as const;

type World = TestTenant & { webhookId: string; hook: string };

/** A tenant with a webhook at a path of its own. */
async function setup(settings: object = {}, of: ApiServer = server): Promise<World> {
  const created = await of.tenant();
  const hook = `/${created.appId}`;
  const url = receiver.url + hook;
  const { json } = await created.tenant.must(201, "POST", `${created.base}/webhooks`, { url, ...settings });
  return { ...created, hook, webhookId: String(json["_id"]) };
}

async function publish({ platform, base }: World): Promise<string> {
  const { json } = await platform.must(201, "POST", `${base}/messages`, MESSAGE);
  return (json["events"] as { _id: string }[])[0]?._id ?? "";
}

async function read({ tenant, base }: World, eventId: string): Promise<Record<string, unknown>> {
  return (await tenant.must(200, "GET", `${base}/events/${eventId}`)).json;
}

function receivedBy({ hook }: World): number {
  return receiver.received.filter(({ path }) => path === hook).length;
}

async function setPaused(isPaused: boolean, of: ApiServer = server): Promise<void> {
  const { json } = await of.operator.must(200, "PUT", PATH, { isPaused });
  assert.equal(json["isPaused"], isPaused);
}

async function readiness(of: ApiServer = server): Promise<unknown> {
  const answer = await fetch(`${of.url}/readyz`);
  return [answer.status, await answer.json()];
}

/** As many calls as a delivery that is not held back would need many times over. */
async function aWhile(of: ApiServer = server): Promise<void> {
  for (let calls = 0; calls < 50; calls++) await of.operator.must(200, "GET", PATH);
}

test("the operator sees the state of the installation", async () => {
  const world = await setup();
  await eventually(
    () => publish(world).then(() => receivedBy(world)),
    (count) => count > 0,
  );
  const { json } = await server.operator.must(200, "GET", PATH);
  const { database, workers, tenants, engine, ...rest } = json as {
    database: { kind: string; bytes: number; migrations: { number: number; name: string }[] };
    workers: { pid: number; role: string; leases: number }[];
    tenants: { appId: string; appEnv: string; appName: string; lastHour: number }[];
    engine: { running: number; held: number; lanes: number };
  } & Record<string, unknown>;
  assert.match(String(rest["version"]), /^\d+\.\d+\.\d+/);
  assert.equal(rest["nodeVersion"], process.version);
  assert.equal(rest["isPaused"], false);
  assert.equal(rest["egressProxy"], null);
  assert.ok(Date.parse(String(rest["startedAt"])) <= Date.now());
  assert.equal(database.kind, "sqlite");
  assert.ok(database.bytes > 4_096);
  assert.equal(database.migrations[0]?.name, "0001_initial.sql");
  assert.deepEqual(
    workers.map(({ pid, role }) => [pid, role]),
    [[process.pid, "all"]],
  );
  assert.ok(engine.lanes >= 1);
  const own = tenants.find(({ appId }) => appId === world.appId);
  assert.deepEqual([own?.appEnv, own?.appName], ["DEVELOPMENT", "Test"]);
  assert.ok((own?.lastHour ?? 0) >= 1);
});

test("only the operator sees it, and only the operator pauses", async () => {
  const { tenant, platform, base } = await setup();
  const key = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes: ["admin", "webhooks", "events"] });
  for (const client of [tenant, platform, server.operator.as(String(key.json["apiKey"]))]) {
    await client.refused("403 SCOPE_MISSING", "GET", PATH);
    await client.refused("403 SCOPE_MISSING", "PUT", PATH, { isPaused: true });
  }
  await server.operator.refused("400 BODY_VALIDATION_FAILED", "PUT", PATH, {});
  await server.operator.refused("400 BODY_VALIDATION_FAILED", "PUT", PATH, { isPaused: "yes" });
  assert.equal((await server.operator.must(200, "GET", PATH)).json["isPaused"], false);
});

test("while deliveries are paused, messages are taken and wait, and go out when they are resumed", async () => {
  const world = await setup();
  await setPaused(true);
  assert.deepEqual(await readiness(), [200, { status: "ready", reasons: [], isPaused: true }]);
  const eventIds = [await publish(world), await publish(world)];
  const tried = await world.tenant.must(201, "POST", `/v4/webhooks/${world.webhookId}/test`, MESSAGE);
  eventIds.push(String(tried.json["_id"]));
  await aWhile();
  for (const eventId of eventIds) {
    const { status, attemptCount } = await read(world, eventId);
    assert.deepEqual([status, attemptCount], ["PENDING", 0]);
  }
  assert.equal(receivedBy(world), 0);
  const { queue, engine, workers } = (await server.operator.must(200, "GET", PATH)).json;
  assert.ok((queue as { waiting: number }).waiting >= 3);
  assert.deepEqual([(engine as { held: number }).held, (workers as { leases: number }[])[0]?.leases], [0, 0]);
  await setPaused(false);
  await receiver.until(3, ({ path }) => path === world.hook);
  assert.deepEqual(await readiness(), [200, { status: "ready", reasons: [], isPaused: false }]);
});

test("an attempt under way ends while deliveries are paused, and its retry waits", async (t) => {
  const world = await setup({ retrySchedule: [0] });
  let answer = (): void => {};
  receiver.behave = ({ path }, response) => {
    if (path !== world.hook) response.end();
    else answer = () => response.writeHead(500).end();
  };
  t.after(() => (receiver.behave = (_received, response) => void response.end()));
  const eventId = await publish(world);
  await receiver.until(1, ({ path }) => path === world.hook);
  await setPaused(true);
  answer();
  const failed = await eventually(
    () => read(world, eventId),
    ({ status }) => status === "FAILED",
  );
  assert.notEqual(failed["nextAttemptAt"], null);
  await aWhile();
  assert.equal(receivedBy(world), 1);
  receiver.behave = (_received, response) => void response.end();
  await setPaused(false);
  const passed = await eventually(
    () => read(world, eventId),
    ({ status }) => status === "SUCCESS",
  );
  assert.equal(passed["attemptCount"], 2);
});

test("a resend waits, too, while deliveries are paused", async () => {
  const world = await setup();
  const eventId = await publish(world);
  await eventually(
    () => read(world, eventId),
    ({ status }) => status === "SUCCESS",
  );
  await setPaused(true);
  await world.tenant.must(202, "POST", `/v4/webhooks/${world.webhookId}/events/${eventId}/resend`);
  await aWhile();
  assert.deepEqual([(await read(world, eventId))["status"], receivedBy(world)], ["PENDING", 1]);
  await setPaused(false);
  await receiver.until(2, ({ path }) => path === world.hook);
});

test("a pause by another process is heard within 2 seconds", async () => {
  const { store } = server.running;
  for (const isPaused of [true, false]) {
    const changedAtMs = performance.now();
    await store.setPaused({ isPaused, actor: SYSTEM });
    await eventually(
      () => readiness() as Promise<[number, { isPaused: boolean }]>,
      ([, body]) => body.isPaused === isPaused,
    );
    assert.ok(performance.now() - changedAtMs < 2_000);
  }
});

test("a pause survives a restart, until it is ended", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-system-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = { DATABASE_URL: join(folder, "w.db") };
  const first = await startApiServer(env);
  const world = await setup({}, first);
  await setPaused(true, first);
  await publish(world);
  await first.running.stop({ deadlineMs: 5_000 });
  const second = await startApiServer(env);
  assert.deepEqual(await readiness(second), [200, { status: "ready", reasons: [], isPaused: true }]);
  await publish({ ...world, platform: second.operator });
  await aWhile(second);
  assert.equal(receivedBy(world), 0);
  await setPaused(false, second);
  await receiver.until(2, ({ path }) => path === world.hook);
});

test("pausing and resuming are audited once each, under no tenant", async () => {
  const { store } = server.running;
  const audited = async (): Promise<string[]> => {
    const { items } = await store.listAudit({ tenant: null, limit: 100, page: 1, cursor: null });
    return items.filter(({ target }) => target.kind === "system").map(({ action, actor }) => `${action} ${actor.kind}`);
  };
  const before = await audited();
  await setPaused(true);
  await setPaused(true);
  await setPaused(false);
  assert.deepEqual(await audited(), ["system.resume operator", "system.pause operator", ...before]);
});
