/** Settings of an application environment over HTTP: bounds, precedence, and that they are in force in a running server. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiServer, CheckedClient, TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer({ EGRESS_ALLOW: "10.0.0.0/8,fd00::/8", RETENTION: "30d", TOKEN_TTL: "1h" });
const receiver = await startReceiver();
const DAY_MS = 86_400_000;
// The clock of the server is only ever put forward: ids do not go back in time.
const MESSAGE = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
const UNSET = {
  retrySchedule: null,
  timeoutMs: null,
  isAutoDisabling: true,
  retentionMs: null,
  contentRetentionMs: null,
};

type World = TestTenant & { path: string; admin: CheckedClient };

async function setup(of: ApiServer = server): Promise<World> {
  const created = await of.tenant();
  const key = await of.operator.must(201, "POST", `${created.base}/api-keys`, { scopes: ["admin", "webhooks"] });
  return { ...created, path: `${created.base}/settings`, admin: of.operator.as(String(key.json["apiKey"])) };
}

/** A webhook of the tenant at a path of its own, which answers as told. */
async function addWebhook(world: World, status: number, settings: object = {}): Promise<string> {
  const path = `/${status}/${Math.random()}`;
  const url = receiver.url + path;
  const created = await world.tenant.must(201, "POST", `${world.base}/webhooks`, { url, ...settings });
  return String(created.json["_id"]);
}

receiver.behave = ({ path }, response) => void response.writeHead(Number(path.split("/")[1])).end();

async function publish(world: World): Promise<{ messageId: string; eventId: string }> {
  const { json } = await world.platform.must(201, "POST", `${world.base}/messages`, MESSAGE);
  return { messageId: String(json["_id"]), eventId: (json["events"] as { _id: string }[])[0]?._id ?? "" };
}

/** The event once it is as wanted. */
function eventOnce(world: World, eventId: string, isThere: (event: Record<string, unknown>) => boolean) {
  const read = async () => (await world.tenant.must(200, "GET", `${world.base}/events/${eventId}`)).json;
  return eventually(read, isThere);
}

const settled = (event: Record<string, unknown>): boolean => event["status"] !== "PENDING";
/** `attemptCount` counts a retry that is under way, too. */
const endedAttempts = (event: Record<string, unknown>): number => (event["attempts"] as unknown[]).length;

test("an environment has set nothing at first, and is told what the server has", async () => {
  const { tenant, path } = await setup();
  const { json } = await tenant.must(200, "GET", path);
  const { server: ofServer, ...own } = json;
  assert.deepEqual(own, UNSET);
  assert.deepEqual(ofServer, {
    retrySchedule: [],
    timeoutMs: 15_000,
    retentionMs: 30 * DAY_MS,
    tokenTtlMs: 3_600_000,
    egressAllow: ["10.0.0.0/8", "fd00::/8"],
    isDevelopment: true,
  });
});

test("only the given settings change, null resets one, and what was read may be sent back", async () => {
  const { admin, path } = await setup();
  const settings = {
    retrySchedule: [1_000, 604_800_000],
    timeoutMs: 30_000,
    isAutoDisabling: false,
    retentionMs: 3_650 * DAY_MS,
    contentRetentionMs: 1_000,
  };
  const put = await admin.must(200, "PUT", path, settings);
  assert.deepEqual(put.json, { ...settings, server: put.json["server"] });
  assert.deepEqual((await admin.must(200, "PUT", path, put.json)).json, put.json);
  const partly = await admin.must(200, "PUT", path, { timeoutMs: null, isAutoDisabling: null, retrySchedule: [] });
  const expected = { ...put.json, timeoutMs: null, isAutoDisabling: true, retrySchedule: [] };
  assert.deepEqual(partly.json, expected);
  assert.deepEqual((await admin.must(200, "GET", path)).json, expected);
});

test("a setting beyond its bounds is refused by name, and nothing is stored", async () => {
  const { admin, path } = await setup();
  for (const [field, change] of [
    ["timeoutMs", { timeoutMs: 4_999 }],
    ["timeoutMs", { timeoutMs: 30_001 }],
    ["retrySchedule", { retrySchedule: Array.from({ length: 21 }, () => 1) }],
    ["retrySchedule[0]", { retrySchedule: [604_800_001] }],
    ["retentionMs", { retentionMs: 999 }],
    ["retentionMs", { retentionMs: 3_650 * DAY_MS + 1 }],
    ["contentRetentionMs", { contentRetentionMs: 999 }],
    ["contentRetentionMs", { contentRetentionMs: 30 * DAY_MS + 1 }],
    ["contentRetentionMs", { retentionMs: DAY_MS, contentRetentionMs: DAY_MS + 1 }],
    ["maxConcurrency", { maxConcurrency: 3 }],
  ] as const) {
    const answer = await admin.refused("400 BODY_VALIDATION_FAILED", "PUT", path, change);
    const { faults } = answer.json["context"] as { faults: { path: string }[] };
    assert.equal(faults[0]?.path, field);
  }
  const { server: _server, ...own } = (await admin.must(200, "GET", path)).json;
  assert.deepEqual(own, UNSET);
});

test("reading needs the scope webhooks, changing the scope admin, and another tenant's settings are not there", async () => {
  const [own, other] = [await setup(), await setup()];
  await own.tenant.refused("403 SCOPE_MISSING", "PUT", own.path, { timeoutMs: 6_000 });
  await own.platform.refused("403 SCOPE_MISSING", "GET", own.path);
  await own.admin.refused("404 APP_NOT_FOUND", "GET", other.path);
  await own.admin.refused("404 APP_NOT_FOUND", "PUT", other.path, { timeoutMs: 6_000 });
  const otherEnv = own.path.replace("DEVELOPMENT", "TEST");
  await own.admin.refused("404 APP_ENV_NOT_FOUND", "PUT", otherEnv, { timeoutMs: 6_000 });
  assert.equal((await server.operator.must(200, "GET", otherEnv)).json["timeoutMs"], null);
});

test("a change is audited with who made it, before and after", async () => {
  const { admin, path, appId } = await setup();
  await admin.must(200, "PUT", path, { timeoutMs: 6_000 });
  const { store } = server.running;
  const { tenant } = (await store.findTenant({ appId, appEnv: "DEVELOPMENT" })) ?? { tenant: 0 };
  const [entry] = (await store.listAudit({ tenant, limit: 1, page: 1, cursor: null })).items;
  assert.deepEqual([entry?.action, entry?.actor.kind], ["settings.update", "tenant"]);
  assert.deepEqual(entry?.target, { kind: "settings", id: `${appId}/DEVELOPMENT` });
  assert.deepEqual(JSON.parse(entry?.before ?? ""), UNSET);
  assert.deepEqual(JSON.parse(entry?.after ?? ""), { ...UNSET, timeoutMs: 6_000 });
});

test("a failed event is retried on the environment's schedule, of webhooks that were delivered to before it was set", async () => {
  const world = await setup();
  const webhookId = await addWebhook(world, 500);
  const before = await publish(world);
  const failed = await eventOnce(world, before.eventId, settled);
  assert.deepEqual([failed["nextAttemptAt"], failed["attemptCount"]], [null, 1], "the server has no retries");
  await world.admin.must(200, "PUT", world.path, { retrySchedule: [20, 20] });
  const after = await publish(world);
  const retried = await eventOnce(world, after.eventId, (event) => event["attemptCount"] === 3);
  const ended = await eventOnce(world, after.eventId, (event) => settled(event) && event["nextAttemptAt"] === null);
  assert.deepEqual([ended["attemptCount"], ended["retriesUsed"]], [3, 2]);
  assert.ok((retried["attempts"] as { trigger: string }[]).every(({ trigger }) => trigger === "AUTO"));
  const webhook = await world.tenant.must(200, "GET", `/v4/webhooks/${webhookId}`);
  assert.equal(webhook.json["retrySchedule"], null, "the webhook's own is still its own");
});

test("a webhook's own schedule goes before its environment's, and the environment's ends with it", async () => {
  const world = await setup();
  await world.admin.must(200, "PUT", world.path, { retrySchedule: [20] });
  const own = await addWebhook(world, 500, { retrySchedule: [] });
  const { eventId } = await publish(world);
  const failed = await eventOnce(world, eventId, settled);
  assert.deepEqual([failed["webhookId"], failed["nextAttemptAt"]], [own, null]);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${own}`, { retrySchedule: null });
  const second = await publish(world);
  const retried = await eventOnce(world, second.eventId, (event) => endedAttempts(event) === 2);
  assert.deepEqual([retried["attemptCount"], retried["nextAttemptAt"]], [2, null]);
  await world.admin.must(200, "PUT", world.path, { retrySchedule: null });
  const third = await publish(world);
  assert.equal((await eventOnce(world, third.eventId, settled))["nextAttemptAt"], null);
});

test("settings are in force after a restart, too", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-settings-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = { DATABASE_URL: join(folder, "w.db") };
  const first = await startApiServer(env);
  const world = await setup(first);
  await world.admin.must(200, "PUT", world.path, { retrySchedule: [20] });
  await addWebhook(world, 500);
  await first.running.stop({ deadlineMs: 5_000 });
  const second = await startApiServer(env);
  const again = { ...world, tenant: second.operator, platform: second.operator };
  const { eventId } = await publish(again);
  assert.equal((await eventOnce(again, eventId, (event) => endedAttempts(event) === 2))["retriesUsed"], 1);
});

test("without the 5-day rule a webhook that fails for long stays enabled, until the rule is back", async () => {
  const world = await setup();
  const webhookId = await addWebhook(world, 500);
  await world.admin.must(200, "PUT", world.path, { isAutoDisabling: false });
  const fail = async (): Promise<unknown> => {
    await eventOnce(world, (await publish(world)).eventId, settled);
    server.shift.ms += DAY_MS;
    return (await world.tenant.must(200, "GET", `/v4/webhooks/${webhookId}`)).json["isDisabled"];
  };
  for (let day = 0; day < 11; day++) assert.equal(await fail(), false);
  await world.admin.must(200, "PUT", world.path, { isAutoDisabling: true });
  assert.equal(await fail(), true);
});

test("messages go by their own environment's retention, at once when it is set", async () => {
  const [short, long] = [await setup(), await setup()];
  await addWebhook(short, 200);
  const [goes, stays] = [await publish(short), await publish(long)];
  await eventOnce(short, goes.eventId, settled);
  server.shift.ms += 2 * DAY_MS;
  const young = await publish(short);
  await eventOnce(short, young.eventId, settled);
  await short.admin.must(200, "PUT", short.path, { retentionMs: DAY_MS });
  await eventually(
    () => server.operator.call("GET", `${short.base}/messages/${goes.messageId}`),
    ({ status }) => status === 404,
  );
  assert.equal((await server.operator.call("GET", `${short.base}/messages/${young.messageId}`)).status, 200);
  assert.equal((await server.operator.call("GET", `${long.base}/messages/${stays.messageId}`)).status, 200);
});

test("contents go earlier than their messages where the environment says so, but not while an event waits", async () => {
  const world = await setup();
  const failing = await addWebhook(world, 500, { retrySchedule: [604_800_000] });
  const waiting = await publish(world);
  await eventOnce(world, waiting.eventId, settled);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${failing}`, { isDisabled: true });
  await addWebhook(world, 200);
  const done = await publish(world);
  await eventOnce(world, done.eventId, settled);
  server.shift.ms += 2 * DAY_MS;
  await world.admin.must(200, "PUT", world.path, { contentRetentionMs: DAY_MS });
  const message = async ({ messageId }: { messageId: string }) =>
    (await server.operator.must(200, "GET", `${world.base}/messages/${messageId}`)).json;
  const erased = await eventually(
    () => message(done),
    ({ content }) => content === null,
  );
  assert.equal(erased["contentBytes"], 0);
  assert.deepEqual((await message(waiting))["content"], MESSAGE.content);
});
