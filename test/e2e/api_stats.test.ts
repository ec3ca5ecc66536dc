/** Statistics by real deliveries: what the charts say is what happened. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { histogramBounds, histogramBucket } from "../../src/domain/histogram.ts";
import type { CheckedClient, TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };

type Percentiles = { p50: number; p95: number; p99: number };
type Summary = {
  created: number;
  success: number;
  failed: number;
  firstAttempts: number;
  firstAttemptSuccess: number;
  codes: Record<string, number>;
  latency: Percentiles | null;
  queued: Percentiles | null;
};
type Stats = {
  from: string;
  to: string;
  bucketMs: number;
  totals: Summary;
  points: (Summary & { at: string })[];
  pending: { count: number; oldestAt: string | null };
};
type Attempt = { durationMs: number; timings: { queuedMs: number } };

const server = await startApiServer();
const receiver = await startReceiver();
receiver.behave = ({ path }, response) => {
  if (path === "/reset") return void response.destroy();
  response.statusCode = Number(path.slice(1));
  response.end();
};

async function addWebhook({ base, tenant }: TestTenant, path: string): Promise<string> {
  const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url + path });
  return String(json["_id"]);
}

async function stats(client: CheckedClient, path: string): Promise<Stats> {
  return (await client.must(200, "GET", path)).json as Stats;
}

/** Publishes so many, and waits until nothing of the tenant waits any more. */
async function deliver({ base, tenant, platform }: TestTenant, count: number, message: object = SIGNER): Promise<void> {
  for (let times = 0; times < count; times++) await platform.must(201, "POST", `${base}/messages`, message);
  await eventually(
    () => tenant.must(200, "GET", `${base}/events?filter=PENDING`),
    ({ json }) => (json["events"] as unknown[]).length === 0,
  );
}

/** Every attempt of every event, by the history. */
async function attemptsOf({ base, tenant }: TestTenant, webhookId: string): Promise<Attempt[]> {
  const { json } = await tenant.must(200, "GET", `${base}/events?webhookId=${webhookId}&limit=100`);
  const events = json["events"] as { _id: string; isTest: boolean }[];
  const attempts = await Promise.all(
    events
      .filter(({ isTest }) => !isTest)
      .map(async ({ _id }) => (await tenant.must(200, "GET", `${base}/events/${_id}`)).json["attempts"] as Attempt[]),
  );
  return attempts.flat();
}

/** Whether the percentile is in the bucket of the one that a look at every duration gives. */
function assertPercentiles(told: Percentiles | null, durations: readonly number[]): void {
  const sorted = durations.toSorted((one, other) => one - other);
  assert.ok(told !== null);
  for (const [share, value] of [
    [0.5, told.p50],
    [0.95, told.p95],
    [0.99, told.p99],
  ] as const) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? -1;
    const { fromMs, toMs } = histogramBounds(histogramBucket(exact));
    assert.ok(fromMs - 0.01 <= value && value <= toMs + 0.01, `${value} for ${exact} of ${durations.join()}`);
  }
}

test("counts equal what was delivered, and percentiles lie in the buckets of the attempts in the history", async () => {
  const world = await server.tenant();
  const { base, tenant } = world;
  const [good, bad, broken] = [
    await addWebhook(world, "/200"),
    await addWebhook(world, "/503"),
    await addWebhook(world, "/reset"),
  ];
  await deliver(world, 12);
  const whole = await stats(tenant, `${base}/stats`);
  const { latency, queued, ...counts } = whole.totals;
  const codes = { "200": 12, "503": 12, none: 12 };
  assert.deepEqual(counts, { created: 36, success: 12, failed: 24, firstAttempts: 36, firstAttemptSuccess: 12, codes });
  assert.deepEqual(whole.pending, { count: 0, oldestAt: null });
  const all: Attempt[] = [];
  for (const [webhookId, success, code] of [
    [good, 12, "200"],
    [bad, 0, "503"],
    [broken, 0, "none"],
  ] as const) {
    const { totals } = await stats(tenant, `/v4/webhooks/${webhookId}/stats`);
    const attempts = await attemptsOf(world, webhookId);
    assert.equal(attempts.length, 12);
    assert.deepEqual(
      [totals.created, totals.success, totals.failed, totals.codes],
      [12, success, 12 - success, { [code]: 12 }],
    );
    const durations = attempts.map(({ durationMs }) => durationMs);
    assertPercentiles(totals.latency, durations);
    const waits = attempts.map(({ timings }) => timings.queuedMs);
    assertPercentiles(totals.queued, waits);
    all.push(...attempts);
  }
  const durations = all.map(({ durationMs }) => durationMs);
  assertPercentiles(latency, durations);
  const waits = all.map(({ timings }) => timings.queuedMs);
  assertPercentiles(queued, waits);
  const { json } = await tenant.must(200, "GET", `${base}/webhooks/stats`);
  const items = json["items"] as { webhookId: string; totals: Summary; points: object[]; lastEvent: object }[];
  assert.deepEqual(
    items.map(({ webhookId, totals }) => [webhookId, totals.success, totals.failed]),
    [
      [good, 12, 0],
      [bad, 0, 12],
      [broken, 0, 12],
    ],
  );
});

test("points follow the clock, of every width, and a resend counts as an attempt and not as a first one", async () => {
  const world = await server.tenant();
  const { base, tenant } = world;
  const webhookId = await addWebhook(world, "/200");
  // Half past the hour: nothing that belongs together falls into two points.
  server.shift.ms += HOUR_MS - ((Date.now() + server.shift.ms - HOUR_MS / 2) % HOUR_MS);
  const beganAt = Date.now() + server.shift.ms;
  for (let day = 0; day < 3; day++) {
    await deliver(world, day + 1);
    server.shift.ms += DAY_MS;
  }
  const { json } = await tenant.must(200, "GET", `${base}/events`);
  const [event] = json["events"] as { _id: string }[];
  await tenant.must(202, "POST", `/v4/webhooks/${webhookId}/events/${event?._id}/resend`);
  await deliver(world, 0);
  const from = new Date(beganAt).toISOString();
  for (const bucketMs of [HOUR_MS, 6 * HOUR_MS, DAY_MS]) {
    for (const path of [`${base}/stats`, `/v4/webhooks/${webhookId}/stats`]) {
      const { totals, points, ...window } = await stats(tenant, `${path}?from=${from}&bucket=${bucketMs}`);
      assert.deepEqual([totals.created, totals.success, totals.firstAttempts], [6, 7, 6]);
      assert.equal(window.from, new Date(Math.floor(beganAt / bucketMs) * bucketMs).toISOString());
      assert.equal((Date.parse(window.to) - Date.parse(window.from)) / bucketMs, points.length);
      const busy = points.filter(({ success }) => success > 0);
      assert.deepEqual(
        busy.map(({ success }) => success),
        [1, 2, 3, 1],
      );
      for (const [day, { at }] of busy.entries()) {
        const deliveredAt = beganAt + day * DAY_MS;
        assert.ok(Date.parse(at) <= deliveredAt + MINUTE_MS && deliveredAt < Date.parse(at) + bucketMs, at);
      }
    }
  }
  const hour = await stats(
    tenant,
    `${base}/stats?from=${new Date(Date.now() + server.shift.ms - HOUR_MS).toISOString()}`,
  );
  assert.deepEqual([hour.bucketMs, hour.totals.success, hour.points.length], [MINUTE_MS, 1, 61]);
});

test("test events are in no statistic, and two tenants are apart", async () => {
  const [world, other] = [await server.tenant(), await server.tenant()];
  const { base, tenant } = world;
  const webhookId = await addWebhook(world, "/200");
  await addWebhook(other, "/200");
  await tenant.must(201, "POST", `/v4/webhooks/${webhookId}/test`, SIGNER);
  await deliver(other, 2);
  await eventually(
    () => tenant.must(200, "GET", `${base}/events?filter=SUCCESS`),
    ({ json }) => (json["events"] as unknown[]).length === 1,
  );
  for (const path of [`${base}/stats`, `/v4/webhooks/${webhookId}/stats`]) {
    const { totals, pending } = await stats(tenant, path);
    assert.deepEqual([totals.created, totals.success, totals.codes, totals.latency], [0, 0, {}, null], path);
    assert.deepEqual(pending, { count: 0, oldestAt: null });
  }
  const { json } = await tenant.must(200, "GET", `${base}/webhooks/stats`);
  const [item, ...more] = json["items"] as { webhookId: string; lastEvent: object | null }[];
  assert.deepEqual([item?.webhookId, item?.lastEvent, more.length], [webhookId, null, 0]);
  assert.deepEqual((await tenant.must(200, "GET", `${base}/stats/actions`)).json["items"], []);
  assert.equal((await stats(other.tenant, `${other.base}/stats`)).totals.success, 2);
  await other.tenant.refused("404 WEBHOOK_NOT_FOUND", "GET", `/v4/webhooks/${webhookId}/stats`);
});

test("what waits is told with the time of the oldest, and the newest event with its state", async () => {
  const world = await server.tenant();
  const { base, tenant, platform } = world;
  const webhookId = await addWebhook(world, "/200");
  await deliver(world, 1);
  const listed = async () => {
    const { json } = await tenant.must(200, "GET", `${base}/webhooks/stats`);
    const [item] = json["items"] as {
      pending: object;
      lastEvent: { _id: string; status: string; lastCode?: string };
    }[];
    assert.ok(item);
    return item;
  };
  const { lastEvent, pending } = await listed();
  assert.deepEqual([lastEvent.status, lastEvent.lastCode, pending], ["SUCCESS", "200", { count: 0, oldestAt: null }]);
  const held = Promise.withResolvers<void>();
  const { behave } = receiver;
  receiver.behave = async (_received, response) => {
    await held.promise;
    response.end();
  };
  const { json } = await platform.must(201, "POST", `${base}/messages`, SIGNER);
  await platform.must(201, "POST", `${base}/messages`, SIGNER);
  const waiting = { count: 2, oldestAt: String(json["_createdAt"]) };
  assert.deepEqual((await listed()).pending, waiting);
  for (const path of [`${base}/stats`, `/v4/webhooks/${webhookId}/stats`]) {
    assert.deepEqual((await stats(tenant, path)).pending, waiting);
  }
  assert.equal((await listed()).lastEvent.status, "PENDING");
  receiver.behave = behave;
  held.resolve();
});

test("published actions are counted by whole hours", async () => {
  const world = await server.tenant();
  const { base, tenant } = world;
  const other = {
    topic: "SIGNATURE",
    action: "SIGNATURE_SUCCESS",
    content: { signatureRequestId: "r", signerId: "s" },
  };
  await deliver(world, 2);
  await deliver(world, 1, other);
  const { json } = await tenant.must(200, "GET", `${base}/stats/actions`);
  assert.deepEqual(json["items"], [
    { topic: "SIGNATURE", action: "SIGNATURE_SUCCESS", count: 1 },
    { topic: "SIGNER", action: "CREATED", count: 2 },
  ]);
  assert.equal(Date.parse(String(json["from"])) % HOUR_MS, 0);
  const yesterday = new Date(Date.now() + server.shift.ms - DAY_MS).toISOString();
  const before = await tenant.must(200, "GET", `${base}/stats/actions?to=${yesterday}`);
  assert.deepEqual(before.json["items"], []);
});

test("an unfit window is refused with what is wrong and what would do", async () => {
  const world = await server.tenant();
  const { base, tenant } = world;
  const from = (ms: number): string => new Date(Date.now() + server.shift.ms - ms).toISOString();
  const cases: [query: string, fault: { path: string; message: string }][] = [
    ["from=yesterday", { path: "from", message: "is `yesterday`; expected a time such as 2026-01-31T09:30:00Z" }],
    [`from=${from(0)}&to=${from(1)}`, { path: "from", message: "must be before `to`, which is now unless given" }],
    [
      `from=${from(92 * DAY_MS + 60_000)}`,
      { path: "from", message: "is more than 92 days before `to`; statistics are kept for 90 days" },
    ],
    ["bucket=90000", { path: "bucket", message: "must be multiple of 60000" }],
    ["bucket=0", { path: "bucket", message: "must be >= 60000" }],
    ["bucket=1h", { path: "bucket", message: "must be integer" }],
    ["step=60000", { path: "step", message: "is not a known field" }],
  ];
  for (const path of [`${base}/stats`, `${base}/webhooks/stats`]) {
    for (const [query, fault] of cases) {
      const { json } = await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${path}?${query}`);
      assert.deepEqual((json["context"] as { faults: object[] }).faults[0], fault);
    }
  }
  const unfit: [path: string, fault: RegExp][] = [
    [`${base}/stats?bucket=60000&from=${from(25 * HOUR_MS + MINUTE_MS)}`, /makes 150[123] points; at most 1500/],
    [`${base}/stats?bucket=900000&from=${from(3 * DAY_MS)}`, /over more than 2 days, points are whole hours/],
    [`${base}/webhooks/stats?bucket=60000`, /over more than 6 hours, points are whole hours/],
    [`${base}/webhooks/stats?bucket=3600000&from=${from(9 * DAY_MS)}`, /over more than 8 days, points are whole days/],
  ];
  for (const [path, fault] of unfit) {
    const { json } = await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", path);
    assert.match(String(json["message"]), fault);
  }
  await tenant.refused("400 QUERY_VALIDATION_FAILED", "GET", `${base}/stats/actions?bucket=60000`);
});
