/** Names that mean something to JavaScript, and characters that mean something to HTTP: wherever text comes in, they are text. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { operationsOf } from "../fuzz/reference.ts";
import { fillIds, makeHousehold } from "./support/access_world.ts";
import { API_CALLS } from "./support/api_calls.ts";
import type { CheckedClient } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();
const { ids, base, key, all } = await makeHousehold(server, receiver, 2);
const operations = operationsOf(server.reference);
const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__defineGetter__"];
const EVIL = '{"isPolluted":true,"prototype":{"isPolluted":true}}';

function assertClean(): void {
  assert.deepEqual(Object.keys(Object.prototype), []);
  assert.equal("isPolluted" in {}, false);
}

for (const { method, path, body } of operations) {
  const call = API_CALLS[`${method} ${path}`];
  if (body === null || call === undefined) continue;
  test(`${method} ${path} refuses a body with such a field, by its name`, async () => {
    for (const name of NAMES) {
      const valid = JSON.stringify(call.body ?? {});
      const text = `${valid.slice(0, -1)}${valid === "{}" ? "" : ","}${JSON.stringify(name)}:${EVIL}}`;
      const caller: CheckedClient = call.access === "operator" ? server.operator : all;
      const answer = await caller.call(method, fillIds(path, ids), text);
      assert.deepEqual([answer.status, answer.json["code"]], [400, "BODY_VALIDATION_FAILED"], answer.text);
      const { faults } = answer.json["context"] as { faults: { path: string; message: string }[] };
      assert.ok(
        faults.some((fault) => fault.path === name && fault.message === "is not a known field"),
        answer.text,
      );
    }
    assertClean();
  });
}

test("a query with such a field is refused, too, where a query is known, and ignored where none is", async () => {
  for (const { method, path, query } of operations.filter((operation) => operation.method === "GET")) {
    for (const name of NAMES) {
      const caller: CheckedClient = API_CALLS[`${method} ${path}`]?.access === "operator" ? server.operator : all;
      const answer = await caller.call(method, `${fillIds(path, ids)}?${name}=1&${name}[isPolluted]=1`);
      if (Object.keys(query).length > 0) assert.equal(answer.json["code"], "QUERY_VALIDATION_FAILED", path);
      else assert.ok(![400, 500].includes(answer.status), `${path}: ${answer.text}`);
    }
  }
  assertClean();
});

test("headers and path parts of such names are nothing special", async () => {
  const headers = Object.fromEntries(NAMES.map((name) => [name, "x"]));
  const sent = { ...headers, authorization: `Bearer ${key}`, ["__proto__"]: "x" };
  assert.equal((await fetch(`${server.url}${base}/webhooks`, { headers: sent })).status, 200);
  for (const name of NAMES) {
    await all.refused("404 WEBHOOK_NOT_FOUND", "GET", `/v4/webhooks/${name}`);
    await all.refused("404 APP_ENV_NOT_FOUND", "GET", `/v4/applications/${ids.appId}/envs/${name}/webhooks`);
    await all.refused("404 ROUTE_NOT_FOUND", "GET", `/v4/${name}`);
    await all.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/messages`, {
      topic: name,
      action: name,
      content: {},
    });
  }
  assertClean();
});

test("a content with such fields is delivered, found and shown byte for byte", async () => {
  const content = `{"signerId":"proto","__proto__":${EVIL},"constructor":{"prototype":{"isPolluted":1}},"toString":{"xId":"found-proto"}}`;
  const text = `{"topic":"SIGNER","action":"CREATED","content":${content}}`;
  await all.must(201, "POST", `${base}/messages`, text);
  const [received] = await receiver.until(1, ({ body }) => body.includes("found-proto"));
  assert.ok(received?.body.includes(`"content":${content}`));
  const found = await all.must(200, "GET", `${base}/events?search=found-proto`);
  assert.ok(found.text.includes(content));
  assertClean();
});

test("custom headers and a receiver's answer may have such names, and are kept as pairs", async () => {
  receiver.behave = (received, response) => {
    if (received.path === "/pairs") response.setHeader("__proto__", "polluted").setHeader("constructor", "x");
    response.end();
  };
  const headers = [
    ["__proto__", "one"],
    ["constructor", "two"],
  ];
  const webhook = await all.must(201, "POST", `${base}/webhooks`, { url: `${receiver.url}/pairs`, headers });
  const webhookPath = `/v4/webhooks/${String(webhook.json["_id"])}`;
  const tried = await all.must(201, "POST", `${webhookPath}/test`, { topic: "SIGNER", action: "CREATED" });
  const [received] = await receiver.until(1, ({ path }) => path === "/pairs");
  assert.equal(received?.headers["constructor"], "two"); // Node's server drops the other one from what it shows
  const read = () => all.must(200, "GET", `${webhookPath}/events/${String(tried.json["_id"])}`);
  const event = await eventually(read, ({ json }) => json["status"] === "SUCCESS");
  const [attempt] = event.json["attempts"] as { request: { headers: unknown[] }; response: { headers: unknown[] } }[];
  assert.ok(JSON.stringify(attempt?.request.headers).includes('["__proto__","***"],["constructor","***"]'));
  assert.ok(JSON.stringify(attempt?.response.headers).includes('["__proto__","polluted"],["constructor","x"]'));
  assertClean();
});

/** Characters that would end a header, or become such when they are cut to a byte. */
const BREAKS = ["\r", "\n", "\r\n", "\0", "\u010a", "\u010d", "\u2028", "\u560a", "\u007f", "\u0085"];

test("a header that would break out of its line is refused at registration and change, in name and in value", async () => {
  const path = `/v4/webhooks/${ids.webhookId}`;
  for (const text of BREAKS.map((char) => `a${char}x-injected: 1`)) {
    for (const header of [
      ["x-a", text],
      [text, "a"],
      [`x-a${text}`, ""],
    ]) {
      const body = { headers: [header] };
      await all.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/webhooks`, { url: receiver.url, ...body });
      await all.refused("400 BODY_VALIDATION_FAILED", "PUT", path, body);
    }
    await all.refused("400 WEBHOOK_URL_FORBIDDEN", "PUT", path, { url: `${receiver.url}/${text}` });
  }
});

test("what is told back in a header of an answer never has more than one line", async () => {
  const answer = await fetch(`${server.url}/v4/nowhere%0d%0ax-injected:%201`, {
    headers: { authorization: `Bearer ${key}` },
  });
  assert.equal(answer.headers.get("x-injected"), null);
  assert.match(((await answer.json()) as { message: string }).message, /nowhere%0d%0ax-injected/);
});
