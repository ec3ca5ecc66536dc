/** `npm run rotate-master-key`, the real program: on a SQLite file, killed in the middle, and on PostgreSQL beside servers. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { verifySignature } from "@ignisign/node";
import { systemClock } from "../../src/clock.ts";
import { formatSecret } from "../../src/domain/signature.ts";
import { DEFAULT_SETTINGS } from "../../src/domain/webhook.ts";
import type { WebhookId } from "../../src/ids.ts";
import { deriveKeys } from "../../src/master_key.ts";
import { systemRandom } from "../../src/random.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite_store.ts";
import type { Store } from "../../src/store/store.ts";
import { ACTOR, newTenant } from "../contract/world.ts";
import { ApiClient } from "./support/api_client.ts";
import { Cluster } from "./support/cluster.ts";
import { Receiver } from "./support/receiver.ts";
import { ServerProcess, freePort } from "./support/server_process.ts";

const PROGRAM = join(import.meta.dirname, "../../src/rotate_master_key.ts");
const [OLD, NEW] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64")) as [string, string]; // one for each
const BOTH = { MASTER_KEY: NEW, MASTER_KEY_PREVIOUS: OLD };
const CONSUMPTION = "/v4/tokens/webhook-verification/checking-consumption";

type Env = Record<string, string>;
type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs the program, until it has written so many lines. */
async function rotate(env: Env, killAtLine = Number.POSITIVE_INFINITY): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM], { env: { PATH: process.env["PATH"] ?? "", ...env } });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (stdout.split("\n").length > killAtLine) child.kill("SIGKILL");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null]; // what `close` is emitted with
  return { code, stdout, stderr };
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-rotation-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a server with these settings, to be ended by the test or after it. */
async function startServer(t: TestContext, env: Env): Promise<ServerProcess> {
  const server = new ServerProcess({ port: await freePort(), env });
  t.after(() => server.remove());
  await server.start();
  return server;
}

/** A start that is refused: what it said. */
async function refusedStart(t: TestContext, env: Env): Promise<string> {
  const server = new ServerProcess({ port: await freePort(), env });
  t.after(() => server.remove());
  assert.deepEqual(await server.spawn(), { code: 2, signal: null });
  return server.stderr;
}

async function startReceiver(t: TestContext): Promise<Receiver> {
  const receiver = new Receiver();
  await receiver.start();
  t.after(() => receiver.stop());
  return receiver;
}

/** A tenant of the server with a webhook that has everything that is sealed. */
async function register(server: ServerProcess, receiver: Receiver) {
  const created = await new ApiClient({ url: server.url }).newTenant();
  const body = { url: receiver.url, signatureVersions: ["v1", "v1a"], headers: [["x-own", "own value"]] };
  const { json } = await created.tenant.must(201, "POST", `${created.base}/webhooks`, body);
  const { _id: webhookId, secret, publicKey } = json as { _id: string; secret: string; publicKey: string };
  return { ...created, webhookId, keys: [secret, publicKey], receiver };
}

type Registered = Awaited<ReturnType<typeof register>>;

/** The keys of clients go with the database, wherever the server listens. */
function at(server: ServerProcess, key: string): ApiClient {
  return new ApiClient({ url: server.url, key });
}

/** Publishes through the server; the token of what was delivered, which has to be signed as before. */
async function deliver(server: ServerProcess, { base, keys, receiver }: Registered): Promise<string> {
  const message = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
  const { json } = await new ApiClient({ url: server.url }).must(201, "POST", `${base}/messages`, message);
  const id = (json["events"] as { _id: string }[])[0]?._id;
  const [received] = await receiver.until(1, ({ headers }) => headers["webhook-id"] === id);
  assert.ok(received);
  const { headers, body: rawBody } = received;
  assert.equal(headers["x-own"], "own value");
  for (const secret of keys) assert.equal(verifySignature({ secret, headers, rawBody }), true);
  return (JSON.parse(rawBody) as { verificationToken: string }).verificationToken;
}

async function isValid(server: ServerProcess, { appId, tenantKey }: Registered, token: string): Promise<unknown> {
  const body = { token, appId, appEnv: "DEVELOPMENT" };
  return (await at(server, tenantKey).must(200, "POST", CONSUMPTION, body)).json["isValid"];
}

test("on SQLite a generated key is replaced by a generated key, and the old one is kept apart", async (t) => {
  const path = join(folderOf(t), "w.db");
  const keyOf = (suffix = ""): string => readFileSync(`${path}.master-key${suffix}`, "utf8");
  const env = { DATABASE_URL: path };
  const receiver = await startReceiver(t);
  const server = await startServer(t, env);
  const registered = await register(server, receiver);
  const [token, late] = [await deliver(server, registered), await deliver(server, registered)];
  const old = keyOf();

  const locked = await rotate(env);
  assert.deepEqual([locked.code, locked.stdout], [2, ""]);
  assert.match(locked.stderr, /in use by another process/);
  assert.equal(keyOf(), old);
  await server.end("SIGTERM");

  const ended = await rotate(env);
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
  assert.match(ended.stdout, /3 secrets and sets of headers were sealed anew.*MASTER_KEY_PREVIOUS/);
  assert.notEqual(keyOf(), old);
  assert.equal(keyOf(".previous"), old);
  for (const suffix of ["", ".previous"]) assert.equal(statSync(`${path}.master-key${suffix}`).mode & 0o777, 0o600);
  for (const text of [ended.stdout, ended.stderr])
    assert.ok(!text.includes(old.trim()) && !text.includes(keyOf().trim()));

  const second = await startServer(t, { ...env, MASTER_KEY_PREVIOUS: old });
  assert.equal(await isValid(second, registered, token), true, "a token that was on its way is accepted");
  assert.equal(await isValid(second, registered, await deliver(second, registered)), true);
  await second.end("SIGTERM");
  const third = await startServer(t, env);
  assert.equal(await isValid(third, registered, late), false, "without the old key, its tokens are unknown");
  assert.equal(await isValid(third, registered, await deliver(third, registered)), true);
});

test("on SQLite keys that are given are gone over to, and from then on the old one is refused", async (t) => {
  const path = join(folderOf(t), "w.db");
  const env = { DATABASE_URL: path };
  const receiver = await startReceiver(t);
  const server = await startServer(t, { ...env, MASTER_KEY: OLD });
  const registered = await register(server, receiver);
  const exchange = { appId: registered.appId, appEnv: "DEVELOPMENT", secret: registered.tenantKey };
  const jwt = String((await at(server, "").must(200, "POST", "/v4/auth/app-api", exchange)).json["jwtToken"]);
  await server.end("SIGTERM");

  const half = await rotate({ ...env, MASTER_KEY: NEW });
  assert.equal(half.code, 2);
  assert.match(half.stderr, /needs two keys, and only MASTER_KEY is set/);
  assert.match(await refusedStart(t, { ...env, MASTER_KEY: NEW }), /sealed under master key/);
  assert.equal((await rotate({ ...env, ...BOTH })).code, 0);
  const again = await rotate({ ...env, ...BOTH });
  assert.deepEqual([again.code, again.stdout.startsWith("Nothing was left")], [0, true]);
  assert.match(await refusedStart(t, { ...env, MASTER_KEY: OLD }), /sealed under master key/);

  const second = await startServer(t, { ...env, ...BOTH });
  await at(second, jwt).must(200, "GET", `${registered.base}/webhooks`);
  await deliver(second, registered);
  await second.end("SIGTERM");
  const third = await startServer(t, { ...env, MASTER_KEY: NEW });
  await at(third, jwt).must(401, "GET", `${registered.base}/webhooks`);
  await deliver(third, registered);
});

test("without a database there is nothing to rotate, and none is made", async (t) => {
  const path = join(folderOf(t), "w.db");
  for (const keys of [{}, BOTH]) {
    const ended = await rotate({ DATABASE_URL: path, ...keys });
    assert.equal(ended.code, 2);
    assert.match(ended.stderr, /There is no database at/);
  }
  assert.throws(() => statSync(path), { code: "ENOENT" });
});

test("killed in the middle, and once more further on, a rotation comes to its end and nothing is lost", async (t) => {
  const path = join(folderOf(t), "w.db");
  const secrets = await fill(path, 2_000); // 40 steps, each of which is a line
  const env = { DATABASE_URL: path, ...BOTH };
  for (const line of [1, 10]) {
    assert.notEqual((await rotate(env, line)).code, 0, "it had steps left when it was killed");
  }
  const last = await rotate(env);
  assert.equal(last.code, 0, last.stderr);
  const store = await openSqlite(path, NEW);
  t.after(() => store.close());
  const settings = await store.deliverySettings({ webhookIds: [...secrets.keys()] });
  assert.equal(settings.length, secrets.size);
  for (const one of settings) {
    assert.deepEqual([one.secrets, one.headers], [[secrets.get(one.webhookId)], [["x-own", "value"]]]);
  }
});

test("on PostgreSQL it goes on beside servers that have both keys, and not before every one has", async (t) => {
  const cluster = await Cluster.start();
  t.after(() => cluster.remove());
  const receiver = await startReceiver(t);
  const first = await cluster.startOne("all", { MASTER_KEY: OLD });
  const registered = await register(first, receiver);
  const env = { DATABASE_URL: cluster.databaseUrl, ...BOTH };

  const second = await cluster.startOne("api", BOTH);
  assert.match(second.stderr, /MASTER_KEY is not in force yet/);
  const early = await rotate(env);
  assert.equal(early.code, 2);
  assert.match(early.stderr, new RegExp(`have not got the new key: all ${first.pid} on`));
  assert.equal(
    await isValid(second, registered, await deliver(first, registered)),
    true,
    "either knows the other's tokens",
  );
  await first.end("SIGTERM");

  const third = await cluster.startOne("all", BOTH);
  const token = await deliver(third, registered);
  assert.equal((await rotate(env)).code, 0);
  assert.equal(await isValid(third, registered, token), true);
  const update = {
    headers: [
      ["x-own", "own value"],
      ["x-more", "more"],
    ],
  };
  await at(second, registered.tenantKey).must(200, "PUT", `/v4/webhooks/${registered.webhookId}`, update);
  const late = await deliver(third, registered);
  for (const server of [second, third]) await server.end("SIGTERM");

  const last = await cluster.startOne("all", { MASTER_KEY: NEW });
  assert.equal(await isValid(last, registered, late), false);
  assert.equal(await isValid(last, registered, await deliver(last, registered)), true);
});

async function openSqlite(path: string, masterKey: string): Promise<Store> {
  const secretKey = deriveKeys(Buffer.from(masterKey, "base64")).storedSecret;
  const store = new SqliteStore({ path, clock: systemClock, random: systemRandom, secretKey, mode: "inline" });
  await store.open();
  return store;
}

/** So many webhooks under the old key, each with a secret and a header; their secrets by their ids. */
async function fill(path: string, count: number): Promise<Map<WebhookId, string>> {
  const store = await openSqlite(path, OLD);
  const secrets = new Map<WebhookId, string>();
  const settings = { ...DEFAULT_SETTINGS, url: "https://receiver.example/", headers: [["x-own", "value"]] as const };
  for (let tenants = 0; tenants < count / 100; tenants++) {
    const tenant = await newTenant(store, "DEVELOPMENT");
    const made = Array.from({ length: 100 }, async () => {
      const secret = formatSecret(systemRandom.bytes(32));
      const created = await store.createWebhook({ tenant, settings, secret, actor: ACTOR });
      assert.equal(created.kind, "created");
      secrets.set(created.webhook.id, secret);
    });
    await Promise.all(made);
  }
  await store.close();
  return secrets;
}
