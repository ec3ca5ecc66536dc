/**
 * Every call that changes something leaves an audit row: the calls are those of the reference, so that a new one without a
 * row, or without a reason for having none, fails here. And no secret that went in or out is in any row.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { SCOPES } from "../../src/domain/values.ts";
import type { CheckedClient } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";
import { BrowserClient } from "./support/browser_client.ts";
import { ADMIN_API_KEY } from "./support/server_process.ts";

const folder = mkdtempSync(join(tmpdir(), "webhooks-audit-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "audit.db");
const server = await startApiServer({ DATABASE_URL: path });
const receiver = await startReceiver();

const TENANT = "/v4/applications/{appId}/envs/{appEnv}";
/** Calls that are no GET and yet leave no row, each with the reason. */
const WITHOUT_ROW: Record<string, string> = {
  [`POST ${TENANT}/messages`]: "a message is its own record, and a row for each would double the cost of publishing",
  [`POST ${TENANT}/messages/batch`]: "as above",
  [`POST ${TENANT}/webhooks/check`]: "it changes nothing",
  "POST /v4/tokens/webhook-verification/checking-consumption": "the history keeps when a token was consumed",
  "POST /v4/tokens/webhook-verification/inspection": "it changes nothing",
  "POST /v4/webhooks/{webhookId}/signature/check": "it changes nothing",
  "POST /v4/auth/app-api": "it stores nothing: the token is signed, not kept",
};

const SECRET = `whsec_${Buffer.from("canary-signing-secret-of-a-webhook").toString("base64")}`;
const ROTATED = `whsec_${Buffer.from("canary-rotated-secret-of-a-webhook").toString("base64")}`;
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "canary-content" } };
/** What must be in no row, besides the keys and cookies that the calls make. */
const canaries = new Set([
  ADMIN_API_KEY,
  SECRET,
  ROTATED,
  "canary-content",
  "canary-header-value",
  "canary-brought-secret",
]);

/** A tenant with one of everything, and clients that may do everything in it. */
async function setup() {
  const { appId, base, tenantKey } = await server.tenant();
  const key = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes: SCOPES, name: "all" });
  const apiKey = String(key.json["apiKey"]);
  const all = server.operator.as(apiKey);
  const webhook = await all.must(201, "POST", `${base}/webhooks`, {
    url: receiver.url,
    secret: SECRET,
    headers: [["X-Key", "canary-header-value"]],
  });
  const { json } = await all.must(201, "POST", `${base}/messages`, SIGNER);
  const eventId = (json["events"] as { _id: string }[])[0]?._id ?? "";
  const read = () => all.must(200, "GET", `${base}/events/${eventId}`);
  await eventually(read, (answer) => answer.json["status"] === "SUCCESS");
  const page = new BrowserClient(server);
  const webhookId = String(webhook.json["_id"]);
  for (const secret of [apiKey, tenantKey]) canaries.add(secret.split("_").at(-1) ?? secret);
  return {
    appId,
    base,
    all,
    apiKey,
    page,
    webhookId,
    eventId,
    messageId: String(json["_id"]),
    keyId: String(key.json["_id"]),
  };
}

type World = Awaited<ReturnType<typeof setup>>;
/** A call, by whom, and the row that it must leave. */
type Call = (world: World) => Promise<{ action: string; target: string; log?: "operator"; answer: { status: number } }>;

const CALLS: Record<string, Call> = {
  [`POST ${TENANT}/webhooks`]: async ({ all, base }) => {
    const headers = [["X-Key", "canary-header-value"]];
    const answer = await all.must(201, "POST", `${base}/webhooks`, { url: receiver.url, secret: SECRET, headers });
    return { action: "webhook.create", target: String(answer.json["_id"]), answer };
  },
  "PUT /v4/webhooks/{webhookId}": async ({ all, webhookId }) => {
    const headers = [["X-Other", "canary-header-value"]];
    const answer = await all.must(200, "PUT", `/v4/webhooks/${webhookId}`, { description: "changed", headers });
    return { action: "webhook.update", target: webhookId, answer };
  },
  "DELETE /v4/webhooks/{webhookId}": async ({ all, webhookId }) => {
    const answer = await all.must(200, "DELETE", `/v4/webhooks/${webhookId}`);
    return { action: "webhook.delete", target: webhookId, answer };
  },
  "POST /v4/webhooks/{webhookId}/secret/rotate": async ({ all, webhookId }) => {
    const answer = await all.must(200, "POST", `/v4/webhooks/${webhookId}/secret/rotate`, { secret: ROTATED });
    return { action: "webhook.secret.rotate", target: webhookId, answer };
  },
  "DELETE /v4/webhooks/{webhookId}/secret/previous": async ({ all, webhookId }) => {
    const answer = await all.must(200, "DELETE", `/v4/webhooks/${webhookId}/secret/previous`);
    return { action: "webhook.secret.end-previous", target: webhookId, answer };
  },
  "POST /v4/webhooks/{webhookId}/test": async ({ all, webhookId }) => {
    const answer = await all.must(201, "POST", `/v4/webhooks/${webhookId}/test`, SIGNER);
    return { action: "webhook.test", target: webhookId, answer };
  },
  "POST /v4/webhooks/{webhookId}/events/{eventId}/resend": async ({ all, webhookId, eventId }) => {
    const answer = await all.must(202, "POST", `/v4/webhooks/${webhookId}/events/${eventId}/resend`);
    return { action: "event.resend", target: eventId, answer };
  },
  "POST /v4/webhooks/{webhookId}/events/{eventId}/signed-request": async ({ all, webhookId, eventId }) => {
    const answer = await all.must(200, "POST", `/v4/webhooks/${webhookId}/events/${eventId}/signed-request`);
    return { action: "webhook.sign-request", target: webhookId, answer };
  },
  [`DELETE ${TENANT}/messages/{messageId}/content`]: async ({ all, base, messageId }) => {
    const answer = await all.must(200, "DELETE", `${base}/messages/${messageId}/content`);
    return { action: "message.erase", target: messageId, answer };
  },
  [`PUT ${TENANT}/settings`]: async ({ all, base, appId }) => {
    const answer = await all.must(200, "PUT", `${base}/settings`, { timeoutMs: 7_000 });
    return { action: "settings.update", target: `${appId}/DEVELOPMENT`, answer };
  },
  [`POST ${TENANT}/views`]: async ({ all, base }) => {
    const answer = await all.must(201, "POST", `${base}/views`, { name: "made", query: "?filter=failed" });
    return { action: "view.create", target: String(answer.json["_id"]), answer };
  },
  [`DELETE ${TENANT}/views/{viewId}`]: async ({ all, base }) => {
    const { json } = await all.must(201, "POST", `${base}/views`, { name: "to be deleted", query: "" });
    const answer = await all.must(200, "DELETE", `${base}/views/${String(json["_id"])}`);
    return { action: "view.delete", target: String(json["_id"]), answer };
  },
  [`POST ${TENANT}/api-keys`]: async ({ all, base, appId }) => {
    const apiKey = `skv2_development_${appId.slice(6)}_canary-brought-secret`;
    const answer = await all.must(201, "POST", `${base}/api-keys`, { apiKey });
    return { action: "api-key.create", target: String(answer.json["_id"]), answer };
  },
  [`DELETE ${TENANT}/api-keys/{keyId}`]: async ({ base, keyId }) => {
    const answer = await server.operator.must(200, "DELETE", `${base}/api-keys/${keyId}`);
    return { action: "api-key.revoke", target: keyId, answer };
  },
  "POST /v4/applications": async () => {
    const answer = await server.operator.must(201, "POST", "/v4/applications", { appName: "Another" });
    return { action: "application.create", target: String(answer.json["appId"]), log: "operator", answer };
  },
  "POST /v4/api-keys": async () => {
    const answer = await server.operator.must(201, "POST", "/v4/api-keys", {});
    canaries.add(String(answer.json["apiKey"]).split("_").at(-1) ?? "");
    return { action: "api-key.create", target: String(answer.json["_id"]), log: "operator", answer };
  },
  "DELETE /v4/api-keys/{keyId}": async () => {
    const { json } = await server.operator.must(201, "POST", "/v4/api-keys", {});
    const answer = await server.operator.must(200, "DELETE", `/v4/api-keys/${String(json["_id"])}`);
    return { action: "api-key.revoke", target: String(json["_id"]), log: "operator", answer };
  },
  "POST /v4/session": async ({ page, apiKey }) => {
    const answer = await page.must(201, "POST", "/v4/session", { key: apiKey });
    for (const secret of page.cookies.values()) canaries.add(secret);
    return { action: "session.create", target: "ses_", answer };
  },
  "DELETE /v4/session": async ({ page, apiKey }) => {
    await page.must(201, "POST", "/v4/session", { key: apiKey });
    for (const secret of page.cookies.values()) canaries.add(secret);
    return { action: "session.delete", target: "ses_", answer: await page.must(204, "DELETE", "/v4/session") };
  },
  "PUT /v4/system": async () => {
    await server.operator.must(200, "PUT", "/v4/system", { isPaused: true });
    const answer = await server.operator.must(200, "PUT", "/v4/system", { isPaused: false });
    return { action: "system.resume", target: "deliveries", log: "operator", answer };
  },
  "POST /v4/webhooks/{webhookId}/events/resend": async (world) => {
    const answer = await startJob(world, `/v4/webhooks/${world.webhookId}/events/resend`);
    return { action: "job.create", target: String(answer.json["_id"]), answer };
  },
  [`POST ${TENANT}/events/resend`]: async (world) => {
    const answer = await startJob(world, `${world.base}/events/resend`);
    return { action: "job.create", target: String(answer.json["_id"]), answer };
  },
  "POST /v4/webhooks/{webhookId}/replay": async ({ all, webhookId }) => {
    const from = new Date(0).toISOString();
    const answer = await all.must(202, "POST", `/v4/webhooks/${webhookId}/replay`, { from });
    return { action: "job.create", target: String(answer.json["_id"]), answer };
  },
  [`POST ${TENANT}/jobs/{jobId}/pause`]: (world) => changeJob(world, "pause"),
  [`POST ${TENANT}/jobs/{jobId}/resume`]: async (world) => changeJob(world, "pause", "resume"),
  [`POST ${TENANT}/jobs/{jobId}/cancel`]: (world) => changeJob(world, "cancel"),
  [`POST ${TENANT}/jobs/{jobId}/rerun`]: async (world) => {
    const { json } = await startJob(world, `${world.base}/events/resend`);
    const answer = await world.all.must(202, "POST", `${world.base}/jobs/${String(json["_id"])}/rerun`);
    return { action: "job.create", target: String(answer.json["_id"]), answer };
  },
};

/** One that takes a second for each of its events, so that it still runs when it is changed. */
async function startJob({ all, base }: World, url: string) {
  await all.must(201, "POST", `${base}/messages/batch`, { messages: [SIGNER, SIGNER, SIGNER] });
  const read = () => all.must(200, "GET", `${base}/events?filter=PENDING`);
  await eventually(read, ({ json }) => (json["searchData"] as { total: number }).total === 0);
  return all.must(202, "POST", url, { filter: "SUCCESS", rate: 1 });
}

async function changeJob(world: World, ...changes: ("pause" | "resume" | "cancel")[]): ReturnType<Call> {
  const { json } = await startJob(world, `${world.base}/events/resend`);
  const jobId = String(json["_id"]);
  let row: Awaited<ReturnType<Call>> | null = null;
  for (const change of changes) {
    const answer = await world.all.must(200, "POST", `${world.base}/jobs/${jobId}/${change}`);
    row = { action: `job.${change}`, target: jobId, answer };
  }
  assert.ok(row);
  return row;
}

type Row = { action: string; target: { id: string }; actor: { keyId: string | null }; requestId: string | null };

async function newestRow(client: CheckedClient, url: string, action: string): Promise<Row | undefined> {
  return ((await client.must(200, "GET", `${url}?action=${action}&limit=1`)).json["items"] as Row[])[0];
}

const changing = server.checker.operations().filter(({ method }) => method !== "GET");

test("every call of the reference that may change something is known here, with its row or a reason", () => {
  const known = [...Object.keys(CALLS), ...Object.keys(WITHOUT_ROW)].sort();
  assert.deepEqual(changing.map(({ method, path: template }) => `${method} ${template}`).sort(), known);
});

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} is in the audit log, with who and what`, async () => {
    const world = await setup();
    const { action, target, log, answer } = await call(world);
    const row = await newestRow(
      server.operator,
      log === "operator" ? "/v4/audit-log" : `${world.base}/audit-log`,
      action,
    );
    assert.ok(row, action);
    assert.ok(row.target.id === target || (target.endsWith("_") && row.target.id.startsWith(target)), row.target.id);
    assert.ok(row.actor.keyId?.startsWith("key_"));
    const headers = "headers" in answer && answer.headers instanceof Headers ? answer.headers : null;
    if (headers !== null) assert.equal(row.requestId, headers.get("x-request-id"));
  });
}

for (const name of Object.keys(WITHOUT_ROW)) {
  test(`${name} leaves no row`, async () => {
    const { all, base, apiKey, appId, webhookId, eventId } = await setup();
    const rows = async () => (await server.operator.must(200, "GET", `${base}/audit-log`)).json["searchData"];
    const before = await rows();
    const token = (JSON.parse(receiver.received.at(-1)?.body ?? "{}") as { verificationToken: string })
      .verificationToken;
    canaries.add(token);
    const signed = { id: eventId, timestamp: "1", body: "{}", signature: "v1,x" };
    const bodies: Record<string, unknown> = {
      [`POST ${TENANT}/messages`]: SIGNER,
      [`POST ${TENANT}/messages/batch`]: { messages: [SIGNER] },
      [`POST ${TENANT}/webhooks/check`]: { url: receiver.url },
      "POST /v4/tokens/webhook-verification/checking-consumption": { token, appId, appEnv: "DEVELOPMENT" },
      "POST /v4/tokens/webhook-verification/inspection": { token },
      "POST /v4/webhooks/{webhookId}/signature/check": signed,
      "POST /v4/auth/app-api": { appId, appEnv: "DEVELOPMENT", secret: apiKey },
    };
    const [method = "", template = ""] = name.split(" ");
    const url = template.replace(TENANT, base).replace("{webhookId}", webhookId);
    const answer = await all.call(method, url, bodies[name]);
    assert.ok([200, 201].includes(answer.status), answer.text);
    assert.deepEqual(await rows(), before);
  });
}

test("reading a webhook's secrets is in the audit log, too", async () => {
  const { all, base, webhookId } = await setup();
  await all.must(200, "GET", `/v4/webhooks/${webhookId}/secret`);
  const row = await newestRow(server.operator, `${base}/audit-log`, "webhook.secret.reveal");
  assert.equal(row?.target.id, webhookId);
});

test("no secret, key, cookie, token or content is in any row of the audit log", () => {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare("select * from audit_log").all();
  database.close();
  assert.ok(rows.length > 100 && canaries.size > 20);
  const text = JSON.stringify(rows);
  for (const canary of canaries) assert.ok(canary.length >= 12 && !text.includes(canary), canary);
});
