/** What is bounded by how often it is done: guesses at keys, checks of unknown tokens, and whatever reaches third parties. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { CLIENT_PATIENCE } from "../../src/api/guess_limits.ts";
import type { Flow } from "../../src/api/flow_limits.ts";
import { FLOW_LIMITS } from "../../src/api/flow_limits.ts";
import { systemClock } from "../../src/clock.ts";
import type { ApiServer } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s" } };
const AT_A_TIME = 20;

/** Added to what the throttles take for the time, in ms. */
const later = { ms: 0 };
const clock = { ...systemClock, monotonicMs: () => performance.now() + later.ms };
const server = await startApiServer({ TRUST_PROXY: "true" }, { clock });
const untrusting = await startApiServer({}, { clock });
const receiver = await startReceiver();

let addresses = 0;
/** The header of an address that has called nobody yet. */
function newAddress(): { "x-forwarded-for": string } {
  addresses += 1;
  return { "x-forwarded-for": `203.0.113.${addresses}` };
}

/** Does it so many times, some at a time; the statuses. */
async function repeat(times: number, call: (no: number) => Promise<{ status: number }>): Promise<number[]> {
  const statuses: number[] = [];
  while (statuses.length < times) {
    const some = Math.min(AT_A_TIME, times - statuses.length);
    const from = statuses.length;
    const answers = await Promise.all(Array.from({ length: some }, (_, at) => call(from + at)));
    statuses.push(...answers.map(({ status }) => status));
  }
  return statuses;
}

function assertAll(statuses: readonly number[], expected: number): void {
  assert.deepEqual([...new Set(statuses)], [expected]);
}

const PATH = "/v4/api-keys";
let guesses = 0;
/** Calls with a key that nobody has, another one each time. */
function guess(from: Record<string, string>, on: ApiServer = server) {
  guesses += 1;
  return on.operator.as(`guess-${guesses}`).call("GET", PATH, undefined, from);
}

test("an address with many unknown keys has to wait, longer each time; who is known, and who is elsewhere, does not", async () => {
  const [address, elsewhere] = [newAddress(), newAddress()];
  const { base, tenant } = await server.tenant();
  const fresh = await server.operator.must(201, "POST", `${base}/api-keys`, {});
  const newcomer = server.operator.as(String(fresh.json["apiKey"]));
  await tenant.must(200, "GET", `${base}/webhooks`);
  assertAll(await repeat(CLIENT_PATIENCE.freeFailures, () => guess(address)), 401);

  const refused = await guess(address);
  assert.deepEqual([refused.status, refused.json["code"]], [429, "AUTHENTICATION_THROTTLED"]);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.deepEqual(refused.json["context"], { retryAfterSeconds: 1 });
  await tenant.must(200, "GET", `${base}/webhooks`, undefined, address);
  await newcomer.must(429, "GET", `${base}/webhooks`, undefined, address);
  await newcomer.must(200, "GET", `${base}/webhooks`, undefined, elsewhere);
  // It was admitted elsewhere, so it is no guess here either.
  await newcomer.must(200, "GET", `${base}/webhooks`, undefined, address);
  assert.equal((await guess(elsewhere)).status, 401);

  later.ms += 1_000;
  assert.equal((await guess(address)).status, 401);
  assert.equal((await guess(address)).headers.get("retry-after"), "2");
});

test("a client that goes on with its revoked key is told 401 each time, and delays nobody", async () => {
  const address = newAddress();
  const { base } = await server.tenant();
  const { json } = await server.operator.must(201, "POST", `${base}/api-keys`, {});
  const revoked = server.operator.as(String(json["apiKey"]));
  await server.operator.must(200, "DELETE", `${base}/api-keys/${String(json["_id"])}`);
  assertAll(await repeat(CLIENT_PATIENCE.freeFailures + 50, () => revoked.call("GET", PATH, undefined, address)), 401);
  assert.equal((await guess(address)).status, 401);
});

test("cookies, jwtTokens and exchanges of secrets that are guessed count like keys", async () => {
  const { appId } = await server.tenant();
  const nobody = server.operator.as("");
  const jwt = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url");
  const ways: ((no: number, from: Record<string, string>) => Promise<{ status: number }>)[] = [
    (no, from) => {
      const cookie = `ignisign_session=${String(no).padStart(43, "A")}`;
      const headers = { ...from, cookie, "sec-fetch-site": "same-origin" };
      return fetch(server.url + PATH, { headers });
    },
    (no, from) => server.operator.as(`${jwt}.e30.${no}`).call("GET", PATH, undefined, from),
    (no, from) =>
      nobody.call("POST", "/v4/auth/app-api", { appId, appEnv: "DEVELOPMENT", secret: `${no}`.padStart(20) }, from),
  ];
  for (const way of ways) {
    const address = newAddress();
    assertAll(await repeat(CLIENT_PATIENCE.freeFailures, (no) => way(no, address)), 401);
    assert.equal((await way(999_999, address)).status, 429);
  }
});

test("without TRUST_PROXY nobody escapes by telling another address", async () => {
  assertAll(await repeat(CLIENT_PATIENCE.freeFailures, () => guess(newAddress(), untrusting)), 401);
  assert.equal((await guess(newAddress(), untrusting)).status, 429);
});

test("very many unknown tokens are refused, by check and inspection alike, while genuine ones are answered", async () => {
  const { appId, base, tenant, platform } = await server.tenant();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
  await platform.must(201, "POST", `${base}/messages`, SIGNER);
  const [received] = await receiver.until(1);
  const token = /wvt_[\w-]+/.exec(received?.body ?? "")?.[0] ?? "";
  const target = { appId, appEnv: "DEVELOPMENT" };
  const check = (text: string) =>
    tenant.call("POST", "/v4/tokens/webhook-verification/checking-consumption", { token: text, ...target });
  const inspect = (text: string) => tenant.call("POST", "/v4/tokens/webhook-verification/inspection", { token: text });
  const { burst } = FLOW_LIMITS.unknownToken;
  assertAll(await repeat(burst, (no) => (no % 2 === 0 ? check : inspect)(`wvt_${no}`)), 200);
  let refused = await check("wvt_x");
  // The bucket fills by ten a second while it is emptied.
  for (let no = 0; refused.status === 200 && no < burst; no++) refused = await check("wvt_x");
  assert.deepEqual([refused.status, refused.json["code"]], [429, "TOKEN_CHECKS_THROTTLED"]);
  assert.equal((await inspect(token)).json["state"], "valid");
  assert.equal((await check(token)).json["isValid"], true);
});

/** A call of each flow that is refused for another reason, so that nothing is sent: it counts all the same. */
const FLOWS: Partial<Record<Flow, (webhook: string, base: string) => [method: string, path: string, body?: object]>> = {
  webhookChange: (webhook) => ["PUT", webhook, { url: "http://127.0.0.1:9999/" }],
  test: (webhook) => ["POST", `${webhook}/test`, SIGNER],
  resend: (webhook) => ["POST", `${webhook}/events/evt_${"0".repeat(27)}/resend`],
  viewSave: (_webhook, base) => ["POST", `${base}/views`, { name: "x", query: "" }],
  jobStart: (_webhook, base) => ["POST", `${base}/events/resend`, { dryRun: true }],
};

for (const [name, callOf] of Object.entries(FLOWS)) {
  const { burst, code } = FLOW_LIMITS[name as Flow]; // a key of the same type
  test(`${code} bounds what one tenant may do, and no other tenant`, async () => {
    const [{ base, tenant }, other] = [await server.tenant(), await server.tenant()];
    const disabled = { url: "http://127.0.0.1:9999/", isDisabled: true };
    const webhook = async (one: typeof other) =>
      `/v4/webhooks/${String((await one.tenant.must(201, "POST", `${one.base}/webhooks`, disabled)).json["_id"])}`;
    const own = await webhook({ ...other, base, tenant });
    const call = () => tenant.call(...callOf(own, base));
    const statuses = await repeat(burst - 1, call);
    assert.ok(!statuses.includes(429));
    const refused = await eventually(call, ({ status }) => status === 429);
    assert.equal(refused.json["code"], code);
    assert.match(refused.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assert.notEqual((await other.tenant.call(...callOf(await webhook(other), other.base))).status, 429);
    later.ms += 60_000;
    assert.notEqual((await call()).status, 429);
  });
}
