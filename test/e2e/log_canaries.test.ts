/**
 * Nothing secret is written down: with everything logged, canaries are planted wherever a secret may come in, by right or by
 * mistake, and all that the process prints, answers or stores is searched for them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import assert from "node:assert/strict";
import { SCOPES } from "../../src/domain/values.ts";
import { ApiClient } from "./support/api_client.ts";
import { eventually } from "./support/api_server.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

const UUID = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
const ADMIN_KEY = `skv2_operator_${UUID}_canaryOfTheOperatorsKey0123456789`;
const MASTER_KEY = Buffer.from("canary-of-the-master-key-32-byte").toString("base64");
const WRONG_KEY = `skv2_operator_${UUID}_canaryOfAWrongKey0123456789`;
const WRONG_COOKIE = "canary-of-a-cookie".padEnd(43, "A");
const WRONG_TOKEN = `wvt_${"canary-of-a-token".padEnd(88, "A")}`;
const SECRET = `whsec_${Buffer.from("canary-of-a-signing-secret").toString("base64")}`;
const ROTATED = `whsec_${Buffer.from("canary-of-a-rotated-secret").toString("base64")}`;
const HEADER_VALUE = "canary-of-a-custom-header";
const URL_QUERY = "canary-of-a-query";
const URL_USER = "canary-of-a-user";
const CONTENT = "canary-of-a-content";
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: CONTENT } };

/** What is secret, by what it is; those of the second kind may be stored, but neither printed nor told. */
type Canaries = { secret: Map<string, string>; stored: Map<string, string> };

/** Everything under the folder of the database. */
function storedText(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.db/.test(name));
  assert.ok(files.length > 0);
  return files.map((name) => readFileSync(join(folder, name), "latin1")).join("");
}

function assertFree(text: string, where: string, canaries: Iterable<[name: string, value: string]>): void {
  for (const [name, value] of canaries) {
    assert.ok(value.length > 15, `${name} is too short to be searched for`);
    const at = text.indexOf(value);
    assert.ok(at === -1, `${where} holds ${name}: ${text.slice(Math.max(0, at - 200), at + 100)}`);
  }
}

/** Uses the server with every canary there is; the texts of all answers that are not meant to show one. */
async function plant(server: ServerProcess, receiver: Receiver): Promise<{ canaries: Canaries; answers: string[] }> {
  const answers: string[] = [];
  const operator = new ApiClient({ url: server.url, key: ADMIN_KEY });
  const { appId, base } = await operator.newTenant();
  const key = await operator.must(201, "POST", `${base}/api-keys`, { scopes: SCOPES, name: "all" });
  const tenantKey = String(key.json["apiKey"]);
  const all = operator.as(tenantKey);
  const url = `${receiver.url}/hook?token=${URL_QUERY}`;
  const webhook = await all.must(201, "POST", `${base}/webhooks`, {
    url,
    secret: SECRET,
    signatureVersions: ["v1", "v1a"],
    headers: [["X-Key", HEADER_VALUE]],
  });
  const webhookPath = `/v4/webhooks/${String(webhook.json["_id"])}`;
  await all.must(200, "POST", `${webhookPath}/secret/rotate`, { secret: ROTATED });
  // The receiver says back what it got, in headers and body, and fails.
  receiver.behave = ({ body, headers }, response) => {
    const token = /wvt_[\w-]+/.exec(body)?.[0] ?? "";
    response.writeHead(500, { "x-token": token, "x-key": String(headers["x-key"]) }).end(body);
  };
  const message = await all.must(201, "POST", `${base}/messages`, SIGNER);
  const eventId = (message.json["events"] as { _id: string }[])[0]?._id ?? "";
  const read = () => all.must(200, "GET", `${base}/events/${eventId}`);
  answers.push((await eventually(read, ({ json }) => json["status"] === "FAILED")).text);
  const token = /wvt_[\w-]+/.exec(receiver.received[0]?.body ?? "")?.[0] ?? "";
  const exchange = { appId, appEnv: "DEVELOPMENT", secret: tenantKey };
  const jwt = String((await operator.must(200, "POST", "/v4/auth/app-api", exchange)).json["jwtToken"]);
  const signedIn = await operator.must(201, "POST", "/v4/session", { key: tenantKey });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  answers.push(signedIn.text);

  const page = { cookie, "sec-fetch-site": "same-origin", "ignisign-console": "1" };
  const check = "/v4/tokens/webhook-verification/checking-consumption";
  const ask = async (
    status: number,
    method: string,
    path: string,
    more: { body?: unknown; headers?: object; as?: string } = {},
  ) => {
    const headers = { ...(more.as === undefined ? {} : { authorization: more.as }), ...more.headers } as Record<
      string,
      string
    >; // names and values
    if (more.body !== undefined) headers["content-type"] = "application/json";
    const body = typeof more.body === "string" ? more.body : JSON.stringify(more.body);
    const answer = await fetch(server.url + path, { method, headers, ...(more.body === undefined ? {} : { body }) });
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path}: ${text}`);
    answers.push(text);
  };
  const asAll = `Bearer ${tenantKey}`;
  for (const as of [`Bearer ${WRONG_KEY}`, `Basic ${WRONG_KEY}`, `Bearer ${WRONG_KEY} ${WRONG_KEY}`, WRONG_KEY]) {
    await ask(401, "GET", `${base}/webhooks`, { as });
  }
  await ask(401, "GET", `${base}/webhooks`, { headers: { ...page, cookie: `ignisign_session=${WRONG_COOKIE}` } });
  await ask(403, "GET", `${base}/webhooks`, { headers: { ...page, "sec-fetch-site": "cross-site" } });
  await ask(200, "GET", `${base}/webhooks`, { headers: { cookie, origin: server.url } });
  await ask(200, "GET", `${base}/webhooks`, { as: `Bearer ${jwt}` });
  await ask(401, "POST", "/v4/session", { body: { key: WRONG_KEY } });
  await ask(400, "POST", "/v4/session", { body: { key: 1, apiKey: tenantKey } });
  await ask(401, "POST", "/v4/auth/app-api", { body: { ...exchange, secret: WRONG_KEY } });
  await ask(400, "POST", `${base}/webhooks`, {
    as: asAll,
    body: { url: `http://${URL_USER}:${URL_USER}@127.0.0.1:9999/` },
  });
  await ask(400, "POST", `${base}/webhooks`, { as: asAll, body: { url, secret: `${SECRET}!` } });
  await ask(400, "PUT", webhookPath, { as: asAll, body: { headers: [["content-length", HEADER_VALUE]] } });
  await ask(400, "POST", `${base}/messages`, { as: asAll, body: JSON.stringify(SIGNER).slice(0, -3) });
  await ask(400, "POST", `${base}/messages`, { as: asAll, body: { ...SIGNER, content: { signer: CONTENT } } });
  await ask(200, "POST", check, { as: asAll, body: { token, appId, appEnv: "DEVELOPMENT" } });
  await ask(200, "POST", check, { as: asAll, body: { token: WRONG_TOKEN, appId, appEnv: "DEVELOPMENT" } });
  await ask(200, "GET", `${webhookPath}/events/${eventId}/attempts/1/signature`, { as: asAll });
  await ask(200, "POST", `${webhookPath}/events/${eventId}/signed-request`, { as: asAll });
  await ask(200, "GET", `${base}/webhooks`, { as: asAll });
  await ask(200, "GET", `${base}/audit-log?limit=100`, { as: asAll });
  await ask(200, "GET", "/v4/system", { as: `Bearer ${ADMIN_KEY}` });
  // By mistake: secrets in places where only ids belong.
  for (const text of [tenantKey, WRONG_KEY, token, SECRET.replaceAll("/", "")]) {
    await fetch(`${server.url}/v4/webhooks/${text}?key=${text}`, { headers: { authorization: asAll } });
    await fetch(`${server.url}/${text}`, { method: "DELETE" });
  }
  await ask(204, "DELETE", "/v4/session", { headers: page });
  const tail = (text: string): string => text.split("_").at(-1) ?? text;
  return {
    answers,
    canaries: {
      secret: new Map([
        ["the operator's key", tail(ADMIN_KEY)],
        ["the master key", MASTER_KEY],
        ["a wrong key", tail(WRONG_KEY)],
        ["a tenant's key", tail(tenantKey)],
        ["a jwtToken", jwt.split(".").at(-1) ?? ""],
        ["a session's cookie", cookie.slice(cookie.indexOf("=") + 1)],
        ["a wrong cookie", WRONG_COOKIE],
        ["a token", token],
        ["a wrong token", WRONG_TOKEN],
        ["a signing secret", SECRET.slice(6)],
        ["a rotated secret", ROTATED.slice(6)],
        ["a custom header", HEADER_VALUE],
        ["the user of a URL", URL_USER],
      ]),
      stored: new Map([
        ["the query of a URL", URL_QUERY],
        ["a content", CONTENT],
      ]),
    },
  };
}

test("with everything logged, no secret is printed, told or stored, wherever it came in", async (t) => {
  const env = { LOG_LEVEL: "trace", ADMIN_API_KEY: ADMIN_KEY, MASTER_KEY, RETRY_SCHEDULE: "" };
  const server = new ServerProcess({ port: await freePort(), env });
  const receiver = new Receiver();
  await receiver.start();
  t.after(async () => {
    await server.remove();
    await receiver.stop();
  });
  await server.start();
  const { canaries, answers } = await plant(server, receiver);
  await server.end("SIGTERM");

  const printed = server.stdout + server.stderr;
  assert.match(printed, /"url":"\/v4\/webhooks\//, "requests are logged");
  assert.match(printed, /\[secret\]/, "what was put into a path by mistake is masked");
  assertFree(printed, "the log", [...canaries.secret, ...canaries.stored]);
  const stored = storedText(server.folder);
  assertFree(stored, "the database", canaries.secret);
  assert.ok(stored.includes("whpk_") && !stored.includes("whsk_"), "of a key pair, the public half alone is readable");
  await refuseOtherMasterKey(t, { server, env, canaries });
  // Contents and URLs are shown to whom they belong; a secret is not.
  assertFree(answers.join("\n"), "an answer", canaries.secret);
});

/** With another master key the server does not start, and prints neither of them. */
async function refuseOtherMasterKey(
  t: TestContext,
  { server, env, canaries }: { server: ServerProcess; env: Record<string, string>; canaries: Canaries },
): Promise<void> {
  const other = Buffer.from("canary-of-another-master-32-byte").toString("base64");
  const own = { ...env, DATABASE_URL: join(server.folder, "webhooks.db"), MASTER_KEY: other };
  const restarted = new ServerProcess({ port: server.port, env: own });
  t.after(() => restarted.remove());
  const { code } = await restarted.spawn();
  assert.notEqual(code, 0);
  assert.match(restarted.stderr, /master key/i);
  const printed = restarted.stdout + restarted.stderr;
  assertFree(printed, "the output", [...canaries.secret, ["the other master key", other]]);
}

/** Settings that end the start, and what the output says of them. */
const STARTS: readonly [name: string, env: Record<string, string>, expected: readonly RegExp[]][] = [
  [
    "the value of any secret that is no good",
    {
      DATABASE_URL: "mysql://user:canary-of-a-password@127.0.0.1:9/x",
      ADMIN_API_KEY: "canary-of-a-password with spaces",
      MASTER_KEY: "canary-of-a-password",
      MASTER_KEY_PREVIOUS: "canary-of-a-password",
      PUBLIC_URL: "https://user:canary-of-a-password@example.com/",
      EGRESS_PROXY: "ftp://user:canary-of-a-password@127.0.0.1:9",
    },
    [
      /DATABASE_URL/,
      /ADMIN_API_KEY is not/,
      /MASTER_KEY is not/,
      /PUBLIC_URL is `https:\/\/\[secret\]@/,
      /EGRESS_PROXY/,
    ],
  ],
  [
    "a database's password",
    { DATABASE_URL: "postgres://user:canary-of-a-password@127.0.0.1:9/webhooks", MASTER_KEY },
    [/DATABASE_URL|127\.0\.0\.1/],
  ],
];

for (const [name, env, expected] of STARTS) {
  test(`a start that fails does not print ${name}`, async (t) => {
    const server = new ServerProcess({ port: await freePort(), env: { LOG_LEVEL: "trace", ...env } });
    t.after(() => server.remove());
    const { code } = await server.spawn();
    assert.notEqual(code, 0);
    for (const pattern of expected) assert.match(server.stderr, pattern);
    assertFree(server.stdout + server.stderr, "the output", [["the canary", "canary-of-a-password"]]);
  });
}
