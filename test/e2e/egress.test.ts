/**
 * In production nothing private is reached: no spelling of an address, at no entry point, opens a connection to a canary that
 * listens on every address of this machine. Environment proxies lead to the canary too.
 */
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { RUNNING_JOBS_MAX } from "../../src/domain/job.ts";
import { URL_CHECKS_A_MINUTE_MAX } from "../../src/egress/url_check.ts";
import { FAILURES } from "../../src/domain/failure.ts";
import { localUrls } from "../egress/local_urls.ts";
import type { DnsAnswer, DnsQuery, NameServer } from "../egress/name_server.ts";
import { NXDOMAIN, startNameServer } from "../egress/name_server.ts";
import type { RawReceiver } from "../egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../egress/raw_receiver.ts";
import { ApiClient } from "./support/api_client.ts";
import { freePort, ServerProcess } from "./support/server_process.ts";
import { until } from "./support/until.ts";

const ENTRY = join(import.meta.dirname, "support/server_entry.ts");
const PUBLIC = "93.184.216.34";
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };

/** What the name server answers by the first label of a name; none of it may lead anywhere. */
const ANSWERS: Readonly<Record<string, (query: DnsQuery) => DnsAnswer>> = {
  loopback: () => ({ addresses: ["127.0.0.1"] }),
  six: () => ({ addresses: ["::1"] }),
  any: () => ({ addresses: ["0.0.0.0", "::"] }),
  mapped: () => ({ addresses: ["::ffff:127.0.0.1"] }),
  translated: () => ({ addresses: ["64:ff9b::7f00:1"] }),
  private: () => ({ addresses: ["10.0.0.1", "fd00::1"] }),
  metadata: () => ({ addresses: ["169.254.169.254"] }),
  mixed: () => ({ addresses: [PUBLIC, "127.0.0.1"] }),
  "mixed-families": () => ({ addresses: [PUBLIC, "::1"] }),
  alias: () => ({ aliases: ["internal.corp"], addresses: ["127.0.0.1"] }),
  flip: ({ no }) => ({ addresses: [no === 1 ? PUBLIC : "127.0.0.1"] }),
  "flip-alias": ({ no }) => (no === 1 ? { addresses: [PUBLIC] } : { aliases: ["b.test"], addresses: ["127.0.0.1"] }),
};

/** Literals of every class, which no API call lets in: they are planted in the database. */
const LITERALS = `
  127.0.0.1 127.1 2130706433 0x7f.1 0177.0.0.1 0 127.0.0.1. １２７.0.0.1 %31%32%37.0.0.1 localhost LOCALHOST.
  a.localhost postgres wiki.corp metadata.google.internal x@127.0.0.1 [::1] [::] [::ffff:127.0.0.1] [::7f00:1]
  [::ffff:0:7f00:1] [::5efe:7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001::7f00:1]
  [fd00::1] [fe80::1] [fec0::1] [ff02::1] [100::1] [5f00::1] [2001:db8::1] [fd00:ec2::254] 10.0.0.1 172.16.0.1
  192.168.0.1 100.64.0.1 169.254.1.1 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1
  255.255.255.255 169.254.169.254 100.100.100.200 192.0.0.192 168.63.129.16
`
  .trim()
  .split(/\s+/);

let canary: RawReceiver;
let nameServer: NameServer;
let server: ServerProcess;

before(async () => {
  canary = await startRawReceiver((socket) => socket.write(httpAnswer(200, "leaked")), { host: "::" });
  nameServer = await startNameServer((query) => {
    const answer = ANSWERS[query.name.split(".")[0] ?? ""];
    return answer === undefined ? { code: NXDOMAIN } : answer(query);
  });
  const proxy = `http://127.0.0.1:${canary.port}`;
  server = new ServerProcess({
    port: await freePort(),
    entry: ENTRY,
    env: {
      NODE_ENV: "production",
      RETRY_SCHEDULE: "1s",
      TEST_NAME_SERVERS: `127.0.0.1:${nameServer.port}`,
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      http_proxy: proxy,
      https_proxy: proxy,
    },
  });
  await server.start();
});

after(async () => {
  await server.remove();
  await Promise.all([canary.close(), nameServer.close()]);
});

function operator(): ApiClient {
  return new ApiClient({ url: server.url });
}

test("no spelling of an address of this machine can be registered, set or checked, and none is connected to", async () => {
  const { base, tenant } = await operator().newTenant();
  const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url: "https://example.test/" });
  let checks = URL_CHECKS_A_MINUTE_MAX;
  let checking = { base, tenant };
  await fc.assert(
    fc.asyncProperty(localUrls(canary.port), async ({ text }) => {
      for (const [method, path] of [
        ["POST", `${base}/webhooks`],
        ["PUT", `/v4/webhooks/${String(json["_id"])}`],
      ] as const) {
        const refused = await tenant.must(400, method, path, { url: text });
        assert.equal(refused.json["code"], "WEBHOOK_URL_FORBIDDEN");
      }
      if (checks++ >= URL_CHECKS_A_MINUTE_MAX) {
        checks = 1;
        checking = await operator().newTenant();
      }
      const checked = await checking.tenant.must(200, "POST", `${checking.base}/webhooks/check`, { url: text });
      assert.equal(checked.json["isAccepted"], false);
      assert.deepEqual([canary.connections, nameServer.asked], [0, ["example.test A", "example.test AAAA"]]);
    }),
    { numRuns: 250 },
  );
});

test("no entry point delivers to what leads to a private address, and nobody is told what is there", async () => {
  const { base, tenant, platform } = await operator().newTenant();
  const publish = () => platform.must(201, "POST", `${base}/messages`, SIGNER);
  const from = String((await publish()).json["_createdAt"]); // before there are webhooks: for the replay
  const webhooks = await registerHostile(base, tenant);
  await checkNames(base, tenant);
  await publish();
  await untilSettled(base, tenant);
  for (const webhookId of webhooks.keys()) await tenant.must(201, "POST", `/v4/webhooks/${webhookId}/test`, SIGNER);
  await untilSettled(base, tenant);
  for (const { path } of await eventsOf(base, tenant)) {
    await tenant.must(202, "POST", `${path}/resend`);
    await tenant.must(200, "POST", `${path}/signed-request`);
  }
  await untilSettled(base, tenant);
  const bulk = await tenant.must(202, "POST", `${base}/events/resend`, { filter: "FAILED", rate: 1_000 });
  await untilDone(base, tenant, bulk.json);
  await inTurns([...webhooks.keys()], async (webhookId) => {
    await untilDone(base, tenant, (await tenant.must(202, "POST", `/v4/webhooks/${webhookId}/replay`, { from })).json);
  });
  await untilSettled(base, tenant);

  const triggersOf = new Map<string, Set<string>>();
  for (const { path, webhookId } of await eventsOf(base, tenant)) {
    const { json } = await tenant.must(200, "GET", path);
    for (const attempt of json["attempts"] as Attempt[]) {
      const { trigger, triggeredBy: _by, error, request, timings, durationMs, ...rest } = attempt;
      const where = `${String(webhooks.get(webhookId))}, ${trigger}`;
      assert.deepEqual(error, { code: "EGRESS_REFUSED", message: FAILURES.EGRESS_REFUSED }, where);
      assert.deepEqual([request.headers, Object.keys(timings), durationMs], [[], ["queuedMs"], 0], where);
      assert.deepEqual(Object.keys(rest).sort(), ["number", "startedAt", "workerId"], where);
      triggersOf.set(webhookId, (triggersOf.get(webhookId) ?? new Set()).add(trigger));
    }
  }
  for (const [webhookId, url] of webhooks) {
    const triggers = [...(triggersOf.get(webhookId) ?? [])].sort();
    assert.deepEqual(triggers, ["AUTO", "BULK", "REPLAY", "RESEND", "TEST"], url);
  }
  assert.equal(canary.connections, 0);
  const asked = new Set(nameServer.asked.map((question) => question.split(".")[0]));
  for (const label of Object.keys(ANSWERS)) assert.ok(asked.has(label), `${label} was asked for`);
  assert.ok(!nameServer.asked.some((question) => /corp|internal|localhost|postgres/.test(question)));
});

/** Webhooks whose names the API takes, and others into whose rows a URL is planted that it refuses: their URLs by id. */
async function registerHostile(base: string, tenant: ApiClient): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  const register = async (url: string): Promise<string> => {
    const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url });
    assert.equal(json["warnings"] === undefined, !url.includes("placeholder"), url);
    return String(json["_id"]);
  };
  for (const label of Object.keys(ANSWERS)) {
    const url = `http://${label}.test:${canary.port}/`;
    urls.set(await register(url), url);
  }
  const planted = new Map<string, string>();
  for (const [at, host] of LITERALS.entries()) {
    const url = `${at % 2 === 0 ? "http" : "https"}://${host}:${canary.port}/`;
    planted.set(await register("https://placeholder.example/"), url);
  }
  planted.set(await register("https://placeholder.example/"), `http://127.0.0.1:${await freePort()}/`);
  await server.end("SIGTERM");
  const database = new DatabaseSync(join(server.folder, "webhooks.db"));
  const plant = database.prepare("update webhooks set url = ? where id = ?");
  for (const [webhookId, url] of planted) plant.run(url, webhookId);
  database.close();
  await server.start();
  return new Map([...urls, ...planted]);
}

/** The check of a URL resolves its name, and connects to nothing. One that flips is left out: at first it is public. */
async function checkNames(base: string, tenant: ApiClient): Promise<void> {
  for (const label of Object.keys(ANSWERS).filter((each) => !each.startsWith("flip"))) {
    const url = `http://${label}.check.test:${canary.port}/`;
    const { json } = await tenant.must(200, "POST", `${base}/webhooks/check`, { url });
    const checks = json["checks"] as { name: string; outcome: string; message: string }[];
    const outcomes = checks.map(({ outcome }) => outcome);
    assert.deepEqual(
      [json["isAccepted"], outcomes.slice(1)],
      [false, ["passed", "failed", "skipped", "skipped"]],
      label,
    );
    assert.ok(!/\d+\.\d+|::/.test(JSON.stringify(checks)), "no address is told");
  }
}

type Attempt = {
  number: number;
  trigger: string;
  triggeredBy?: string;
  error: unknown;
  request: { headers: unknown[] };
  timings: object;
  durationMs: number;
};

type ListedEvent = { path: string; webhookId: string; status: string; nextAttemptAt: string | null };

async function eventsOf(base: string, tenant: ApiClient): Promise<ListedEvent[]> {
  const events: ListedEvent[] = [];
  for (let query = "?limit=100"; query !== "";) {
    const { json } = await tenant.must(200, "GET", `${base}/events${query}`);
    for (const event of json["events"] as Record<string, string>[]) {
      const { _id: id = "", webhookId = "", status = "", nextAttemptAt = null } = event;
      events.push({ path: `/v4/webhooks/${webhookId}/events/${id}`, webhookId, status, nextAttemptAt });
    }
    const { nextCursor } = json as { nextCursor: string | null }; // the reference says so
    query = nextCursor === null ? "" : `?limit=100&cursor=${nextCursor}`;
  }
  return events;
}

/** Does it for each item, for as many at a time as there may be jobs. */
async function inTurns<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: RUNNING_JOBS_MAX }, async () => {
      for (let item = items.pop(); item !== undefined; item = items.pop()) await work(item);
    }),
  );
}

/** Resolves when nothing is tried any more. */
async function untilSettled(base: string, tenant: ApiClient): Promise<void> {
  await until("every event is settled for good", async () => {
    const events = await eventsOf(base, tenant);
    return events.every(({ status, nextAttemptAt }) => status !== "PENDING" && nextAttemptAt === null);
  });
}

async function untilDone(base: string, tenant: ApiClient, job: Record<string, unknown>): Promise<void> {
  await until("the job is done", async () => {
    const { json } = await tenant.must(200, "GET", `${base}/jobs/${String(job["_id"])}`);
    return json["status"] === "DONE";
  });
}
