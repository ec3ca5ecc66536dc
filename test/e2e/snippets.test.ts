/** The programs that the console offers for receiving webhooks run as they stand, and believe only what is signed. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { verifySignature } from "@ignisign/node";
import type { Snippet, SnippetId } from "../../console/src/parts/snippet_texts.ts";
import { snippetsOf } from "../../console/src/parts/snippet_texts.ts";
import type { TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";
import { freePort } from "./support/server_process.ts";

const ROOT = join(import.meta.dirname, "../..");
const MESSAGE = { topic: "SIGNER", action: "CREATED", content: { signerId: "signer-42" } };
const hasPython = spawnSync("python3", ["--version"]).status === 0;

const server = await startApiServer();

/** A tenant with one webhook, and the snippet of a language that receives it. */
async function setup(t: TestContext, id: SnippetId, path = "/api/ignisign-webhooks") {
  const tenant = await server.tenant();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}${path}`;
  const registered = await tenant.tenant.must(201, "POST", `${tenant.base}/webhooks`, { url });
  const { _id: webhookId, secret } = registered.json as { _id: string; secret: string };
  const facts = { url, port, serverUrl: server.url, appId: tenant.appId, appEnv: "DEVELOPMENT", ...MESSAGE };
  const snippet = snippetsOf(facts).find((one) => one.id === id);
  assert.ok(snippet !== undefined);
  assert.ok(!snippet.code.includes(secret), "a snippet holds no secret");
  const folder = mkdtempSync(join(tmpdir(), "webhooks-snippet-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, snippet.file);
  writeFileSync(file, snippet.code);
  const env = { PATH: process.env["PATH"], NODE_PATH: join(ROOT, "node_modules"), WEBHOOK_SECRET: secret };
  return { tenant, url, webhookId, snippet, file, env: { ...env, IGNISIGN_API_KEY: tenant.tenantKey } };
}

type Setup = Awaited<ReturnType<typeof setup>>;

/** Runs the program until it answers; gives what it has written so far. */
async function run(t: TestContext, program: string, { file, env, url }: Setup): Promise<() => string> {
  let output = "";
  const child: ChildProcess = spawn(program, [file], { env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  t.after(() => child.kill("SIGKILL"));
  const answers = () => fetch(url, { method: "POST", body: "{}" }).catch(() => null);
  const first = await eventually(answers, (answer) => answer !== null || child.exitCode !== null);
  assert.equal(first?.status, 401, `what is not signed is refused: ${output}`);
  return () => output;
}

async function publishAndSettle({ tenant, webhookId }: Setup) {
  await tenant.platform.must(201, "POST", `${tenant.base}/messages`, MESSAGE);
  const read = async () => (await tenant.tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events`)).json["events"];
  const events = await eventually(
    async () => (await read()) as { _id: string; status: string }[],
    (found) => found[0] !== undefined && found[0].status !== "PENDING",
  );
  return details(tenant, webhookId, events[0]?._id ?? "");
}

async function details(tenant: TestTenant, webhookId: string, eventId: string) {
  const { json } = await tenant.tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events/${eventId}`);
  return json as { _id: string; status: string; attempts: { tokenConsumedAt?: string }[] };
}

test("the program with our client takes a webhook, checks its token, and refuses what is not signed", async (t) => {
  const world = await setup(t, "node");
  const output = await run(t, process.execPath, world);
  const event = await publishAndSettle(world);
  assert.equal(event.status, "SUCCESS", output());
  assert.notEqual(event.attempts[0]?.tokenConsumedAt, undefined, "the token was used");
  assert.match(output(), new RegExp(`${event._id} SIGNER CREATED \\{ signerId: 'signer-42' \\}`));
});

test("the Python program takes a webhook and refuses what is not signed", { skip: !hasPython }, async (t) => {
  const world = await setup(t, "python", "/hooks/from-ignisign.v1");
  const output = await run(t, "python3", world);
  const event = await publishAndSettle(world);
  assert.equal(event.status, "SUCCESS", output());
  assert.match(output(), new RegExp(`${event._id} SIGNER CREATED \\{'signerId': 'signer-42'\\}`));
});

test("the shell commands send a request whose signature is right, and check a token that came", async (t) => {
  const receiver = await startReceiver();
  const world = await setup(t, "curl");
  await world.tenant.tenant.must(200, "PUT", `/v4/webhooks/${world.webhookId}`, { url: `${receiver.url}/hook` });
  await publishAndSettle(world);
  const { verificationToken } = JSON.parse(receiver.received[0]?.body ?? "{}") as { verificationToken: string };
  const script = world.snippet.code.replace(world.url, `${receiver.url}/hook`);
  writeFileSync(world.file, script);
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn("sh", [world.file], { env: { ...world.env, TOKEN: verificationToken } });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    child.once("error", reject).once("close", () => resolve(text));
  });
  const sent = receiver.received[1];
  assert.ok(sent !== undefined, output);
  const { headers, body: rawBody } = sent;
  assert.equal(verifySignature({ secret: world.env.WEBHOOK_SECRET, headers, rawBody }), true);
  assert.equal(verifySignature({ secret: world.env.WEBHOOK_SECRET, headers, rawBody: `${rawBody} ` }), false);
  assert.match(output, /"isValid":true,"haveBeenConsumed":true/);
});

test("what an endpoint's address holds stays text in every program", () => {
  const url = `https://a.example/x'"$(touch%20pwned)\`id\`/*:all`;
  const facts = { url, port: 1, serverUrl: "https://s.example", appId: "appId_1", appEnv: "TEST", ...MESSAGE };
  const snippets = new Map<string, Snippet>(snippetsOf(facts).map((snippet) => [snippet.id, snippet]));
  for (const id of ["node", "standardwebhooks", "python", "go", "php"]) {
    assert.doesNotMatch(snippets.get(id)?.code ?? "", /touch|a\.example/, id);
  }
  const line =
    snippets
      .get("curl")
      ?.code.split("\n")
      .find((text) => text.startsWith("url=")) ?? "";
  assert.equal(execFileSync("sh", ["-c", `${line}; printf %s "$url"`], { encoding: "utf8" }), new URL(url).href);
});
