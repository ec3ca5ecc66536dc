/** Jobs as such: making, listing, pausing, cancelling, leasing and pruning them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RUNNING_JOBS_MAX } from "../../src/domain/job.ts";
import type { JobId } from "../../src/ids.ts";
import {
  byFilter,
  claimJob,
  createJob,
  createRaw,
  found,
  LEASE_MS,
  progress,
  publishFailed,
  readJob,
  scan,
  step,
  work,
} from "./job_world.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import {
  ACTOR,
  addWebhook,
  claim,
  claimOne,
  DAY_MS,
  failed,
  FIRST_PAGE,
  newTenant,
  settle,
  setup,
  sha256,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function jobsContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a job is stored as asked, listed newest first, and its tenant's alone"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 1);
    const selection = byFilter({ webhookId: webhook.id, topic: "SIGNER", from: 5, to: 7, code: "5xx" });
    const made = await createRaw(world, selection, { rate: 3, total: 9 });
    assert.ok(made.kind === "created");
    const { job } = made;
    assert.deepEqual(
      [job.kind, job.selection, job.rate, job.total, job.status, job.createdBy, job.endedAt],
      ["RESEND", selection, 3, 9, "RUNNING", "tester", null],
    );
    world.clock.advance(1);
    const second = await createJob(world);
    const first = await store.listJobs({ tenant, ...FIRST_PAGE, limit: 1 });
    assert.deepEqual([first.total, first.items.map(({ id }) => id)], [2, [second.id]]);
    const rest = await store.listJobs({ tenant, ...FIRST_PAGE, cursor: first.nextCursor });
    assert.deepEqual([rest.items, rest.nextCursor], [[job], null]);
    const foreign = await newTenant(store, "TEST");
    assert.equal(await store.findJob({ tenant: foreign, jobId: job.id }), null);
    assert.deepEqual((await store.listJobs({ tenant: foreign, ...FIRST_PAGE })).items, []);
    const cancel = { tenant: foreign, jobId: job.id, change: "cancel", actor: ACTOR } as const;
    assert.deepEqual(await store.changeJob(cancel), { kind: "notFound" });
  });

  test(name("a job that can select nothing is DONE when it is made"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    const job = await createJob(world);
    assert.deepEqual([job.status, job.endedAt], ["DONE", world.clock.nowMs]);
  });

  test(name("an idempotency key answers the same job for seven days, and refuses another request"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 1);
    const idempotency = { key: "k", requestHash: sha256("a") };
    const create = (hash = "a") =>
      createRaw(world, byFilter(), { idempotency: { ...idempotency, requestHash: sha256(hash) } });
    const [one, two] = await Promise.all([create(), create()]);
    assert.deepEqual([one.kind, two.kind].toSorted(), ["created", "repeated"]);
    assert.ok("job" in one && "job" in two);
    assert.equal(one.job.id, two.job.id);
    assert.equal((await create("b")).kind, "conflict");
    const foreign = { ...world, tenant: await newTenant(world.store, "TEST") };
    assert.equal((await createRaw(foreign, byFilter(), { idempotency })).kind, "created");
    world.clock.advance(7 * DAY_MS - 1);
    assert.equal((await create()).kind, "repeated");
    world.clock.advance(1);
    assert.equal((await create("b")).kind, "created");
  });

  test(name("a tenant has so many RUNNING jobs and no more; a paused one cannot come back beside them"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 1);
    const jobs: JobId[] = [];
    for (let count = 0; count < RUNNING_JOBS_MAX; count++) jobs.push((await createJob(world)).id);
    assert.deepEqual(await createRaw(world, byFilter()), { kind: "limit" });
    const [first = "" as JobId] = jobs;
    assert.equal((await change(world, first, "pause")).kind, "changed");
    assert.equal((await createRaw(world, byFilter())).kind, "created");
    assert.equal((await change(world, first, "resume")).kind, "limit");
    const foreign = { ...world, tenant: await newTenant(world.store, "TEST") };
    assert.equal((await createRaw(foreign, byFilter())).kind, "created");
  });

  test(name("a paused or cancelled job takes no step; a resumed one goes on where it was"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const ids = await publishFailed(world, webhook, 3);
    const { id } = await createJob(world);
    await claimJob(world, id);
    await step(world, id, await found(world, id, { idsMax: 1 }));
    const next = await found(world, id, { idsMax: 1 });
    await change(world, id, "pause");
    assert.equal(await step(world, id, next), null);
    assert.equal((await scan(world, id)).kind, "notRunning");
    assert.equal(await claimJob(world, id), false);
    await change(world, id, "resume");
    assert.equal(await step(world, id, next), null);
    assert.deepEqual(await work(world, id, { idsMax: 1 }), ids.slice(1));
    const again = await createJob(world, byFilter({ status: null }));
    await change(world, again.id, "cancel");
    assert.equal((await scan(world, again.id)).kind, "notRunning");
    assert.equal((await claim(world, webhook)).length, 3);
  });

  test(name("repeating a change is no change, and what is over stays over"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 1);
    const { id } = await createJob(world);
    for (const [what, kind, status] of [
      ["resume", "changed", "RUNNING"],
      ["pause", "changed", "PAUSED"],
      ["pause", "changed", "PAUSED"],
      ["cancel", "changed", "CANCELLED"],
      ["cancel", "changed", "CANCELLED"],
      ["pause", "ended", "CANCELLED"],
      ["resume", "ended", "CANCELLED"],
    ] as const) {
      const result = await change(world, id, what);
      assert.ok("job" in result);
      assert.deepEqual([result.kind, result.job.status], [kind, status], what);
    }
    const { items } = await world.store.listAudit({ tenant: world.tenant, ...FIRST_PAGE });
    assert.deepEqual(
      items.filter(({ target }) => target.id === id).map(({ action, actor }) => [action, actor.name]),
      [
        ["job.cancel", "tester"],
        ["job.pause", "tester"],
        ["job.create", "tester"],
      ],
    );
  });

  test(name("one worker at a time works on a job, until its lease is over or it is dead"), async (t) => {
    const world = await setup(t, factory);
    const { store } = world;
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 3);
    const { id } = await createJob(world);
    const [other, third] = [world.newWorkerId(), world.newWorkerId()];
    for (const workerId of [other, third]) await store.registerWorker({ workerId, role: "all", host: "b", pid: 2 });
    const claims = await Promise.all([claimJob(world, id), claimJob(world, id, other)]);
    assert.deepEqual(claims, [true, false]);
    const holderOf = async () => (await store.findRunningJobs({ limit: 10, cursor: null })).jobs[0]?.holder;
    assert.equal(await holderOf(), world.workerId);
    const next = await found(world, id, { idsMax: 1 });
    world.clock.advance(LEASE_MS - 1);
    assert.equal(await claimJob(world, id, other), false);
    world.clock.advance(1);
    assert.equal(await holderOf(), null);
    assert.equal(await claimJob(world, id, other), true);
    assert.equal(await step(world, id, next), null);
    assert.equal(await step({ ...world, workerId: other }, id, next), 1);
    await store.removeWorker({ workerId: other });
    assert.equal(await claimJob(world, id, third), true);
    assert.equal(await step({ ...world, workerId: other }, id, await found(world, id)), null);
  });

  test(name("RUNNING jobs of all tenants are found page by page, and after a restart nobody holds them"), async (t) => {
    const world = await setup(t, factory);
    const jobs: JobId[] = [];
    for (let tenant = 0; tenant < 3; tenant++) {
      if (tenant > 0) world.tenant = await newTenant(world.store, "TEST");
      await publishFailed(world, await addWebhook(world), 1);
      jobs.push((await createJob(world)).id);
      await claimJob(world, jobs[tenant] ?? ("" as JobId));
    }
    const first = await world.store.findRunningJobs({ limit: 2, cursor: null });
    const rest = await world.store.findRunningJobs({ limit: 2, cursor: first.nextCursor });
    const seen = [...first.jobs, ...rest.jobs];
    assert.deepEqual(
      seen.map(({ jobId, holder, rate }) => [jobId, holder, rate]),
      jobs.map((jobId) => [jobId, world.workerId, 10]),
    );
    assert.equal(rest.nextCursor, null);
    await world.reopen();
    if (world.store.capabilities.isShared) return; // there, the old worker is dead only when its heartbeat is overdue
    const reopened = await world.store.findRunningJobs({ limit: 5, cursor: null });
    assert.deepEqual(
      reopened.jobs.map(({ holder }) => holder),
      [null, null, null],
    );
  });

  test(name("the parts of a job take turns, so that each webhook gets its share"), async (t) => {
    const world = await setup(t, factory);
    const [one, two] = [await addWebhook(world), await addWebhook(world)];
    await publishFailed(world, one, 2);
    for (const event of await claim(world, two)) await settle(world, failed(event, { retryInMs: null }));
    const { id } = await createJob(world);
    await claimJob(world, id);
    const order = [];
    for (let after = null, turn = 0; turn < 4; turn++) {
      const next = await found(world, id, { idsMax: 1, afterWebhookId: after });
      await step(world, id, next);
      order.push((after = next.webhookId));
    }
    assert.deepEqual(order, [one.id, two.id, one.id, two.id]);
  });

  test(name("jobs are pruned when they have been over for long, with their failures, and no others"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 3);
    const over = await createJob(world);
    await work(world, over.id);
    for (const event of await claim(world, webhook)) await settle(world, failed(event, { retryInMs: null }));
    const [running, paused] = [await createJob(world), await createJob(world)];
    await change(world, paused.id, "pause");
    const keyed = await createRaw(world, byFilter(), { idempotency: { key: "k", requestHash: sha256("a") } });
    assert.ok(keyed.kind === "created");
    await change(world, keyed.job.id, "cancel");
    const before = world.clock.nowMs;
    const idsLeft = async () => (await store.listJobs({ tenant, ...FIRST_PAGE })).items.map(({ id }) => id).toSorted();
    assert.deepEqual(await store.pruneJobs({ tenant, before, limit: 100 }), { deleted: 0, more: false });
    let more = true;
    for (let calls = 0; more; calls++) {
      assert.ok(calls < 10);
      ({ more } = await store.pruneJobs({ tenant, before: before + 1, limit: 2 }));
    }
    assert.deepEqual(await idsLeft(), [running.id, keyed.job.id].toSorted());
    const failures = await store.listJobFailures({ tenant, jobId: over.id, ...FIRST_PAGE });
    assert.deepEqual([failures.items, failures.total], [[], 0]);
    world.clock.advance(7 * DAY_MS);
    await store.pruneJobs({ tenant, before: before + 1, limit: 100 });
    assert.deepEqual(await idsLeft(), [running.id]);
  });

  test(name("an event that a pruned job has sent ends like any other"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 1);
    const job = await createJob(world);
    await work(world, job.id);
    await world.store.pruneJobs({ tenant: world.tenant, before: world.clock.nowMs + 1, limit: 100 });
    await settle(world, success(await claimOne(world, webhook)));
    assert.equal(await world.store.findJob({ tenant: world.tenant, jobId: job.id }), null);
  });

  test(name("a job survives the closing of the store, cursor and counts included"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const ids = await publishFailed(world, webhook, 4);
    const { id } = await createJob(world);
    await claimJob(world, id);
    await step(world, id, await found(world, id, { idsMax: 3 }));
    const before = await readJob(world, id);
    await world.reopen();
    await world.store.registerWorker({ workerId: world.workerId, role: "all", host: "test", pid: 1 });
    assert.deepEqual(await readJob(world, id), before);
    assert.deepEqual(await work(world, id), ids.slice(3));
    assert.equal((await progress(world, id)).queued, 4);
  });
}

function change(world: World, jobId: JobId, what: "pause" | "resume" | "cancel") {
  return world.store.changeJob({ tenant: world.tenant, jobId, change: what, actor: ACTOR });
}
