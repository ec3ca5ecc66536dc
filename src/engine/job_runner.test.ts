import { test } from "node:test";
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { byFilter, createRaw, publishFailed, readJob } from "../../test/contract/job_world.ts";
import { sqliteFactory } from "../../test/contract/sqlite_factory.ts";
import type { World } from "../../test/contract/world.ts";
import {
  ACTOR,
  addWebhook,
  claim,
  FIRST_PAGE,
  newTenant,
  NO_FILTER,
  publish,
  settle,
  setup,
  success,
} from "../../test/contract/world.ts";
import type { JobId, WorkerId } from "../ids.ts";
import { createLogger } from "../log.ts";
import type { Store } from "../store/store.ts";
import { JobRunner } from "./job_runner.ts";
import type { LiveItem } from "./live_items.ts";

const NEVER = new AbortController().signal;

function newWorld(t: TestContext): Promise<World> {
  return setup(t, sqliteFactory("inline"));
}

function runnerOf(world: World, workerId: WorkerId = world.workerId, store: Store = world.store) {
  const woken: string[] = [];
  const wake = ({ webhookId }: { webhookId: string }): void => void woken.push(webhookId);
  const shown: { item: LiveItem; wakesBefore: number }[] = [];
  const live = {
    isWatched: (tenant: number) => tenant === world.tenant,
    add: (_tenant: number, items: readonly LiveItem[]) => {
      const wakesOf = (webhookId: string): number => woken.filter((id) => id === webhookId).length;
      shown.push(...items.map((item) => ({ item, wakesBefore: wakesOf(item.event.webhookId) })));
    },
  };
  const runner = new JobRunner({ store, workerId, clock: world.clock, log: createLogger("silent"), live, wake });
  return { runner, woken, shown };
}

async function newJob(world: World, rate: number): Promise<JobId> {
  const made = await createRaw(world, byFilter(), { rate });
  assert.ok(made.kind === "created");
  return made.job.id;
}

/** Rounds with the pauses that the runner asks for, until `ms` have passed. */
async function runFor(world: World, runner: JobRunner, ms: number): Promise<void> {
  for (const until = world.clock.nowMs + ms; world.clock.nowMs < until;) {
    const pauseMs = await runner.runOnce(NEVER);
    world.clock.advance(Math.min(pauseMs, until - world.clock.nowMs));
  }
}

test("a job puts as many events on their way as its rate says, and tells whom to wake", async (t) => {
  const world = await newWorld(t);
  const webhook = await addWebhook(world, { maxConcurrency: 100 });
  await publishFailed(world, webhook, 60);
  const { runner, woken } = runnerOf(world);
  const jobId = await newJob(world, 20);
  await runFor(world, runner, 2_000);
  const { queued, status } = await readJob(world, jobId);
  assert.ok(queued >= 39 && queued <= 41, `${queued} queued in 2 s`);
  assert.equal(status, "RUNNING");
  assert.deepEqual([...new Set(woken)], [webhook.id]);
  await runFor(world, runner, 1_100);
  assert.equal((await readJob(world, jobId)).status, "DONE");
  assert.equal(await runner.runOnce(NEVER), 1_000);
});

test("jobs that share a webhook take turns at the few places that it has for them", async (t) => {
  const world = await newWorld(t);
  const webhook = await addWebhook(world, { maxConcurrency: 1 });
  await publishFailed(world, webhook, 40);
  const { runner } = runnerOf(world);
  const jobs: JobId[] = [];
  for (let count = 0; count < 3; count++) jobs.push(await newJob(world, 1_000));
  for (let round = 0; round < 30; round++) {
    world.clock.advance(await runner.runOnce(NEVER));
    const waiting = await claim(world, webhook);
    assert.ok(waiting.length <= 2, `${waiting.length} wait at a time`);
    for (const event of waiting) await settle(world, success(event));
  }
  for (const jobId of jobs) assert.ok((await readJob(world, jobId)).processed >= 10);
});

test("of two workers one works on a job, and the other goes on when that one is dead", async (t) => {
  const world = await newWorld(t);
  const webhook = await addWebhook(world, { maxConcurrency: 100 });
  const ids = await publishFailed(world, webhook, 30);
  const other = world.newWorkerId();
  await world.store.registerWorker({ workerId: other, role: "all", host: "b", pid: 2 });
  const [first, second] = [runnerOf(world), runnerOf(world, other)];
  const jobId = await newJob(world, 10);
  await Promise.all([first.runner.runOnce(NEVER), second.runner.runOnce(NEVER)]);
  const [one, two] = first.woken.length > 0 ? [first, second] : [second, first];
  for (let round = 0; round < 10; round++) {
    world.clock.advance(100);
    await Promise.all([one.runner.runOnce(NEVER), two.runner.runOnce(NEVER)]);
  }
  assert.equal(two.woken.length, 0);
  assert.equal((await readJob(world, jobId)).queued, one.woken.length);
  await world.store.removeWorker({ workerId: one === first ? world.workerId : other });
  await runFor(world, two.runner, 3_000);
  const { status, queued } = await readJob(world, jobId);
  assert.deepEqual([status, queued], ["DONE", ids.length]);
});

test("a lease is prolonged while a job waits for its webhook, and lost when the worker sleeps too long", async (t) => {
  const world = await newWorld(t);
  const webhook = await addWebhook(world, { maxConcurrency: 1 });
  await publishFailed(world, webhook, 5);
  const other = world.newWorkerId();
  await world.store.registerWorker({ workerId: other, role: "all", host: "b", pid: 2 });
  const [own, late] = [runnerOf(world), runnerOf(world, other)];
  await newJob(world, 1_000);
  const holder = async () => (await world.store.findRunningJobs({ limit: 1, cursor: null })).jobs[0]?.holder;
  await runFor(world, own.runner, 60_000);
  await late.runner.runOnce(NEVER);
  assert.equal(await holder(), world.workerId);
  world.clock.advance(15_000);
  await late.runner.runOnce(NEVER);
  assert.equal(await holder(), other);
  await own.runner.runOnce(NEVER);
  assert.equal(await holder(), other);
});

test("a job whose webhook takes no more is looked at less and less often, and at once again after a step", async (t) => {
  const world = await newWorld(t);
  const webhook = await addWebhook(world, { maxConcurrency: 1 });
  await publishFailed(world, webhook, 10);
  const { runner } = runnerOf(world);
  await newJob(world, 1_000);
  await runFor(world, runner, 100);
  const pauses: number[] = [];
  for (let round = 0; round < 8; round++) {
    pauses.push(await runner.runOnce(NEVER));
    world.clock.advance(pauses.at(-1) ?? 0);
  }
  assert.deepEqual(
    pauses,
    pauses.toSorted((one, two) => one - two),
  );
  assert.equal(pauses.at(-1), 500);
  for (const event of await claim(world, webhook)) await settle(world, success(event));
  assert.equal(await runner.runOnce(NEVER), 25);
});

test("a job that cannot go on stands in nobody's way", async (t) => {
  const world = await newWorld(t);
  await publishFailed(world, await addWebhook(world), 1);
  const broken = await newJob(world, 10);
  const own = await newJob(world, 10);
  const foreign = { ...world, tenant: await newTenant(world.store, "TEST") };
  await publishFailed(foreign, await addWebhook(foreign), 1);
  const others = await newJob(foreign, 10);
  const store: Store = new Proxy(world.store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target);
      if (name !== "scanJob" || typeof method !== "function") return method;
      return (params: { jobId: JobId }): unknown => {
        if (params.jobId === broken) throw new Error("cannot be scanned");
        return Reflect.apply(method, target, [params]);
      };
    },
  });
  const { runner } = runnerOf(world, world.workerId, store);
  await runFor(world, runner, 500);
  assert.equal((await readJob(world, broken)).status, "RUNNING");
  assert.equal((await readJob(world, own)).status, "DONE");
  assert.equal((await readJob(foreign, others)).status, "DONE");
});

test("a job that is paused in the middle of a round takes no further step", async (t) => {
  const world = await newWorld(t);
  await publishFailed(world, await addWebhook(world), 5);
  const { runner } = runnerOf(world);
  const jobId = await newJob(world, 10);
  await runner.runOnce(NEVER);
  const { queued } = await readJob(world, jobId);
  await world.store.changeJob({ tenant: world.tenant, jobId, change: "pause", actor: ACTOR });
  await runFor(world, runner, 2_000);
  assert.deepEqual([queued, (await readJob(world, jobId)).queued], [1, 1]);
});

/** A replay of two messages, for a webhook that came after them. */
async function newReplay(world: World): Promise<void> {
  const from = world.clock.nowMs;
  for (let count = 0; count < 2; count++) await publish(world);
  const webhook = await addWebhook(world);
  world.clock.advance(1);
  const selection = { source: "MESSAGES", webhookId: webhook.id, from, to: null } as const;
  assert.equal((await createRaw(world, selection, { rate: 1_000 })).kind, "created");
}

test("events that a replay makes are shown as lists have them to who watches, before they are begun", async (t) => {
  const world = await newWorld(t);
  await newReplay(world);
  const unwatched = { ...world, tenant: await newTenant(world.store, "TEST") };
  await newReplay(unwatched);
  const { runner, shown } = runnerOf(world);
  await runFor(world, runner, 500);
  const all = { ...FIRST_PAGE, webhookId: null, filter: NO_FILTER };
  const { events } = await world.store.listEvents({ ...all, tenant: world.tenant });
  assert.equal(events.length, 2);
  assert.deepEqual(
    shown.map(({ item }) => item),
    events.toReversed().map((event) => ({ kind: "created", event })),
  );
  assert.deepEqual(
    shown.map(({ wakesBefore }) => wakesBefore),
    [0, 1],
    "a step shows its event, then wakes the webhook",
  );
  assert.equal((await world.store.listEvents({ ...all, tenant: unwatched.tenant })).events.length, 2);
});

test("events that are sent once more are no new ones and are not shown", async (t) => {
  const world = await newWorld(t);
  await publishFailed(world, await addWebhook(world), 2);
  await newJob(world, 1_000);
  const { runner, woken, shown } = runnerOf(world);
  await runFor(world, runner, 500);
  assert.ok(woken.length > 0);
  assert.deepEqual(shown, []);
});

test("events that cannot be read for who watches are begun all the same", async (t) => {
  const world = await newWorld(t);
  await newReplay(world);
  const store: Store = new Proxy(world.store, {
    get: (target, name) =>
      name === "getEvents" ? () => Promise.reject(new Error("cannot be read")) : Reflect.get(target, name, target),
  });
  const { runner, woken, shown } = runnerOf(world, world.workerId, store);
  await runFor(world, runner, 500);
  assert.ok(woken.length > 0);
  assert.deepEqual(shown, []);
});

test("a stop ends a round between two jobs", async (t) => {
  const world = await newWorld(t);
  await publishFailed(world, await addWebhook(world), 1);
  const jobId = await newJob(world, 10);
  const stop = new AbortController();
  stop.abort();
  await runnerOf(world).runner.runOnce(stop.signal);
  assert.equal((await readJob(world, jobId)).queued, 0);
});
