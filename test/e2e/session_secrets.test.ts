/** Keys and cookies of the console's sessions are written nowhere: not into the log, not into the database. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import assert from "node:assert/strict";
import { ApiClient } from "./support/api_client.ts";
import { ADMIN_API_KEY, ServerProcess, freePort } from "./support/server_process.ts";

const WRONG_KEY = "skv2_operator_6f9619ff-8b86-4011-b42d-00c04fc964ff_canaryOfAWrongKey";

test("with everything logged, neither log nor database holds a key or a cookie", async (t) => {
  const server = new ServerProcess({ port: await freePort(), env: { LOG_LEVEL: "trace" } });
  t.after(() => server.remove());
  await server.start();
  const { base, tenantKey } = await new ApiClient({ url: server.url }).newTenant();
  const page = { "sec-fetch-site": "same-origin", "ignisign-console": "1" };
  const ask = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(server.url + path, {
      method,
      headers: { ...page, ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const secrets: string[] = [];
  for (const key of [ADMIN_API_KEY, tenantKey]) {
    const answer = await ask("POST", "/v4/session", {}, { key });
    assert.equal(answer.status, 201);
    secrets.push(/=([\w-]{43});/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "");
  }
  const [secret = ""] = secrets;
  const cookie = `ignisign_session=${secret}`;
  for (const [answer, status] of [
    [await ask("POST", "/v4/session", {}, { key: WRONG_KEY }), 401],
    [await ask("POST", "/v4/session", {}, { key: WRONG_KEY, [WRONG_KEY]: 1 }), 400],
    [await ask("GET", `${base}/webhooks`, { cookie }), 200],
    [await ask("GET", `${base}/webhooks`, { cookie, "sec-fetch-site": "cross-site" }), 403],
    [await ask("GET", "/v4/nowhere", { cookie, authorization: `Bearer ${WRONG_KEY}` }), 404],
    [await ask("DELETE", "/v4/session", { cookie }), 204],
    [await ask("GET", "/v4/session", { cookie }), 401],
  ] as const) {
    assert.equal(answer.status, status);
  }
  await server.end("SIGTERM");
  const output = server.stdout + server.stderr;
  const files = readdirSync(server.folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.db/.test(name));
  assert.ok(output.includes("/v4/session") && files.length > 0);
  const stored = files.map((name) => readFileSync(join(server.folder, name), "latin1")).join("");
  const tails = [ADMIN_API_KEY, WRONG_KEY, tenantKey].map((key) => key.split("_").at(-1) ?? "");
  for (const canary of [...secrets, ...tails]) {
    assert.ok(canary.length > 15);
    assert.ok(!output.includes(canary), `the log holds ${canary}`);
    assert.ok(!stored.includes(canary), `the database holds ${canary}`);
  }
});
