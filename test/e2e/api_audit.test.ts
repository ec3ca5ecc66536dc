/** The audit log over HTTP: what it shows to whom, its filters and pages, and that tampering with it is found. */
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import assert from "node:assert/strict";
import type { CheckedClient } from "./support/api_server.ts";
import { startApiServer } from "./support/api_server.ts";

const folder = mkdtempSync(join(tmpdir(), "webhooks-audit-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "audit.db");
const server = await startApiServer({ DATABASE_URL: path });

type Entry = {
  _id: string;
  at: string;
  actor: { kind: string; keyId: string | null; name: string; ip: string | null };
  requestId: string | null;
  action: string;
  target: { kind: string; id: string };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  hash: string;
};

/** A tenant with a key of every scope that a console needs, named `admin`. */
async function setup() {
  const { base, appId } = await server.tenant();
  const scopes = ["webhooks", "events", "tokens", "admin"];
  const { json } = await server.operator.must(201, "POST", `${base}/api-keys`, { name: "admin", scopes });
  const admin = server.operator.as(String(json["apiKey"]));
  return { base, appId, admin, keyId: String(json["_id"]), log: `${base}/audit-log` };
}

async function entries(client: CheckedClient, url: string): Promise<Entry[]> {
  return (await client.must(200, "GET", url)).json["items"] as Entry[];
}

/** Changes the database file behind the server's back; the triggers that forbid it are removed first. */
function tamper(...statements: string[]): void {
  const database = new DatabaseSync(path);
  database.exec("drop trigger if exists audit_log_no_update; drop trigger if exists audit_log_no_delete");
  for (const statement of statements) database.exec(statement);
  database.close();
}

test("an entry says who changed what, when, from where, and what was before and after", async () => {
  const { base, admin, keyId, log } = await setup();
  const { json: webhook } = await admin.must(201, "POST", `${base}/webhooks`, {
    url: "http://127.0.0.1:9999/",
    headers: [["X-Key", "hidden-value"]],
  });
  const startedAt = Date.now();
  const updated = await admin.must(200, "PUT", `/v4/webhooks/${String(webhook["_id"])}`, { description: "new" });
  const [entry, ...older] = await entries(admin, log);
  assert.ok(entry);
  const { before, after: changed, at, hash, _id, ...rest } = entry;
  assert.deepEqual(rest, {
    actor: { kind: "tenant", keyId, name: "admin", ip: "127.0.0.1" },
    requestId: updated.headers.get("x-request-id"),
    action: "webhook.update",
    target: { kind: "webhook", id: webhook["_id"] },
  });
  assert.deepEqual([before?.["description"], changed?.["description"]], ["", "new"]);
  assert.deepEqual(changed?.["headers"], [["X-Key", "***"]]);
  assert.ok(Date.parse(at) >= startedAt - 1_000);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.match(_id, /^aud_/);
  assert.deepEqual(
    older.map(({ action }) => action),
    ["webhook.create", "api-key.create", "api-key.create"],
  );
});

test("each tenant sees its own log, and what belongs to none is the operator's", async () => {
  const [one, other] = [await setup(), await setup()];
  await other.admin.must(201, "POST", `${other.base}/webhooks`, { url: "http://127.0.0.1:9999/" });
  assert.ok((await entries(one.admin, one.log)).every(({ action }) => action === "api-key.create"));
  await one.admin.refused("404 APP_NOT_FOUND", "GET", other.log);
  await one.admin.refused("404 APP_NOT_FOUND", "GET", `${other.log}/verification`);
  await one.admin.refused("403 SCOPE_MISSING", "GET", "/v4/audit-log");
  const operators = await entries(server.operator, `/v4/audit-log?target=${one.appId}`);
  assert.deepEqual(
    operators.map(({ action, target }) => [action, target]),
    [["application.create", { kind: "application", id: one.appId }]],
  );
  assert.ok((await entries(server.operator, one.log)).length > 0);
});

test("the log is filtered by actor, action, target and time", async () => {
  const { base, admin, keyId, log } = await setup();
  const { json: webhook } = await admin.must(201, "POST", `${base}/webhooks`, { url: "http://127.0.0.1:9999/" });
  const id = String(webhook["_id"]);
  await server.operator.must(200, "PUT", `/v4/webhooks/${id}`, { description: "by the operator" });
  const [newest] = await entries(admin, log);
  const find = async (query: string) => (await entries(admin, `${log}?${query}`)).map(({ action }) => action);
  assert.deepEqual(await find("actor=admin"), ["webhook.create"]);
  assert.deepEqual(await find(`actor=${keyId}`), ["webhook.create"]);
  assert.deepEqual(await find("actor=nobody"), []);
  assert.deepEqual(await find("action=webhook.update"), ["webhook.update"]);
  assert.deepEqual(await find("action=webhook."), ["webhook.update", "webhook.create"]);
  assert.deepEqual(await find(`target=${id}`), ["webhook.update", "webhook.create"]);
  assert.deepEqual(await find(`target=${id}&actor=operator`), ["webhook.update"]);
  assert.equal((await find(`to=${newest?.at ?? ""}`)).includes("webhook.update"), false);
  assert.deepEqual(await find(`from=${newest?.at ?? ""}&action=webhook.update`), ["webhook.update"]);
  await admin.refused("400 QUERY_VALIDATION_FAILED", "GET", `${log}?from=yesterday`);
  await admin.refused("400 QUERY_VALIDATION_FAILED", "GET", `${log}?who=admin`);
  await admin.refused("400 QUERY_VALIDATION_FAILED", "GET", `${log}?target=`);
});

test("the log comes in pages, with a total", async () => {
  const { base, admin, log } = await setup();
  for (let no = 0; no < 3; no++) await admin.must(201, "POST", `${base}/webhooks`, { url: "http://127.0.0.1:9999/" });
  const first = await admin.must(200, "GET", `${log}?limit=3`);
  assert.deepEqual(first.json["searchData"], { total: 5, page: 1, nbEventsPerPage: 3 });
  const rest = await entries(admin, `${log}?limit=3&cursor=${String(first.json["nextCursor"])}`);
  assert.deepEqual(rest, await entries(admin, `${log}?limit=3&page=2`));
  assert.equal(rest.length, 2);
  await admin.refused("400 CURSOR_INVALID", "GET", `${log}?cursor=eA`);
  await admin.refused("400 PAGE_TOO_DEEP", "GET", `${log}?page=201`);
});

test("an untouched log is intact over many slices, the operator's too", async () => {
  const { base, admin, log, appId } = await setup();
  const { json: webhook } = await admin.must(201, "POST", `${base}/webhooks`, { url: "http://127.0.0.1:9999/" });
  const tenant = await server.running.store.findTenant({ appId, appEnv: "DEVELOPMENT" });
  assert.ok(tenant);
  const target = { tenant: tenant.tenant, webhookId: webhook["_id"] as never }; // an id as the server answered it
  const actor = { kind: "system", keyId: null, name: "test", ip: null, requestId: null } as const;
  const update = (no: number) =>
    server.running.store.updateWebhook({ ...target, actor, change: { description: String(no) } });
  await Promise.all(Array.from({ length: 2_000 }, (_, no) => update(no)));
  const { json } = await admin.must(200, "GET", `${log}/verification`);
  assert.deepEqual(json, { isIntact: true, rows: 2_003, brokenAt: null });
  const { searchData } = (await admin.must(200, "GET", log)).json as { searchData: { total: number } };
  assert.equal(searchData.total, 2_003);
  const operators = await server.operator.must(200, "GET", "/v4/audit-log/verification");
  assert.deepEqual([operators.json["isIntact"], operators.json["brokenAt"]], [true, null]);
});

for (const [name, change, brokenAt] of [
  ["a changed actor", "update audit_log set actor_name = 'somebody else' where id = $", 1],
  ["a changed time", "update audit_log set at = at + 1 where id = $", 1],
  ["a changed value", "update audit_log set after_json = replace(after_json, 'one', 'two') where id = $", 1],
  ["an entry given to another tenant", "update audit_log set tenant = null where id = $", 2],
  ["a removed entry", "delete from audit_log where id = $", 2],
  ["a recomputed hash", "update audit_log set hash = zeroblob(32) where id = $", 1],
] as const) {
  test(`the verification finds ${name}, and names the first entry that does not fit`, async () => {
    const { base, admin, log } = await setup();
    for (const description of ["one", "two"]) {
      await admin.must(201, "POST", `${base}/webhooks`, { url: "http://127.0.0.1:9999/", description });
    }
    const rows = (await entries(admin, log)).toReversed().slice(1);
    tamper(change.replace("$", `'${rows[1]?._id ?? ""}'`));
    const { json } = await admin.must(200, "GET", `${log}/verification`);
    assert.deepEqual(json, { isIntact: false, rows: 2, brokenAt: rows[brokenAt]?._id });
  });
}
