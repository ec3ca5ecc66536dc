/** Receivers that misbehave in every known way beside a healthy one: each attempt ends in its verdict, and nothing else suffers. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FailureCode } from "../../src/domain/failure.ts";
import { FAILURES } from "../../src/domain/failure.ts";
import { RETRY_AFTER_MS_MAX } from "../../src/domain/retry.ts";
import type { PlacedReceiver } from "../egress/bad_world.ts";
import { startBadWorld } from "../egress/bad_world.ts";
import { ApiClient } from "./support/api_client.ts";
import { Receiver } from "./support/receiver.ts";
import { freePort, ServerProcess } from "./support/server_process.ts";
import { until } from "./support/until.ts";

const ENTRY = join(import.meta.dirname, "support/server_entry.ts");
const HOUR_MS = 3_600_000;
const DEADLINE_MS = 5_000;
/** So long after its deadline an attempt has ended, whatever its receiver does. */
const OVERTIME_MS_MAX = 1_000;
const HEALTHY_MESSAGES = 20;

type Event = {
  status: string;
  lastCode: string;
  nextAttemptAt: string | null;
  _updatedAt: string;
  attempts: {
    durationMs: number;
    error?: { code: FailureCode; message: string };
    response?: { status: number; headers: [string, string][]; body: string; truncated: boolean };
    tls?: { certificate: { subject: string } | null };
  }[];
};

test("each bad receiver ends in its own verdict and says what to fix, and a healthy one beside suffers nothing", async (t) => {
  const world = await startBadWorld();
  const healthy = new Receiver();
  const server = new ServerProcess({
    port: await freePort(),
    entry: ENTRY,
    env: {
      DELIVERY_TIMEOUT: `${DEADLINE_MS}ms`,
      RETRY_SCHEDULE: "1h",
      TEST_NAME_SERVERS: world.nameServer,
      EGRESS_CA_FILE: "ca.pem",
    },
  });
  writeFileSync(join(server.folder, "ca.pem"), world.caPem);
  t.after(async () => {
    await server.remove();
    await Promise.all([world.close(), healthy.stop()]);
  });
  await healthy.start();
  await server.start();
  const { base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  const register = async (url: string, disabledTopics: string[]): Promise<string> => {
    const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url, disabledTopics });
    return String(json["_id"]);
  };
  const placed = new Map<string, PlacedReceiver>();
  for (const receiver of world.receivers) placed.set(await register(receiver.url, ["APP"]), receiver);
  const healthyId = await register(healthy.url, []);

  const content = { signerId: "s1" };
  const message = await platform.must(201, "POST", `${base}/messages`, { topic: "SIGNER", action: "CREATED", content });
  const events = message.json["events"] as { _id: string; webhookId: string }[];
  for (let count = 1; count < HEALTHY_MESSAGES; count++) {
    await platform.must(201, "POST", `${base}/messages`, { topic: "APP", action: "ARCHIVED", content: {} });
  }
  await healthy.until(HEALTHY_MESSAGES);

  assert.ok(placed.size >= 25 && events.length === placed.size + 1);
  for (const { _id, webhookId } of events) {
    const path = `/v4/webhooks/${webhookId}/events/${_id}`;
    const read = async (): Promise<Event> => (await tenant.must(200, "GET", path)).json as Event; // the reference has its form
    await until(
      `${placed.get(webhookId)?.what ?? "the healthy one"} is settled`,
      async () => (await read()).status !== "PENDING",
    );
    const receiver = placed.get(webhookId);
    if (receiver === undefined) assert.equal((await read()).status, "SUCCESS");
    else assertVerdict(receiver, await read());
  }
  await assertCharged(tenant, placed);
  assert.equal(healthy.received.length, HEALTHY_MESSAGES);
  assert.equal(healthyId, events.find(({ webhookId }) => !placed.has(webhookId))?.webhookId);
  const logged = server.stderr
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [(JSON.parse(line) as { msg: string }).msg]));
  assert.deepEqual(logged, ["webhook disabled"], "of the one that is gone; nothing else is worth a line");
});

function assertVerdict({ what, code }: PlacedReceiver, event: Event): void {
  const [attempt] = event.attempts;
  const seen = `${what}: ${JSON.stringify(attempt)}`;
  assert.deepEqual([event.lastCode, event.status], [code, code === "200" ? "SUCCESS" : "FAILED"], seen);
  assert.ok(attempt !== undefined && event.attempts.length === 1, what);
  const { durationMs, error, response } = attempt;
  assert.ok(durationMs <= DEADLINE_MS + OVERTIME_MS_MAX, seen);
  if (code === "200") assert.equal(error, undefined, what);
  else {
    assert.ok(error !== undefined && error.message.startsWith(FAILURES[error.code]), `${what}: ${error?.message}`);
    if (!/^\d/.test(code)) assert.equal(error.code, code, what);
  }
  assert.equal(response?.status, /^\d/.test(code) ? Number(code) : undefined, what);
  assert.ok((response?.body.length ?? 0) <= 65_536, what);
  if (/^TLS_(?!FAILED)/.test(code)) assert.ok(attempt.tls?.certificate?.subject, `${what}: its certificate is shown`);
  if (code === "302") assert.deepEqual(response?.headers.at(-1), ["location", "http://169.254.169.254/"]);
  const waitMs = event.nextAttemptAt === null ? null : Date.parse(event.nextAttemptAt) - Date.parse(event._updatedAt);
  if (code === "200" || code === "410") assert.equal(waitMs, null, what);
  else if (code === "429")
    assert.ok(waitMs !== null && Math.abs(waitMs - RETRY_AFTER_MS_MAX) < 60_000, `${what}: ${waitMs}`);
  else assert.ok(waitMs !== null && Math.abs(waitMs - HOUR_MS) <= HOUR_MS / 5 + 60_000, `${what}: ${waitMs}`);
}

/** What is ours is not charged to the webhook; 410 disables it. */
async function assertCharged(tenant: ApiClient, placed: ReadonlyMap<string, PlacedReceiver>): Promise<void> {
  for (const [webhookId, { what, code }] of placed) {
    const { json } = await tenant.must(200, "GET", `/v4/webhooks/${webhookId}`);
    assert.equal(json["isDisabled"], code === "410", what);
    const isCharged = code !== "200" && code !== "TIMEOUT_DNS" && code !== "410";
    if (code !== "410")
      assert.equal(json["failingSince"] !== undefined && json["failingSince"] !== null, isCharged, what);
  }
}
