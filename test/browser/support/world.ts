/** A tenant with a history worth looking at: endpoints that answer well, badly and not at all, and what was sent to them. */
import { after } from "node:test";
import { assert } from "../../../src/assert.ts";
import type { ApiServer, TestTenant } from "../../e2e/support/api_server.ts";
import { eventually, startApiServer } from "../../e2e/support/api_server.ts";
import { ADMIN_API_KEY } from "../../e2e/support/server_process.ts";
import { Receiver } from "../../e2e/support/receiver.ts";

/** What the tests look at. */
export type World = TestTenant & {
  server: ApiServer;
  receiver: Receiver;
  operatorKey: string;
  /** With every scope of a tenant, `admin` included. */
  adminKey: string;
  /** `/a/<appId>/DEVELOPMENT`: where the tenant's pages begin. */
  home: string;
  webhooks: { healthy: string; failing: string; gone: string; paused: string };
  /** An event of the failing webhook, and one of the healthy one. */
  events: { failed: string; passed: string };
};

/** With a job of which one event failed again, too: what the pages of jobs show. */
export type ShownWorld = World & { failedJob: string };

const TENANT_SCOPES = ["webhooks", "events", "tokens", "admin"];
/** What the failing endpoint answers. */
export const FAILURE_BODY = '{"error":"database is down","retry":false,"ticket":12345678901234567890}';

/** Starts a server of its own for the test file and fills it. */
export async function startWorld(env: Record<string, string> = {}, overrides: object = {}): Promise<World> {
  const server = await startApiServer(env, overrides);
  return addTenant(server);
}

/** The same with something on every screen. */
export async function startShownWorld(): Promise<ShownWorld> {
  return addFailedJob(await startWorld());
}

/** Resends the event that has failed, which fails again. */
export async function addFailedJob(world: World): Promise<ShownWorld> {
  const { tenant, base, webhooks, events } = world;
  const body = { eventIds: [events.failed] };
  const made = await tenant.must(202, "POST", `/v4/webhooks/${webhooks.failing}/events/resend`, body);
  const failedJob = String(made.json["_id"]);
  const read = async () => (await tenant.must(200, "GET", `${base}/jobs/${failedJob}`)).json;
  await eventually(read, ({ status, failed }) => status === "DONE" && failed === 1);
  return { ...world, failedJob };
}

/** A tenant on a server that runs already. */
export async function addTenant(server: ApiServer): Promise<World> {
  const receiver = new Receiver();
  await receiver.start();
  after(() => receiver.stop());
  receiver.behave = ({ path }, response) => {
    if (path.startsWith("/failing")) response.writeHead(503, { "content-type": "application/json" }).end(FAILURE_BODY);
    else if (path.startsWith("/gone")) response.writeHead(410).end();
    else response.writeHead(200, { "content-type": "text/plain" }).end("thank you");
  };
  const tenant = await server.tenant();
  const admin = await server.operator.must(201, "POST", `${tenant.base}/api-keys`, {
    name: "Console",
    scopes: TENANT_SCOPES,
  });
  const webhooks = {
    healthy: await register(tenant, `${receiver.url}/healthy`, { description: "Contract archive" }),
    failing: await register(tenant, `${receiver.url}/failing`, {
      description: "Legacy CRM",
      retrySchedule: [3_600_000, 7_200_000],
    }),
    gone: await register(tenant, `${receiver.url}/gone`, { description: "Old intranet" }),
    paused: await register(tenant, `${receiver.url}/paused`, { description: "Staging copy", isDisabled: true }),
  };
  await publishAll(tenant);
  const events = {
    failed: await settledEvent(tenant, webhooks.failing, "FAILED"),
    passed: await settledEvent(tenant, webhooks.healthy, "SUCCESS"),
  };
  await tenant.tenant.must(201, "POST", `/v4/webhooks/${webhooks.healthy}/test`, {
    topic: "SIGNER",
    action: "CREATED",
  });
  const home = `/a/${tenant.appId}/DEVELOPMENT`;
  const adminKey = String(admin.json["apiKey"]);
  return { ...tenant, server, receiver, operatorKey: ADMIN_API_KEY, adminKey, home, webhooks, events };
}

/** Registers a webhook and gives its id. */
export async function register(tenant: TestTenant, url: string, settings: object = {}): Promise<string> {
  const { json } = await tenant.tenant.must(201, "POST", `${tenant.base}/webhooks`, { url, ...settings });
  return String(json["_id"]);
}

/** Publishes a message. */
export async function publish(tenant: TestTenant, topic: string, action: string, content: object): Promise<string> {
  const { json } = await tenant.platform.must(201, "POST", `${tenant.base}/messages`, { topic, action, content });
  return String(json["_id"]);
}

async function publishAll(tenant: TestTenant): Promise<void> {
  for (let number = 1; number <= 12; number++) {
    const signatureRequestId = `sr-${number}`;
    await publish(tenant, "SIGNATURE_REQUEST", "LAUNCHED", { signatureRequestId });
    await publish(tenant, "SIGNATURE", "SIGNATURE_SUCCESS", { signatureRequestId, signerId: `signer-${number}` });
  }
  await publish(tenant, "SIGNATURE_PROOF", "GENERATED", { signatureRequestId: "sr-1", signatureProofToken: "proof" });
}

async function settledEvent(tenant: TestTenant, webhookId: string, status: string): Promise<string> {
  const read = async () =>
    (await tenant.tenant.must(200, "GET", `/v4/webhooks/${webhookId}/events?filter=${status}`)).json["events"];
  const events = await eventually(read, (found) => Array.isArray(found) && found.length > 0);
  assert(Array.isArray(events), "a list of events is no list");
  return (events[0] as { _id: string })._id; // the list has events
}
