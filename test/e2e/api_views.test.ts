/** Shared views over HTTP: what may be one, who sees it, and what is refused in which words. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { VIEW_NAME_CHARS_MAX, VIEW_QUERY_CHARS_MAX, VIEWS_PER_TENANT_MAX } from "../../src/domain/view.ts";
import { startApiServer } from "./support/api_server.ts";

const server = await startApiServer();
const QUERY = "?filter=failed&topic=SIGNATURE&q=%C3%A9+x*._-";

/** A tenant, and two keys of it that may read events. */
async function setup() {
  const { base } = await server.tenant();
  const client = async (scopes: string[]) => {
    const { json } = await server.operator.must(201, "POST", `${base}/api-keys`, { scopes });
    return server.operator.as(String(json["apiKey"]));
  };
  return { base, path: `${base}/views`, one: await client(["events"]), two: await client(["events"]), client };
}

test("a view that one key saves is listed and deleted by another, and told in the audit log", async () => {
  const { base, path, one, two, client } = await setup();
  const { json: view } = await one.must(201, "POST", path, { name: "Broken signatures", query: QUERY });
  assert.match(String(view["_id"]), /^viw_[0-9A-Za-z]{22}$/);
  assert.match(String(view["_createdAt"]), /^\d{4}-.*Z$/);
  assert.deepEqual([view["name"], view["query"]], ["Broken signatures", QUERY]);
  assert.deepEqual((await two.must(200, "GET", path)).json, { items: [view] });
  assert.deepEqual((await two.must(200, "DELETE", `${path}/${String(view["_id"])}`)).json, view);
  assert.deepEqual((await one.must(200, "GET", path)).json, { items: [] });
  await one.refused("404 VIEW_NOT_FOUND", "DELETE", `${path}/${String(view["_id"])}`);
  await one.refused("404 VIEW_NOT_FOUND", "DELETE", `${path}/viw_x`);
  const admin = await client(["admin"]);
  const { json: log } = await admin.must(200, "GET", `${base}/audit-log?target=${String(view["_id"])}`);
  assert.deepEqual(
    (log["items"] as { action: string }[]).map(({ action }) => action),
    ["view.delete", "view.create"],
  );
});

test("views belong to one environment of an application", async () => {
  const { path, one } = await setup();
  await one.must(201, "POST", path, { name: "mine", query: "" });
  const elsewhere = path.replace("DEVELOPMENT", "PRODUCTION");
  assert.deepEqual((await server.operator.must(200, "GET", elsewhere)).json, { items: [] });
  await server.operator.must(201, "POST", elsewhere, { name: "mine", query: "" });
});

test("a name that is taken, and one view too many, are refused with what to do", async () => {
  const { path, one } = await setup();
  await one.must(201, "POST", path, { name: "taken", query: QUERY });
  const taken = await one.refused("409 VIEW_ALREADY_EXISTS", "POST", path, { name: "taken", query: "" });
  assert.match(String(taken.json["message"]), /`taken`.*another name/);
  for (let number = 1; number < VIEWS_PER_TENANT_MAX; number++) {
    await one.must(201, "POST", path, { name: `view ${number}`, query: "" });
  }
  const full = await one.refused("422 VIEW_LIMIT_REACHED", "POST", path, { name: "one more", query: "" });
  assert.match(String(full.json["message"]), /50 views.*Delete one/);
  assert.deepEqual(full.json["context"], { limit: VIEWS_PER_TENANT_MAX });
  assert.equal(((await one.must(200, "GET", path)).json["items"] as unknown[]).length, VIEWS_PER_TENANT_MAX);
});

test("a name is one line of bounded length, and a query is the search of an address", async () => {
  const { path, one } = await setup();
  const names = ["", " ", " x", "x ", "a\nb", "a\u0000b", "\u007f", "x".repeat(VIEW_NAME_CHARS_MAX + 1)];
  for (const name of names) await one.refused("400 BODY_VALIDATION_FAILED", "POST", path, { name, query: "" });
  const long = (chars: number) => `?q=${"x".repeat(chars - 3)}`;
  const queries = [
    "filter=failed",
    "?",
    "?filter",
    "?=x",
    "?a=b&",
    "?a=b&&c=d",
    "?a=%zz",
    "?a=b#c",
    "?a=b c",
    "?a=é",
    "https://evil.example/?a=b",
    "javascript:alert(1)",
    long(VIEW_QUERY_CHARS_MAX + 1),
  ];
  for (const query of queries) await one.refused("400 BODY_VALIDATION_FAILED", "POST", path, { name: "x", query });
  const told = await one.must(400, "POST", path, { name: "x", query: "filter=failed" });
  assert.match(
    String(told.json["message"]),
    /`query` is not in the form asked for: .* empty or from `\?` on, percent-encoded\.$/,
  );
  const body = { name: "x", query: "", extra: 1 };
  await one.refused("400 BODY_VALIDATION_FAILED", "POST", path, body);
  assert.deepEqual((await one.must(200, "GET", path)).json, { items: [] });
  await one.must(201, "POST", path, { name: "🦓".repeat(VIEW_NAME_CHARS_MAX), query: long(VIEW_QUERY_CHARS_MAX) });
  await one.must(201, "POST", path, { name: "a b", query: "?a=" });
});
