/** The life of a key: its last use, its replacement, and the very millisecond of its end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import assert from "node:assert/strict";
import { systemClock } from "../../src/clock.ts";
import { startApiServer } from "./support/api_server.ts";
import { BrowserClient } from "./support/browser_client.ts";

const folder = mkdtempSync(join(tmpdir(), "webhooks-keys-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const NOW = Date.parse("2030-01-31T09:30:00.000Z");

test("a key is good until the millisecond of its expiry and not in it, in whatever form it is sent", async () => {
  const at = { ms: NOW };
  const server = await startApiServer({}, { clock: { ...systemClock, now: () => at.ms } });
  const { appId, base } = await server.tenant();
  const expiresAt = "2030-01-31T10:30:00.000Z";
  const { json } = await server.operator.must(201, "POST", `${base}/api-keys`, { expiresAt });
  const apiKey = String(json["apiKey"]);
  const page = new BrowserClient(server);
  await page.must(201, "POST", "/v4/session", { key: apiKey });
  const exchange = { appId, appEnv: "DEVELOPMENT", secret: apiKey };
  // A session that is not used for 30 minutes ends by itself.
  at.ms += 20 * 60_000;
  await page.must(200, "GET", `${base}/webhooks`);
  at.ms += 20 * 60_000;
  await page.must(200, "GET", `${base}/webhooks`);
  const jwt = String((await server.operator.must(200, "POST", "/v4/auth/app-api", exchange)).json["jwtToken"]);
  const list = (text: string) => server.operator.as(text).call("GET", `${base}/webhooks`);

  at.ms = Date.parse(expiresAt) - 1;
  assert.equal((await list(apiKey)).status, 200);
  assert.equal((await list(jwt)).status, 200);
  await page.must(200, "GET", `${base}/webhooks`);

  at.ms += 1;
  for (const answer of [await list(apiKey), await list(jwt), await page.call("GET", `${base}/webhooks`)]) {
    assert.deepEqual([answer.status, answer.json["code"]], [401, "AUTHENTICATION_FAILED"]);
  }
  await server.operator.refused("401 AUTHENTICATION_FAILED", "POST", "/v4/auth/app-api", exchange);
  await new BrowserClient(server).refused("401 AUTHENTICATION_FAILED", "POST", "/v4/session", { key: apiKey });
  const past = { expiresAt: new Date(at.ms).toISOString() };
  await server.operator.refused("400 BODY_VALIDATION_FAILED", "POST", `${base}/api-keys`, past);
});

test("a key is replaced without a gap: both are good until the old one is revoked, which leaves the new one alone", async () => {
  const server = await startApiServer();
  const { base } = await server.tenant();
  const scopes = ["admin", "webhooks"];
  const old = await server.operator.must(201, "POST", `${base}/api-keys`, { name: "old", scopes });
  const oldClient = server.operator.as(String(old.json["apiKey"]));
  // Who has the scope admin replaces his own key by himself.
  const made = await oldClient.must(201, "POST", `${base}/api-keys`, { name: "new", scopes });
  const newClient = server.operator.as(String(made.json["apiKey"]));
  for (const client of [oldClient, newClient]) await client.must(200, "GET", `${base}/webhooks`);
  await newClient.must(200, "DELETE", `${base}/api-keys/${String(old.json["_id"])}`);
  await oldClient.refused("401 AUTHENTICATION_FAILED", "GET", `${base}/webhooks`);
  await newClient.must(200, "GET", `${base}/webhooks`);
  const { json } = await newClient.must(200, "GET", `${base}/api-keys`);
  const names = new Set((json["items"] as { name: string }[]).map(({ name }) => name));
  assert.deepEqual([names.has("new"), names.has("old")], [true, false]);
});

test("when and from where a key was last used is known after a restart: the last use counts, by its client's address", async () => {
  const env = { DATABASE_URL: join(folder, "uses.db"), TRUST_PROXY: "true" };
  const at = { ms: NOW };
  const clock = { ...systemClock, now: () => at.ms };
  const first = await startApiServer(env, { clock });
  const { base, tenant } = await first.tenant();
  const unused = await first.operator.must(201, "POST", `${base}/api-keys`, { name: "unused" });
  assert.deepEqual([unused.json["lastUsedAt"], unused.json["lastUsedIp"]], [null, null]);
  for (const address of ["198.51.100.7", "198.51.100.8, 10.0.0.1", "2001:db8::9"]) {
    at.ms += 1_000;
    await tenant.must(200, "GET", `${base}/webhooks`, undefined, { "x-forwarded-for": address });
  }
  await first.running.stop({ deadlineMs: 1_000 });
  const second = await startApiServer(env, { clock });
  const { json } = await second.operator.must(200, "GET", `${base}/api-keys`);
  const uses = (json["items"] as { name: string; lastUsedAt: string | null; lastUsedIp: string | null }[]).map(
    ({ name, lastUsedAt, lastUsedIp }) => [name, lastUsedAt, lastUsedIp],
  );
  assert.deepEqual(uses, [
    ["unused", null, null],
    ["tenant", "2030-01-31T09:30:03.000Z", "2001:db8::9"],
  ]);
});

test("a key that is used from another network than before says so, and none that goes on within its own", async () => {
  const env = { DATABASE_URL: join(folder, "networks.db"), TRUST_PROXY: "true" };
  const at = { ms: NOW };
  const clock = { ...systemClock, now: () => at.ms };
  const first = await startApiServer(env, { clock });
  const { base } = await first.tenant();
  const made = await first.operator.must(201, "POST", `${base}/api-keys`, { name: "roaming" });
  const apiKey = String(made.json["apiKey"]);
  await first.running.stop({ deadlineMs: 1_000 });
  const seen: unknown[] = [];
  for (const address of ["198.51.100.7", "198.51.100.8", "2001:db8::9", "198.51.100.7"]) {
    const server = await startApiServer(env, { clock });
    at.ms += 1_000;
    await server.operator.as(apiKey).must(200, "GET", `${base}/webhooks`, undefined, { "x-forwarded-for": address });
    await server.running.stop({ deadlineMs: 1_000 });
    const reader = await startApiServer(env, { clock });
    const { json } = await reader.operator.must(200, "GET", `${base}/api-keys`);
    const { networks, newNetworkAt } =
      (json["items"] as { name: string; networks: string[]; newNetworkAt: string | null }[]).find(
        ({ name }) => name === "roaming",
      ) ?? assert.fail();
    seen.push([networks, newNetworkAt]);
    await reader.running.stop({ deadlineMs: 1_000 });
  }
  const [v4, v6] = ["198.51.100.0/24", "2001:db8::/48"];
  assert.deepEqual(seen, [
    [[v4], null],
    [[v4], null],
    [[v6, v4], "2030-01-31T09:30:03.000Z"],
    [[v4, v6], "2030-01-31T09:30:03.000Z"],
  ]);
});
