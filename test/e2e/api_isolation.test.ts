/**
 * No tenant sees another's: every call of the reference × every id in it. What belongs to another tenant is answered exactly
 * like what does not exist, and no list, figure or stream has anything of it, although both tenants look the same.
 */
import { test } from "node:test";
import assert from "node:assert/strict";
import type { Operation } from "../fuzz/reference.ts";
import { operationsOf } from "../fuzz/reference.ts";
import type { Household, Ids } from "./support/access_world.ts";
import { fillIds, makeHousehold, NOBODYS, signIn } from "./support/access_world.ts";
import { API_CALLS } from "./support/api_calls.ts";
import { startApiServer, startReceiver } from "./support/api_server.ts";
import { ADMIN_API_KEY } from "./support/server_process.ts";
import { StreamClient } from "./support/stream_client.ts";

const OWN_EVENTS = 4;
const OTHER_EVENTS = 7;

const server = await startApiServer();
const receiver = await startReceiver();
const own = await makeHousehold(server, receiver, OWN_EVENTS);
const other = await makeHousehold(server, receiver, OTHER_EVENTS);
const operations = operationsOf(server.reference).filter((operation) => {
  const { access } = callOf(operation);
  return access !== "open" && access !== "session" && access !== "operator";
});

type Answer = { status: number; text: string; headers: string[] };
type Question = { path: string; body?: object | undefined };

const bearer = { authorization: `Bearer ${own.key}` };
const foreignIds = await allIdsOf(other);
const session = {
  cookie: await signIn(server, own.key),
  "sec-fetch-site": "same-origin",
  "ignisign-console": "1",
};
const operator = { authorization: `Bearer ${ADMIN_API_KEY}` };

async function ask(
  credentials: Record<string, string>,
  { method }: Operation,
  { path, body }: Question,
): Promise<Answer> {
  const typed = body === undefined ? {} : { "content-type": "application/json" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(server.url + path, { method, headers: { ...credentials, ...typed }, ...sent });
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
  if (isStream) await answer.body?.cancel();
  const text = isStream ? "" : await answer.text();
  server.checker.check({ method, path }, { status: answer.status, text });
  return { status: answer.status, text, headers: [...answer.headers.keys()].sort() };
}

/** The answer without what differs each time, and with `value`, which the caller has sent, masked. */
function comparable({ status, text, headers }: Answer, value: string): unknown {
  return { status, headers, text: text.replaceAll(value, "…").replaceAll(/"requestId":"[^"]+"/g, "") };
}

for (const operation of operations) {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof Ids);
  const { body } = callOf(operation);
  for (const name of names) {
    test(`${nameOf(operation)} with a foreign ${name} is answered like one with a ${name} that does not exist`, async () => {
      const nobodys = NOBODYS[name];
      const foreign = name === "number" ? ["2", "0", "-1", "1e0"] : [other.ids[name], "zqzq", "__proto__", "%00"];
      // The other tenant's environment has the caller's own name: an environment that the caller has no key of, then.
      if (name === "appEnv") foreign.splice(0, 1, "PRODUCTION", "TEST", "development");
      for (const [who, credentials] of Object.entries({ bearer, session })) {
        const expected = await ask(credentials, operation, { path: pathWith(operation, name, nobodys), body });
        assert.equal(expected.status, 404, `${who}: ${expected.text}`);
        for (const value of foreign) {
          const answer = await ask(credentials, operation, { path: pathWith(operation, name, value), body });
          const shown = decodeURIComponent(value).replace("\0", "\\u0000");
          assert.deepEqual(comparable(answer, shown), comparable(expected, nobodys), `${who}: ${value}`);
        }
      }
    });
  }
  // A thing of one tenant under a thing of another does not exist for anybody: not even for the operator.
  for (const name of names.slice(1).filter((each) => each !== "appEnv" && each !== "number")) {
    test(`${nameOf(operation)} with a ${name} of another tenant than the rest is 404 for the operator, too`, async () => {
      const answer = await ask(operator, operation, { path: pathWith(operation, name, other.ids[name]), body });
      assert.equal(answer.status, 404, answer.text);
    });
  }
}

for (const operation of operations) {
  for (const [field, rule] of Object.entries(callOf(operation).foreign ?? {})) {
    if (typeof rule === "object") continue;
    test(`${nameOf(operation)} with a foreign value of ${field} shows nothing of another tenant`, async () => {
      const name = field.slice(field.indexOf(".") + 1);
      const [foreign, nobodys] = [valueFor(operation, name, other), valueFor(operation, name, null)];
      const answer = await ask(bearer, operation, questionWith(operation, field, foreign));
      assertOwnOnly(answer.text.replaceAll(foreign, "…"));
      if (rule === "ownOnly") {
        assert.ok([200, 400].includes(answer.status), answer.text);
        return;
      }
      const expected = await ask(bearer, operation, questionWith(operation, field, nobodys));
      assert.deepEqual(comparable(answer, foreign), comparable(expected, nobodys));
      assert.ok(answer.status !== 400, answer.text);
    });
  }
}

test("every call that reads shows a tenant its own things, and nothing of the other tenant", async () => {
  let shown = "";
  for (const operation of operations.filter(({ method }) => method === "GET")) {
    for (const credentials of [bearer, session]) {
      const answer = await ask(credentials, operation, { path: fillIds(operation.path, own.ids) });
      assert.equal(answer.status, 200, `${nameOf(operation)}: ${answer.text}`);
      assertOwnOnly(answer.text);
      shown += answer.text;
    }
  }
  for (const id of idsOf(own)) assert.ok(shown.includes(id), `nothing shows ${id}`);
});

test("searches that fit both tenants find the caller's own, by content, and nothing by the other's ids", async () => {
  for (const [search, count] of [
    ["signer-of-both", OWN_EVENTS],
    [own.ids.messageId, 1],
    [other.ids.messageId, 0],
    [other.ids.eventId, 0],
  ] as const) {
    for (const list of ["events", "messages"]) {
      const { json, text } = await own.all.must(200, "GET", `${own.base}/${list}?search=${search}`);
      assertOwnOnly(text);
      const found = (json["events"] ?? json["items"]) as unknown[];
      assert.equal(found.length, count, `${list} ${search}`);
      assert.equal((json["searchData"] as { total: number }).total, count);
    }
  }
});

test("statistics count a tenant's own events alone", async () => {
  for (const [{ all, base, ids }, count] of [
    [own, OWN_EVENTS],
    [other, OTHER_EVENTS],
  ] as const) {
    for (const path of [`${base}/stats`, `/v4/webhooks/${ids.webhookId}/stats`]) {
      const { json } = await all.must(200, "GET", path);
      const { created, success } = json["totals"] as { created: number; success: number };
      assert.deepEqual([created, success], [count, count], path);
    }
    const { json } = await all.must(200, "GET", `${base}/stats/actions`);
    assert.deepEqual(json["items"], [{ topic: "SIGNER", action: "CREATED", count }]);
    const webhooks = await all.must(200, "GET", `${base}/webhooks/stats`);
    assert.equal((webhooks.json["items"] as unknown[]).length, 1);
    const [webhook] = (await all.must(200, "GET", `${base}/webhooks`)).json as unknown as {
      stats: { success: number };
    }[];
    assert.equal(webhook?.stats.success, count);
  }
});

test("a stream tells of the caller's own events alone, whatever it asks for and wherever it goes on", async (t) => {
  const foreign = await open(other.key, other.base);
  await foreign.until(1, ({ event }) => event === "ready");
  const streams = [
    await open(own.key, own.base),
    await open(own.key, own.base, `?webhookId=${other.ids.webhookId}`),
    await open(own.key, own.base, "", foreign.lastId),
  ];
  t.after(() => {
    for (const stream of [foreign, ...streams]) stream.close();
  });
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "streamed-to-both" } };
  for (const { all, base } of [other, own]) await all.must(201, "POST", `${base}/messages`, message);
  const [plain, ofForeignWebhook, resumed] = streams;
  await foreign.until(2);
  for (const id of idsIn(foreign.text)) foreignIds.add(id);
  for (const stream of [plain, resumed]) {
    const items = await stream?.until(2);
    assert.ok(items?.every(({ data }) => data.includes(own.ids.webhookId)));
  }
  for (const { text } of streams) assertOwnOnly(text);
  assert.ok(ofForeignWebhook?.events.every(({ event }) => event === "ready"));
});

test("a token of the other tenant is as unknown as none, whatever the caller says it is for", async () => {
  const check = "/v4/tokens/webhook-verification/checking-consumption";
  const forged = `${other.token.slice(0, -6)}AAAAAA`;
  for (const { appId, appEnv } of [own.ids, other.ids]) {
    const [answer, unknown] = [
      await own.all.must(200, "POST", check, { token: other.token, appId, appEnv }),
      await own.all.must(200, "POST", check, { token: forged, appId, appEnv }),
    ];
    assert.equal(answer.text, unknown.text);
    assert.deepEqual([answer.json["notFound"], answer.json["badTarget"], answer.json["isValid"]], [true, false, false]);
  }
  const { appId, appEnv } = other.ids;
  assert.equal((await other.all.must(200, "POST", check, { token: other.token, appId, appEnv })).json["isValid"], true);
});

function callOf(operation: Operation) {
  const call = API_CALLS[nameOf(operation)];
  assert.ok(call, `${nameOf(operation)} is not described in support/api_calls.ts`);
  return call;
}

function nameOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

/** The path with the caller's own ids, but for one. */
function pathWith({ path }: Operation, name: keyof Ids, value: string): string {
  return fillIds(path, { ...own.ids, [name]: value });
}

function questionWith(operation: Operation, field: string, value: string): Question {
  const path = fillIds(operation.path, own.ids);
  const name = field.slice(field.indexOf(".") + 1);
  if (field.startsWith("query.")) return { path: `${path}?${name}=${encodeURIComponent(value)}` };
  const body = JSON.parse(fillIds(JSON.stringify(callOf(operation).body ?? {}), own.ids)) as object;
  return { path, body: { ...body, [name]: name.endsWith("Ids") ? [value] : value } };
}

/** What the household has of that name; without one, what names nothing. */
function valueFor({ path }: Operation, field: string, household: Household | null): string {
  const ids = household?.ids ?? NOBODYS;
  switch (field) {
    case "cursor":
      return (
        household?.cursors[path.split("/").findLast((part) => part in (household?.cursors ?? {})) ?? "events"] ?? "x"
      );
    case "token":
      return household?.token ?? `wvt_${"A".repeat(88)}`;
    case "search":
    case "id":
    case "eventIds":
      return ids.eventId;
    case "target":
    case "webhookId":
      return ids.webhookId;
    case "actor":
      return ids.keyId;
    case "appId":
      return ids.appId;
    default:
      throw new Error(`no value for ${field}`);
  }
}

function idsOf({ ids, base }: Household): string[] {
  const { appId, webhookId, eventId, messageId, keyId, jobId, viewId } = ids;
  assert.ok(base.includes(appId));
  return [appId, webhookId, eventId, messageId, keyId, jobId, viewId];
}

/** Whatever looks like an id. */
function idsIn(text: string): string[] {
  return text.match(/(whk|evt|msg|job|key|aud|sec|ses|viw)_[0-9A-Za-z]{22,27}|appId_[0-9a-f-]{36}/g) ?? [];
}

/** Every id that the household gets to see, but for the key of the operator, who acts everywhere. */
async function allIdsOf({ all, base, ids }: Household): Promise<Set<string>> {
  const log = (await all.must(200, "GET", `${base}/audit-log`)).text;
  const operators = new Set([...log.matchAll(/"kind":"operator","keyId":"(\w+)"/g)].map(([, id]) => id));
  const seen: string[] = [];
  for (const operation of operations.filter(({ method }) => method === "GET")) {
    seen.push(...idsIn((await all.must(200, "GET", fillIds(operation.path, ids))).text));
  }
  return new Set(seen.filter((id) => !operators.has(id)));
}

function assertOwnOnly(text: string): void {
  for (const id of idsIn(text)) assert.ok(!foreignIds.has(id), `${id} is another tenant's: ${text.slice(0, 500)}`);
}

async function open(key: string, base: string, query = "", lastId?: string): Promise<StreamClient> {
  return StreamClient.open(`${server.url}${base}/webhooks/stream${query}`, {
    key,
    ...(lastId === undefined ? {} : { lastId }),
  });
}
