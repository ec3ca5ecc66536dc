/** What goes wrong before a route runs, and when the server cannot work: always the same envelope. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { StoreUnavailable } from "../../src/store/store.ts";
import { startApiServer } from "./support/api_server.ts";
import { BrowserClient } from "./support/browser_client.ts";

const server = await startApiServer();
const MESSAGE = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };

test("a path that does not exist is 404, a method that a path does not have 405 with those it has", async () => {
  await server.operator.refused("404 ROUTE_NOT_FOUND", "GET", "/v4/nothing?x=1");
  await server.operator.refused("404 ROUTE_NOT_FOUND", "GET", "/v4/catalog/");
  const { headers, json } = await server.operator.refused("405 METHOD_NOT_ALLOWED", "PATCH", "/v4/webhooks/whk_x");
  assert.equal(headers.get("allow"), "GET, PUT, DELETE");
  assert.deepEqual(json["context"], { allowed: ["GET", "PUT", "DELETE"] });
});

test("a path that is wrongly encoded is refused in the envelope", async () => {
  await server.operator.refused("400 REQUEST_MALFORMED", "GET", "/v4/webhooks/%zz");
});

test("a body that is not JSON by its type is 415", async () => {
  const { base } = await server.tenant();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    const answer = await server.operator.call("POST", `${base}/messages`, MESSAGE, { "content-type": type });
    assert.deepEqual([answer.status, answer.json["code"]], [415, "CONTENT_TYPE_UNSUPPORTED"]);
  }
  const withCharset = { "content-type": "application/json; charset=utf-8" };
  await server.operator.must(201, "POST", `${base}/messages`, MESSAGE, withCharset);
});

test("every fault of a body is told, and of one with thousands of values the first alone, which is found soon", async () => {
  const { base, tenant } = await server.tenant();
  const faultsOf = async (count: number): Promise<number> => {
    const body = { eventIds: Array.from({ length: count }, () => 1), rate: 0 };
    const { json } = await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/events/resend`, body);
    return (json["context"] as { faults: unknown[] }).faults.length;
  };
  assert.deepEqual([await faultsOf(2), await faultsOf(4_000), await faultsOf(6_000)], [3, 20, 1]);
});

test("request ids differ", async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, async () => (await fetch(`${server.url}/healthz`)).headers.get("x-request-id")),
  );
  assert.equal(new Set(ids).size, 20);
});

test("the reference is OpenAPI 3.1 with a webhook for each action and the error codes of each call", async () => {
  type Response = { description: string };
  const reference = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, Response> }>>;
    webhooks: Record<string, { post: object }>;
  };
  const catalog = (await (await fetch(`${server.url}/v4/catalog`)).json()) as {
    topics: Record<string, { actions: object }>;
  };
  const actions = Object.entries(catalog.topics).flatMap(([topic, { actions: known }]) =>
    Object.keys(known).map((action) => `${topic}.${action}`),
  );
  assert.equal(reference.openapi, "3.1.0");
  assert.deepEqual(Object.keys(reference.webhooks), actions);
  const ids = Object.values(reference.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  assert.equal(new Set(ids).size, ids.length);
  const publish = reference.paths["/v4/applications/{appId}/envs/{appEnv}/messages"]?.["post"];
  assert.match(publish?.responses["409"]?.description ?? "", /IDEMPOTENCY_KEY_REUSED/);
});

test("health and readiness answer HEAD, too", async () => {
  for (const path of ["/healthz", "/readyz"]) {
    assert.equal((await fetch(server.url + path, { method: "HEAD" })).status, 200);
  }
});

test("without its store the server is not ready and answers 503 with Retry-After, whoever calls by whatever", async () => {
  const broken = await startApiServer();
  const { appId, base, tenant, platform, tenantKey } = await broken.tenant();
  await tenant.must(200, "GET", `${base}/webhooks`);
  const page = new BrowserClient(broken);
  await page.must(201, "POST", "/v4/session", { key: tenantKey });
  const exchange = { appId, appEnv: "DEVELOPMENT", secret: tenantKey };
  const jwt = String((await tenant.must(200, "POST", "/v4/auth/app-api", exchange)).json["jwtToken"]);
  const { store } = broken.running;
  const away = (): Promise<never> => Promise.reject(new StoreUnavailable("the disk is full"));
  Object.assign(store, { findApiKey: away, findSession: away, listWebhooks: away, publish: away, ping: away });
  const stranger = broken.operator.as("skv2_development_x_y");
  for (const [client, method, path, body] of [
    [tenant, "GET", `${base}/webhooks`, undefined],
    [platform, "POST", `${base}/messages`, MESSAGE],
    [stranger, "GET", `${base}/webhooks`, undefined],
    [broken.operator.as(jwt), "GET", `${base}/webhooks`, undefined],
    [stranger, "POST", "/v4/session", { key: "skv2_development_x_z" }],
    [stranger, "POST", "/v4/auth/app-api", { ...exchange, secret: "wrong" }],
  ] as const) {
    // More often than an address may be wrong: what cannot be looked up is no guess.
    for (let no = 0; no < 7; no++) {
      const { headers, text } = await client.refused("503 STORE_UNAVAILABLE", method, path, body);
      assert.equal(headers.get("retry-after"), "1");
      assert.doesNotMatch(text, /disk is full|\.ts/);
    }
  }
  await page.refused("503 STORE_UNAVAILABLE", "GET", `${base}/webhooks`);
  const ready = await fetch(`${broken.url}/readyz`);
  const body = (await ready.json()) as { status: string; reasons: string[] };
  assert.deepEqual([ready.status, body.status], [503, "notReady"]);
  assert.match(body.reasons.join(), /store/);
  assert.equal((await fetch(`${broken.url}/healthz`)).status, 200);
});

test("an error that nobody expected is told without its cause, whatever it says", async () => {
  const broken = await startApiServer();
  const { base, tenant } = await broken.tenant();
  const cause = new Error("no such table: webhooks at /srv/store.ts:1");
  Object.assign(broken.running.store, { listWebhooks: () => Promise.reject(cause) });
  const { json } = await tenant.refused("500 INTERNAL_ERROR", "GET", `${base}/webhooks`);
  assert.deepEqual(Object.keys(json).sort(), ["code", "message", "requestId"]);
  assert.equal(json["message"], "An unexpected error occurred.");
});
