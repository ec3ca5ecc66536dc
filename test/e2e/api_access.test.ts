/**
 * Who may call what: every call of the reference × every kind of caller. A call that is not described in
 * support/api_calls.ts fails here, and so does a field of it that names something.
 */
import { test } from "node:test";
import assert from "node:assert/strict";
import type { Operation, Schema } from "../fuzz/reference.ts";
import { operationsOf } from "../fuzz/reference.ts";
import type { Caller, Household } from "./support/access_world.ts";
import { fillIds, makeCallers, makeHousehold, NOBODYS } from "./support/access_world.ts";
import type { ApiCall } from "./support/api_calls.ts";
import { API_CALLS, namesSomething } from "./support/api_calls.ts";
import { startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();
const own = await makeHousehold(server, receiver, 2);
const other = await makeHousehold(server, receiver, 3);
const callers = await makeCallers(server, own, other);
const operations = operationsOf(server.reference);
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };

/** What a caller gets: the code of a refusal, or null when the call goes past the guard. */
function expectedRefusal(operation: Operation, call: ApiCall, caller: Caller): string | null {
  const { access } = call;
  if (access === "open") return null;
  if (caller.refusal !== null) return caller.refusal;
  const isOfTenant = operation.path.includes("{appId}");
  if (isOfTenant && caller.identity === "otherTenant") return "APP_NOT_FOUND";
  if (operation.path.includes("{appEnv}") && caller.identity === "otherEnvironment") return "APP_ENV_NOT_FOUND";
  if (access === "session") return caller.isSession ? null : "AUTHENTICATION_REQUIRED";
  if (caller.identity === "operator") return null;
  if (access === "operator" || !caller.scopes.includes(access)) return "SCOPE_MISSING";
  if (call.besides !== undefined && !caller.scopes.includes(call.besides)) return "SCOPE_MISSING";
  const isStranger = caller.identity === "otherTenant" || caller.identity === "otherEnvironment";
  return isStranger && operation.path.includes("{webhookId}") ? "WEBHOOK_NOT_FOUND" : null;
}

/** Calls with these ids and this body, where the call takes one. */
async function callAs(
  caller: Caller,
  operation: Operation,
  { ids, json }: { ids: Household["ids"]; json: string },
): Promise<{ status: number; code: string | null; context: unknown; headers: Headers }> {
  const path = fillIds(operation.path, ids);
  const body = operation.body === null ? {} : { body: json };
  const headers = { ...caller.headers, ...("body" in body ? { "content-type": "application/json" } : {}) };
  const answer = await fetch(server.url + path, { method: operation.method, headers, ...body });
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (isStream) await answer.body?.cancel();
  const text = isStream ? "" : await answer.text();
  server.checker.check({ method: operation.method, path }, { status: answer.status, text });
  const { code = null, context } = (text === "" ? {} : JSON.parse(text)) as { code?: string; context?: unknown };
  return { status: answer.status, code, context, headers: answer.headers };
}

test("the reference has exactly the calls that are described, and each field that names something is described, too", () => {
  assert.deepEqual(operations.map(nameOf).sort(), Object.keys(API_CALLS).sort());
  for (const operation of operations) {
    const fields = [
      ...Object.keys(operation.query).map((name) => `query.${name}`),
      ...Object.keys(fieldsOf(operation.body)).map((name) => `body.${name}`),
    ].filter((field) => namesSomething(field.slice(field.indexOf(".") + 1)));
    assert.deepEqual(Object.keys(API_CALLS[nameOf(operation)]?.foreign ?? {}).sort(), fields.sort(), nameOf(operation));
  }
});

for (const caller of callers) {
  test(`${caller.name} is let in where it may, and refused everywhere else by the right code`, async () => {
    for (const operation of operations) {
      const call = API_CALLS[nameOf(operation)];
      assert.ok(call);
      if (operation.id === "deleteSession" && caller.isSession) continue; // it would be the last call of this caller
      const expected = expectedRefusal(operation, call, caller);
      const where = `${nameOf(operation)} by ${caller.name}`;
      // Who is refused is so with ids that exist. Who is let in gets as far as what does not exist, or is not accepted.
      const ids = expected === null ? { ...NOBODYS, appId: own.ids.appId, appEnv: own.ids.appEnv } : own.ids;
      const json = expected === "WEBHOOK_NOT_FOUND" ? JSON.stringify(call.body) : '{"":1}';
      const answer = await callAs(caller, operation, { ids, json });
      if (expected === null) {
        assert.ok(![401, 403, 429].includes(answer.status), `${where}: ${answer.status} ${answer.code}`);
        continue;
      }
      assert.equal(answer.code, expected, where);
      if (answer.status === 401) assert.equal(answer.headers.get("www-authenticate"), "Bearer");
      if (expected === "SCOPE_MISSING") {
        const missing = call.access === "operator" || !caller.scopes.includes(call.access) ? call.access : call.besides;
        assert.deepEqual(answer.context, { scope: missing }, where);
      }
    }
  });
}

test("nothing was changed by all who were refused, nor by those who were let in with nothing to do", async () => {
  const { ids, base, all } = own;
  await all.must(200, "GET", `/v4/webhooks/${ids.webhookId}/events/${ids.eventId}`);
  const { json: keys } = await all.must(200, "GET", `${base}/api-keys`);
  assert.ok((keys["items"] as { _id: string }[]).some(({ _id }) => _id === ids.keyId));
  const { json: message } = await all.must(200, "GET", `${base}/messages/${ids.messageId}`);
  assert.notEqual(message["content"], null);
  const { json: webhooks } = await all.must(200, "GET", `${base}/webhooks`);
  assert.equal((webhooks as unknown as unknown[]).length, 1);
});

test("a platform key publishes for every tenant and environment", async () => {
  const { json } = await server.operator.must(201, "POST", "/v4/api-keys", { name: "platform" });
  assert.deepEqual([json["kind"], json["scopes"]], ["platform", ["messages"]]);
  assert.match(String(json["apiKey"]), /^skv2_platform_[0-9a-f-]{36}_[A-Za-z0-9]+$/);
  const platform = server.operator.as(String(json["apiKey"]));
  for (const { ids } of [own, other]) {
    for (const appEnv of ["DEVELOPMENT", "PRODUCTION"]) {
      await platform.must(201, "POST", `/v4/applications/${ids.appId}/envs/${appEnv}/messages`, SIGNER);
    }
  }
});

test("the operator may do everything for every tenant", async () => {
  const { ids, base } = await makeHousehold(server, receiver, 2);
  for (const operation of operations) {
    const { access } = API_CALLS[nameOf(operation)] ?? {};
    if (operation.method !== "GET" || access === "session") continue;
    await server.operator.must(200, "GET", fillIds(operation.path, ids));
  }
  await server.operator.must(201, "POST", `${base}/messages`, SIGNER);
  await server.operator.must(201, "POST", `/v4/webhooks/${ids.webhookId}/test`, SIGNER);
  await server.operator.must(202, "POST", `/v4/webhooks/${ids.webhookId}/events/${ids.eventId}/resend`);
  await server.operator.must(200, "PUT", `/v4/webhooks/${ids.webhookId}`, { description: "by the operator" });
  await server.operator.must(200, "DELETE", `${base}/messages/${ids.messageId}/content`);
  await server.operator.must(200, "DELETE", `/v4/webhooks/${ids.webhookId}`);
});

function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

/** The fields of an object, and those of the objects inside it but for contents, which are anybody's text. */
function fieldsOf(schema: Schema | null): Record<string, Schema> {
  const { properties = {}, items } = schema ?? {};
  const inner = Object.entries(properties).filter(([name]) => name !== "content" && name !== "error");
  return Object.assign(
    {},
    ...inner.map(([, part]) => fieldsOf(part)),
    items === undefined ? {} : fieldsOf(items),
    properties,
  ) as Record<string, Schema>; // the same form
}
