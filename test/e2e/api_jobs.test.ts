/** Jobs over HTTP: dry runs, bulk resends, replays, pausing, cancelling, reruns, and who may see them. */
import { test } from "node:test";
import assert from "node:assert/strict";
import type { CheckedClient, TestTenant } from "./support/api_server.ts";
import { eventually, startApiServer, startReceiver } from "./support/api_server.ts";

const server = await startApiServer();
const receiver = await startReceiver();
receiver.behave = ({ path }, response) => {
  response.statusCode = Number(path.slice(1)) || 200;
  response.end();
};

type Job = {
  _id: string;
  kind: string;
  webhookId: string | null;
  filter: Record<string, unknown>;
  rate: number;
  status: string;
  total: number;
  processed: number;
  queued: number;
  skipped: number;
  passed: number;
  failed: number;
  estimatedEndAt: string | null;
  createdBy: string;
  endedAt: string | null;
};
type Preview = {
  count: number;
  byTopic: { topic: string; action: string; count: number }[];
  byWebhook: { webhookId: string; count: number }[];
  skipped: { pending: number; disabled: number; erased: number };
};
type World = TestTenant & { webhookId: string; resend: string; jobs: string };

const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };
const PROFILE = { topic: "SIGNATURE_PROFILE", action: "UPDATED", content: { signatureProfileId: "p1" } };

/** A tenant whose one webhook answers `status`. */
async function setup(status = 500): Promise<World> {
  const created = await server.tenant();
  const webhookId = await addWebhook(created, status);
  return {
    ...created,
    webhookId,
    resend: `/v4/webhooks/${webhookId}/events/resend`,
    jobs: `${created.base}/jobs`,
  };
}

async function addWebhook({ tenant, base }: TestTenant, status: number): Promise<string> {
  const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url: `${receiver.url}/${status}` });
  return String(json["_id"]);
}

function answerWith(world: World, status: number, webhookId = world.webhookId) {
  return world.tenant.must(200, "PUT", `/v4/webhooks/${webhookId}`, { url: `${receiver.url}/${status}` });
}

/** Publishes, and waits until nothing is PENDING; the events' ids in order. */
async function publishSettled(world: World, messages: readonly object[]): Promise<string[]> {
  const { json } = await world.platform.must(201, "POST", `${world.base}/messages/batch`, { messages });
  await settled(world);
  return (json["messages"] as { events: { _id: string }[] }[]).flatMap(({ events }) => events.map(({ _id }) => _id));
}

function settled(world: World) {
  return eventually(
    async () =>
      (await world.tenant.must(200, "GET", `${world.base}/events?filter=PENDING`)).json["events"] as unknown[],
    (events) => events.length === 0,
  );
}

async function dryRun(client: CheckedClient, path: string, body: object = {}): Promise<Preview> {
  return (await client.must(200, "POST", path, { ...body, dryRun: true })).json as unknown as Preview;
}

async function begin(client: CheckedClient, path: string, body: object = {}): Promise<Job> {
  return (await client.must(202, "POST", path, { rate: 1_000, ...body })).json as unknown as Job;
}

async function read({ tenant, jobs }: World, { _id }: { _id: string }): Promise<Job> {
  return (await tenant.must(200, "GET", `${jobs}/${_id}`)).json as unknown as Job;
}

/** The job when it is over and every outcome is known. */
function over(world: World, job: { _id: string }): Promise<Job> {
  return eventually(
    () => read(world, job),
    ({ status, queued, passed, failed }) => status === "DONE" && passed + failed === queued,
  );
}

test("a dry run counts by topic and webhook what the job then sends, and skips the same", async () => {
  const world = await setup();
  const other = await addWebhook(world, 500);
  const off = await addWebhook(world, 500);
  await publishSettled(world, [SIGNER, SIGNER, PROFILE]);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${off}`, { isDisabled: true });
  const { events } = (await world.tenant.must(200, "GET", `/v4/webhooks/${other}/events?topic=SIGNATURE_PROFILE`))
    .json as { events: { messageId: string }[] };
  await server.operator.must(200, "DELETE", `${world.base}/messages/${events[0]?.messageId}/content`);
  const path = `${world.base}/events/resend`;
  const preview = await dryRun(world.tenant, path);
  assert.deepEqual(preview, {
    count: 4,
    byTopic: [{ topic: "SIGNER", action: "CREATED", count: 4 }],
    byWebhook: [
      { webhookId: world.webhookId, count: 2 },
      { webhookId: other, count: 2 },
    ],
    skipped: { pending: 0, disabled: 3, erased: 2 },
  });
  await answerWith(world, 200);
  const job = await begin(world.tenant, path);
  assert.deepEqual([job.total, job.kind, job.webhookId, job.filter], [9, "RESEND", null, { filter: "FAILED" }]);
  assert.match(job.createdBy, /^key_/);
  const { queued, skipped, processed, passed, failed, total, estimatedEndAt, endedAt } = await over(world, job);
  assert.deepEqual([queued, skipped, processed, passed, failed, total], [4, 5, 9, 2, 2, 9]);
  assert.ok(estimatedEndAt === null && endedAt !== null);
});

test("attempts of a job name it, and its failures are listed and run once more", async () => {
  const world = await setup();
  const ids = await publishSettled(world, [SIGNER, SIGNER]);
  const job = await begin(world.tenant, world.resend, { filter: "FAILED" });
  const done = await over(world, job);
  assert.deepEqual([done.passed, done.failed], [0, 2]);
  const event = await world.tenant.must(200, "GET", `${world.base}/events/${ids[0]}`);
  const attempts = event.json["attempts"] as { trigger: string; triggeredBy?: string }[];
  assert.deepEqual([attempts.length, attempts[1]?.trigger, attempts[1]?.triggeredBy], [2, "BULK", job._id]);
  const failures = await world.tenant.must(200, "GET", `${world.jobs}/${job._id}/failures?limit=1`);
  assert.deepEqual(
    (failures.json["items"] as { _id: string }[]).map(({ _id }) => _id),
    [ids[1]],
  );
  assert.equal((failures.json["searchData"] as { total: number }).total, 2);
  await answerWith(world, 200);
  const again = await world.tenant.must(202, "POST", `${world.jobs}/${job._id}/rerun`);
  assert.deepEqual(again.json["filter"], { failuresOf: job._id });
  assert.equal((await over(world, again.json as unknown as Job)).passed, 2);
  const nothingLeft = await world.tenant.must(202, "POST", `${world.jobs}/${job._id}/rerun`);
  assert.equal((await over(world, nothingLeft.json as unknown as Job)).total, 0);
});

test("a resend is narrowed by filter, topic, action, code and time", async () => {
  const world = await setup();
  await publishSettled(world, [SIGNER, PROFILE]);
  await answerWith(world, 200);
  await publishSettled(world, [SIGNER]);
  const later = new Date(Date.now() + 60_000).toISOString();
  for (const [body, count] of [
    [{}, 2],
    [{ filter: "ALL" }, 3],
    [{ filter: "PASSED" }, 1],
    [{ filter: "SUCCESS" }, 1],
    [{ topic: "SIGNER" }, 1],
    [{ topic: "ALL" }, 2],
    [{ filter: "ALL", topic: "SIGNER", action: "CREATED" }, 2],
    [{ code: "500" }, 2],
    [{ code: "4xx" }, 0],
    [{ from: later }, 0],
    [{ to: later }, 2],
  ] as const) {
    assert.equal((await dryRun(world.tenant, world.resend, body)).count, count, JSON.stringify(body));
    const everywhere = { ...body, webhookId: world.webhookId };
    assert.equal((await dryRun(world.tenant, `${world.base}/events/resend`, everywhere)).count, count);
  }
});

test("named events are resent, test events among them, and one that is not there refuses all", async () => {
  const world = await setup(200);
  const other = await setup(200);
  const [eventId] = await publishSettled(world, [SIGNER]);
  const tried = await world.tenant.must(201, "POST", `/v4/webhooks/${world.webhookId}/test`, SIGNER);
  await settled(world);
  const eventIds = [eventId, String(tried.json["_id"])];
  const job = await begin(world.tenant, world.resend, { eventIds });
  assert.deepEqual(job.filter["eventIds"], eventIds.toSorted());
  assert.equal((await over(world, job)).passed, 2);
  assert.equal((await dryRun(world.tenant, world.resend, { filter: "ALL" })).count, 1);
  const foreign = { eventIds: [...eventIds, (await publishSettled(other, [SIGNER]))[0]] };
  await world.tenant.refused("404 WEBHOOK_EVENT_NOT_FOUND", "POST", world.resend, foreign);
  await world.tenant.refused("404 WEBHOOK_EVENT_NOT_FOUND", "POST", `${world.base}/events/resend`, foreign);
});

test("a replay sends what a webhook has missed, once", async () => {
  const world = await setup(200);
  const from = new Date(Date.now() - 60_000).toISOString();
  await publishSettled(world, [SIGNER, PROFILE]);
  const late = await addWebhook(world, 200);
  await world.tenant.must(200, "PUT", `/v4/webhooks/${late}`, { disabledTopics: ["SIGNATURE_PROFILE"] });
  const path = `/v4/webhooks/${late}/replay`;
  const preview = await dryRun(world.tenant, path, { from });
  assert.deepEqual([preview.count, preview.byWebhook], [1, [{ webhookId: late, count: 1 }]]);
  const job = await begin(world.tenant, path, { from });
  assert.deepEqual([job.kind, job.webhookId, job.filter], ["REPLAY", late, { from }]);
  assert.equal((await over(world, job)).passed, 1);
  const { events } = (await world.tenant.must(200, "GET", `/v4/webhooks/${late}/events`)).json as {
    events: { _id: string }[];
  };
  assert.equal(events.length, 1);
  const { json } = await world.tenant.must(200, "GET", `${world.base}/events/${events[0]?._id}`);
  const [attempt] = json["attempts"] as { trigger: string; triggeredBy: string }[];
  assert.deepEqual([attempt?.trigger, attempt?.triggeredBy], ["REPLAY", job._id]);
  assert.equal((await dryRun(world.tenant, path, { from })).count, 0);
});

test("a paused job stands still, a resumed one ends, and a cancelled one leaves the rest alone", async () => {
  const world = await setup();
  await publishSettled(
    world,
    Array.from({ length: 6 }, () => SIGNER),
  );
  const job = await begin(world.tenant, world.resend, { rate: 1 });
  const path = `${world.jobs}/${job._id}`;
  await eventually(
    () => read(world, job),
    ({ queued }) => queued > 0,
  );
  const paused = await world.tenant.must(200, "POST", `${path}/pause`);
  assert.deepEqual([paused.json["status"], paused.json["estimatedEndAt"]], ["PAUSED", null]);
  const { processed } = paused.json;
  assert.ok(Number(processed) < 6);
  // The job of another call is worked off by the same rounds, which pass this one by.
  await over(world, await begin(world.tenant, world.resend, { to: new Date(0).toISOString() }));
  assert.equal((await read(world, job)).processed, processed);
  const resumed = await world.tenant.must(200, "POST", `${path}/resume`);
  assert.deepEqual([resumed.json["status"], typeof resumed.json["estimatedEndAt"]], ["RUNNING", "string"]);
  const cancelled = await world.tenant.must(200, "POST", `${path}/cancel`);
  assert.equal(cancelled.json["status"], "CANCELLED");
  assert.ok(cancelled.json["endedAt"]);
  await world.tenant.must(200, "POST", `${path}/cancel`);
  await world.tenant.refused("409 JOB_ENDED", "POST", `${path}/resume`);
  await world.tenant.refused("409 JOB_ENDED", "POST", `${path}/pause`);
  const second = await begin(world.tenant, world.resend);
  assert.equal((await over(world, second)).failed, 6);
  await world.tenant.refused("409 JOB_ENDED", "POST", `${world.jobs}/${second._id}/cancel`);
  assert.ok((await read(world, job)).queued < 6);
});

test("an idempotency key answers the same job, refuses another request, and belongs to its route", async () => {
  const world = await setup();
  await publishSettled(world, [SIGNER]);
  const header = { "idempotency-key": "key-1" };
  const body = { rate: 1_000 };
  const [one, two] = await Promise.all([
    world.tenant.call("POST", world.resend, body, header),
    world.tenant.call("POST", world.resend, body, header),
  ]);
  assert.deepEqual([one.status, two.status].toSorted(), [200, 202]);
  assert.equal(one.json["_id"], two.json["_id"]);
  const again = await world.tenant.must(200, "POST", world.resend, body, header);
  assert.equal(again.json["_id"], one.json["_id"]);
  const other = await world.tenant.must(409, "POST", world.resend, { rate: 999 }, header);
  assert.equal(other.json["code"], "IDEMPOTENCY_KEY_REUSED");
  const otherWebhook = `/v4/webhooks/${await addWebhook(world, 500)}/events/resend`;
  const elsewhere = await world.tenant.must(409, "POST", otherWebhook, body, header);
  assert.equal(elsewhere.json["code"], "IDEMPOTENCY_KEY_REUSED");
  const malformed = await world.tenant.must(400, "POST", world.resend, body, { "idempotency-key": "a b" });
  assert.equal(malformed.json["code"], "HEADER_VALIDATION_FAILED");
  assert.equal(((await world.tenant.must(200, "GET", world.jobs)).json["items"] as unknown[]).length, 1);
  const otherRoute = await world.tenant.must(202, "POST", `${world.base}/events/resend`, body, header);
  assert.notEqual(otherRoute.json["_id"], one.json["_id"]);
});

test("five jobs of an environment run at a time, and a sixth is refused by name", async () => {
  const world = await setup();
  await publishSettled(
    world,
    Array.from({ length: 30 }, () => SIGNER),
  );
  const jobs: Job[] = [];
  for (let count = 0; count < 5; count++) jobs.push(await begin(world.tenant, world.resend, { rate: 1 }));
  const refused = await world.tenant.refused("409 JOB_LIMIT_REACHED", "POST", world.resend, {});
  assert.deepEqual(refused.json["context"], { limit: 5 });
  assert.equal((await dryRun(world.tenant, world.resend)).skipped.disabled, 0);
  const [first] = jobs;
  assert.ok(first);
  await world.tenant.must(200, "POST", `${world.jobs}/${first._id}/pause`);
  jobs.push(await begin(world.tenant, world.resend, { rate: 1 }));
  await world.tenant.refused("409 JOB_LIMIT_REACHED", "POST", `${world.jobs}/${first._id}/resume`);
  for (const job of jobs) await world.tenant.must(200, "POST", `${world.jobs}/${job._id}/cancel`);
});

test("another tenant's jobs are not found, and a key without the scope is refused", async () => {
  const [world, other] = [await setup(), await setup()];
  await publishSettled(world, [SIGNER]);
  const job = await begin(world.tenant, world.resend);
  assert.deepEqual((await other.tenant.must(200, "GET", other.jobs)).json["items"], []);
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/failures"],
    ["POST", "/pause"],
    ["POST", "/resume"],
    ["POST", "/cancel"],
    ["POST", "/rerun"],
  ] as const) {
    await other.tenant.refused("404 JOB_NOT_FOUND", method, `${other.jobs}/${job._id}${path}`);
    await other.tenant.refused("404 APP_NOT_FOUND", method, `${world.jobs}/${job._id}${path}`);
    await world.platform.refused("403 SCOPE_MISSING", method, `${world.jobs}/${job._id}${path}`);
  }
  await other.tenant.refused("404 WEBHOOK_NOT_FOUND", "POST", world.resend, {});
  await other.tenant.refused("404 WEBHOOK_NOT_FOUND", "POST", `/v4/webhooks/${world.webhookId}/replay`, {
    from: "2026-01-31T09:30:00Z",
  });
  const foreignWebhook = { webhookId: world.webhookId };
  await other.tenant.refused("404 WEBHOOK_NOT_FOUND", "POST", `${other.base}/events/resend`, foreignWebhook);
  await world.tenant.refused("404 JOB_NOT_FOUND", "GET", `${world.jobs}/job_nonsense`);
});

for (const [what, body] of [
  ["an unknown field", { all: true }],
  ["an unknown filter", { filter: "PENDING" }],
  ["a rate of nothing", { rate: 0 }],
  ["a rate above 1,000", { rate: 1_001 }],
  ["a time that is none", { from: "yesterday" }],
  ["an end before the beginning", { from: "2026-01-02T00:00:00Z", to: "2026-01-02T00:00:00Z" }],
  ["no events in their list", { eventIds: [] }],
  ["more than 1,000 events", { eventIds: Array.from({ length: 1_001 }, (_, at) => eventIdLike(at)) }],
  ["the same event twice", { eventIds: [eventIdLike(1), eventIdLike(1)] }],
  ["an id that is none", { eventIds: ["evt_1"] }],
  ["events and a filter at once", { eventIds: [eventIdLike(1)], topic: "SIGNER" }],
] as const) {
  test(`a bulk resend with ${what} is refused`, async () => {
    const { tenant, resend } = await setup();
    await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", resend, body);
  });
}

test("a thousand named events and a rate of 1,000 are within the bounds, and a replay needs its beginning", async () => {
  const { tenant, resend, webhookId } = await setup();
  const body = { eventIds: Array.from({ length: 1_000 }, (_, at) => eventIdLike(at)), rate: 1_000 };
  await tenant.refused("404 WEBHOOK_EVENT_NOT_FOUND", "POST", resend, body);
  await tenant.refused("400 BODY_VALIDATION_FAILED", "POST", `/v4/webhooks/${webhookId}/replay`, {});
});

test("starting, pausing, resuming and cancelling a job are in the audit log, and its events are not", async () => {
  const world = await setup();
  await publishSettled(world, [SIGNER, SIGNER]);
  const { _id } = await begin(world.tenant, world.resend, { rate: 1 });
  for (const what of ["pause", "resume", "cancel"])
    await world.tenant.must(200, "POST", `${world.jobs}/${_id}/${what}`);
  const { json } = await server.operator.must(200, "GET", `${world.base}/audit-log`);
  const items = json["items"] as { action: string; target: { kind: string; id: string } }[];
  assert.deepEqual(
    items.filter(({ target }) => target.kind === "job").map(({ action, target }) => [action, target.id]),
    [
      ["job.cancel", _id],
      ["job.resume", _id],
      ["job.pause", _id],
      ["job.create", _id],
    ],
  );
  assert.ok(items.every(({ target }) => target.kind !== "event"));
});

function eventIdLike(at: number): string {
  return `evt_${String(at).padStart(27, "0")}`;
}
