/** What goes wrong before a route runs, and when the server cannot work: always the same envelope. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { StoreUnavailable } from "../../src/store/store.ts";
import { startApiServer } from "./support/api_server.ts";

const server = await startApiServer();
const MESSAGE = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };

/** Sends raw text on a connection of its own; the status and the parsed body. */
async function raw(text: string): Promise<{ status: number; json: Record<string, unknown>; head: string }> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(text);
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += String(chunk);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), json: JSON.parse(body) as Record<string, unknown>, head };
}

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

test("an id longer than any of ours is not found", async () => {
  await server.operator.refused("404 ROUTE_NOT_FOUND", "GET", `/v4/webhooks/${"x".repeat(200)}`);
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

test("a body above 256 KiB is 413 for every call but the batch", async () => {
  const body = { appName: "x".repeat(256 * 1024) };
  await server.operator.refused("413 BODY_TOO_LARGE", "POST", "/v4/applications", body);
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

test("prototype fields of a body are unknown fields", async () => {
  const text = '{"appName":"x","__proto__":{"appName":"y"}}';
  const { json } = await server.operator.refused("400 BODY_VALIDATION_FAILED", "POST", "/v4/applications", text);
  assert.match(JSON.stringify(json["context"]), /__proto__/);
});

test("headers above 16 KiB are 431, and what is not HTTP 400, both in the envelope", async () => {
  const large = await raw(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: ${"a".repeat(17_000)}\r\n\r\n`);
  assert.deepEqual([large.status, large.json["code"]], [431, "HEADERS_TOO_LARGE"]);
  const noHttp = await raw("HELLO\r\n\r\n");
  assert.deepEqual([noHttp.status, noHttp.json["code"]], [400, "REQUEST_MALFORMED"]);
  assert.match(noHttp.head, /cache-control: no-store/);
  assert.match(String(noHttp.json["requestId"]), /^req_/);
});

test("every answer forbids storing, sniffing and framing", async () => {
  for (const path of ["/healthz", "/v4/catalog", "/nothing", "/v4/applications"]) {
    const { headers } = await fetch(server.url + path);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.match(headers.get("content-type") ?? "", /^application\/json; charset=utf-8$/);
  }
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

test("without its store the server is not ready and answers 503 with Retry-After, for known and unknown keys", async () => {
  const broken = await startApiServer();
  const { base, tenant, platform } = await broken.tenant();
  await tenant.must(200, "GET", `${base}/webhooks`);
  const { store } = broken.running;
  const fail = (): Promise<never> => Promise.reject(new StoreUnavailable("the disk is full"));
  Object.assign(store, { findApiKey: fail, listWebhooks: fail, publish: fail, ping: fail });
  const stranger = broken.operator.as("skv2_development_x_y");
  for (const [client, method, path, body] of [
    [tenant, "GET", `${base}/webhooks`, undefined],
    [platform, "POST", `${base}/messages`, MESSAGE],
    [stranger, "GET", `${base}/webhooks`, undefined],
  ] as const) {
    const { headers } = await client.refused("503 STORE_UNAVAILABLE", method, path, body);
    assert.equal(headers.get("retry-after"), "1");
  }
  const ready = await fetch(`${broken.url}/readyz`);
  const body = (await ready.json()) as { status: string; reasons: string[] };
  assert.deepEqual([ready.status, body.status], [503, "notReady"]);
  assert.match(body.reasons.join(), /store/);
  assert.equal((await fetch(`${broken.url}/healthz`)).status, 200);
});
