/** Who may call what: scopes for every route, and no tenant sees what belongs to another. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { SCOPES } from "../../src/domain/values.ts";
import type { CheckedClient } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();

const TENANT = "/v4/applications/{appId}/envs/{appEnv}";
const SIGNED_REQUEST = "POST /v4/webhooks/{webhookId}/events/{eventId}/signed-request";
/** The scope that the contract asks of each call; `session`: any key, by the cookie of a session (api_session.test.ts). */
const NEEDED: Record<string, string> = {
  [`POST ${TENANT}/webhooks`]: "webhooks",
  [`GET ${TENANT}/webhooks`]: "webhooks",
  "GET /v4/webhooks/{webhookId}": "webhooks",
  "PUT /v4/webhooks/{webhookId}": "webhooks",
  "DELETE /v4/webhooks/{webhookId}": "webhooks",
  "GET /v4/webhooks/{webhookId}/secret": "webhooks",
  "POST /v4/webhooks/{webhookId}/secret/rotate": "webhooks",
  "POST /v4/webhooks/{webhookId}/test": "webhooks",
  [`POST ${TENANT}/webhooks/check`]: "webhooks",
  "POST /v4/webhooks/{webhookId}/signature/check": "webhooks",
  [SIGNED_REQUEST]: "webhooks",
  "GET /v4/webhooks/{webhookId}/events/{eventId}/attempts/{number}/signature": "events",
  "POST /v4/tokens/webhook-verification/inspection": "tokens",
  [`GET ${TENANT}/settings`]: "webhooks",
  [`PUT ${TENANT}/settings`]: "admin",
  "GET /v4/system": "operator",
  "PUT /v4/system": "operator",
  "GET /v4/webhooks/{webhookId}/events": "events",
  "GET /v4/webhooks/{webhookId}/events/{eventId}": "events",
  "POST /v4/webhooks/{webhookId}/events/{eventId}/resend": "events",
  "POST /v4/webhooks/{webhookId}/events/resend": "events",
  "POST /v4/webhooks/{webhookId}/replay": "events",
  [`POST ${TENANT}/events/resend`]: "events",
  [`GET ${TENANT}/jobs`]: "events",
  [`GET ${TENANT}/jobs/{jobId}`]: "events",
  [`GET ${TENANT}/jobs/{jobId}/failures`]: "events",
  [`POST ${TENANT}/jobs/{jobId}/pause`]: "events",
  [`POST ${TENANT}/jobs/{jobId}/resume`]: "events",
  [`POST ${TENANT}/jobs/{jobId}/cancel`]: "events",
  [`POST ${TENANT}/jobs/{jobId}/rerun`]: "events",
  [`GET ${TENANT}/events`]: "events",
  [`GET ${TENANT}/events/{eventId}`]: "events",
  [`POST ${TENANT}/messages`]: "messages",
  [`POST ${TENANT}/messages/batch`]: "messages",
  [`GET ${TENANT}/messages`]: "events",
  [`GET ${TENANT}/messages/{messageId}`]: "events",
  [`DELETE ${TENANT}/messages/{messageId}/content`]: "messages",
  "POST /v4/tokens/webhook-verification/checking-consumption": "tokens",
  "GET /v4/applications/{appId}/context": "webhooks",
  [`POST ${TENANT}/api-keys`]: "admin",
  [`GET ${TENANT}/api-keys`]: "admin",
  [`DELETE ${TENANT}/api-keys/{keyId}`]: "admin",
  "POST /v4/applications": "operator",
  "GET /v4/applications": "operator",
  "POST /v4/api-keys": "operator",
  "GET /v4/api-keys": "operator",
  "DELETE /v4/api-keys/{keyId}": "operator",
  "GET /v4/webhooks/{webhookId}/stats": "events",
  [`GET ${TENANT}/stats`]: "events",
  [`GET ${TENANT}/stats/actions`]: "events",
  [`GET ${TENANT}/webhooks/stats`]: "events",
  [`GET ${TENANT}/webhooks/stream`]: "events",
  [`GET ${TENANT}/audit-log`]: "admin",
  [`GET ${TENANT}/audit-log/verification`]: "admin",
  "GET /v4/audit-log": "operator",
  "GET /v4/audit-log/verification": "operator",
  "GET /v4/session": "session",
  "DELETE /v4/session": "session",
  "POST /v4/session": "open",
  "POST /v4/auth/app-api": "open",
  "GET /v4/catalog": "open",
  "GET /healthz": "open",
  "GET /readyz": "open",
};
/** The scope that a call needs besides, because of what it answers. */
const NEEDED_BESIDES: Record<string, string> = { [SIGNED_REQUEST]: "events" };
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };
const WEBHOOK = { url: "http://127.0.0.1:9999/" };
/** A body that would be accepted, for the calls that need one. */
const BODIES: Record<string, object> = {
  [`POST ${TENANT}/webhooks`]: WEBHOOK,
  "PUT /v4/webhooks/{webhookId}": {},
  "POST /v4/webhooks/{webhookId}/test": SIGNER,
  [`POST ${TENANT}/messages`]: SIGNER,
  [`POST ${TENANT}/messages/batch`]: { messages: [SIGNER] },
  [`POST ${TENANT}/api-keys`]: { scopes: ["admin"] },
  "POST /v4/webhooks/{webhookId}/events/resend": { dryRun: true },
  "POST /v4/webhooks/{webhookId}/replay": { from: "2026-01-31T09:30:00Z", dryRun: true },
  [`POST ${TENANT}/events/resend`]: { dryRun: true },
  [`POST ${TENANT}/webhooks/check`]: WEBHOOK,
  "POST /v4/webhooks/{webhookId}/signature/check": { id: "evt_x", timestamp: "1", body: "{}", signature: "v1,x" },
  "POST /v4/tokens/webhook-verification/inspection": { token: "wvt_x" },
  [`PUT ${TENANT}/settings`]: {},
  "PUT /v4/system": { isPaused: false },
};

type Ids = {
  appId: string;
  appEnv: string;
  webhookId: string;
  eventId: string;
  messageId: string;
  keyId: string;
  jobId: string;
  number: "1";
};

function pathOf(template: string, ids: Ids): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: keyof Ids) => ids[name]);
}

/** A tenant with one of everything, and a key with every scope. */
async function setup(): Promise<{ ids: Ids; all: CheckedClient; base: string }> {
  const { appId, base } = await server.tenant();
  const key = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes: SCOPES });
  const all = server.operator.as(String(key.json["apiKey"]));
  const webhook = await all.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  const { json } = await all.must(201, "POST", `${base}/messages`, SIGNER);
  const eventId = (json["events"] as { _id: string }[])[0]?._id ?? "";
  const read = () => all.must(200, "GET", `${base}/events/${eventId}`);
  await eventually(read, (answer) => answer.json["status"] === "SUCCESS");
  const job = await all.must(202, "POST", `${base}/events/resend`, { filter: "FAILED" });
  const [webhookId, messageId, keyId] = [webhook.json["_id"], json["_id"], key.json["_id"]].map(String);
  const jobId = String(job.json["_id"]);
  const ids = { appId, appEnv: "DEVELOPMENT", webhookId, eventId, messageId, keyId, jobId, number: "1" };
  return { ids: ids as Ids, all, base };
}

const operations = server.checker.operations();

test("the reference has exactly the calls of the contract", () => {
  assert.deepEqual(operations.map(({ method, path }) => `${method} ${path}`).sort(), Object.keys(NEEDED).sort());
});

for (const scope of SCOPES) {
  test(`a key with the scope ${scope} alone is refused everything else, with the scope named`, async () => {
    const { ids, base } = await setup();
    const { json } = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes: [scope] });
    const client = server.operator.as(String(json["apiKey"]));
    for (const { method, path } of operations) {
      const needed = NEEDED[`${method} ${path}`];
      if (needed === "open" || needed === "session" || method === "DELETE") continue;
      const answer = await client.call(method, pathOf(path, ids), BODIES[`${method} ${path}`]);
      const isRefused = answer.status === 403;
      const missing = needed === scope ? NEEDED_BESIDES[`${method} ${path}`] : needed;
      assert.equal(isRefused, missing !== undefined, `${method} ${path}: ${answer.text}`);
      if (isRefused) assert.deepEqual(answer.json["context"], { scope: missing });
    }
    for (const path of [`/v4/webhooks/${ids.webhookId}`, `${base}/api-keys/${ids.keyId}`, "/v4/api-keys/key_x"]) {
      const template = operations.find(
        (known) => known.method === "DELETE" && path.split("/").length === known.path.split("/").length,
      );
      assert.ok(template);
      const needed = path.startsWith("/v4/webhooks") ? "webhooks" : path.startsWith(base) ? "admin" : "operator";
      if (needed !== scope) await client.refused("403 SCOPE_MISSING", "DELETE", path);
    }
  });
}

test("without a key, with a wrong one or a malformed header, everything but the open calls is 401", async () => {
  const { ids } = await setup();
  for (const { method, path } of operations) {
    if (NEEDED[`${method} ${path}`] === "open") continue;
    for (const [headers, code] of [
      [{}, "AUTHENTICATION_REQUIRED"],
      [{ authorization: "Bearer skv2_development_x_y" }, "AUTHENTICATION_FAILED"],
      [{ authorization: "Basic eDp5" }, "AUTHENTICATION_FAILED"],
      [{ authorization: `Bearer ${"x".repeat(600)}` }, "AUTHENTICATION_FAILED"],
    ] as const) {
      const answer = await fetch(server.url + pathOf(path, ids), { method, headers });
      assert.deepEqual(
        [answer.status, ((await answer.json()) as { code: string }).code],
        [401, code],
        `${method} ${path}`,
      );
      assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    }
  }
});

test("what belongs to another tenant is 404 in every call, for each kind of id", async () => {
  const [own, other] = [await setup(), await setup()];
  for (const { method, path } of operations) {
    const needed = NEEDED[`${method} ${path}`];
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof Ids);
    if (needed === "open" || needed === "session" || needed === "operator") continue;
    // Each id in turn is another tenant's; the others are the caller's own.
    for (const foreign of names.filter((name) => name !== "appEnv" && name !== "number")) {
      const ids = { ...own.ids, [foreign]: other.ids[foreign] };
      const answer = await own.all.call(method, pathOf(path, ids), BODIES[`${method} ${path}`]);
      assert.equal(answer.status, 404, `${method} ${path} with a foreign ${foreign}: ${answer.text}`);
    }
  }
  for (const path of [`/v4/webhooks/${other.ids.webhookId}`, `${other.base}/events/${other.ids.eventId}`]) {
    await other.all.must(200, "GET", path);
  }
});

test("another environment of one's own application, and one that does not exist, are 404", async () => {
  const { ids, all } = await setup();
  for (const appEnv of ["PRODUCTION", "NOWHERE", "development"]) {
    await all.refused("404 APP_ENV_NOT_FOUND", "GET", `/v4/applications/${ids.appId}/envs/${appEnv}/webhooks`);
    const expected = appEnv === "PRODUCTION" ? null : "404 APP_ENV_NOT_FOUND";
    const path = `/v4/applications/${ids.appId}/envs/${appEnv}/webhooks`;
    if (expected === null) await server.operator.must(200, "GET", path);
    else await server.operator.refused("404 APP_ENV_NOT_FOUND", "GET", path);
  }
  const unknown = "appId_00000000-0000-4000-8000-000000000000";
  await server.operator.refused("404 APP_NOT_FOUND", "GET", `/v4/applications/${unknown}/envs/TEST/webhooks`);
  await server.operator.refused("404 APP_NOT_FOUND", "GET", `/v4/applications/${unknown}/context`);
});

test("a platform key publishes for every tenant and environment, and does nothing else", async () => {
  const [one, other] = [await setup(), await setup()];
  const { json } = await server.operator.must(201, "POST", "/v4/api-keys", { name: "platform" });
  assert.deepEqual([json["kind"], json["scopes"]], ["platform", ["messages"]]);
  assert.match(String(json["apiKey"]), /^skv2_platform_[0-9a-f-]{36}_[A-Za-z0-9]+$/);
  const platform = server.operator.as(String(json["apiKey"]));
  for (const { ids } of [one, other]) {
    for (const appEnv of ["DEVELOPMENT", "PRODUCTION"]) {
      await platform.must(201, "POST", `/v4/applications/${ids.appId}/envs/${appEnv}/messages`, SIGNER);
    }
  }
  for (const path of ["messages", "webhooks", "events", "api-keys"]) {
    await platform.refused("403 SCOPE_MISSING", "GET", `${one.base}/${path}`);
  }
});

test("the operator may do everything for every tenant", async () => {
  const { ids, base } = await setup();
  for (const { method, path } of operations) {
    if (method !== "GET" || path.includes("keyId") || NEEDED[`${method} ${path}`] === "session") continue;
    await server.operator.must(200, "GET", pathOf(path, ids));
  }
  await server.operator.must(201, "POST", `${base}/messages`, SIGNER);
  await server.operator.must(201, "POST", `/v4/webhooks/${ids.webhookId}/test`, SIGNER);
  await server.operator.must(202, "POST", `/v4/webhooks/${ids.webhookId}/events/${ids.eventId}/resend`);
  await server.operator.must(200, "PUT", `/v4/webhooks/${ids.webhookId}`, { description: "by the operator" });
  await server.operator.must(200, "DELETE", `${base}/messages/${ids.messageId}/content`);
  await server.operator.must(200, "DELETE", `/v4/webhooks/${ids.webhookId}`);
});
