/** Working off jobs: what is selected and skipped, in which order, and what becomes of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { messageIdOf, parseEventId } from "../../src/ids.ts";
import {
  byFilter,
  claimJob,
  countAll,
  createJob,
  found,
  progress,
  publishFailed,
  scan,
  step,
  stepRaw,
  work,
} from "./job_world.ts";
import type { StoreFactory } from "./store_factory.ts";
import {
  ACTOR,
  addWebhook,
  assertCountersEqualRows,
  claim,
  claimOne,
  failed,
  FIRST_PAGE,
  message,
  publish,
  publishOne,
  readEvent,
  releaseLane,
  settle,
  setup,
  success,
} from "./world.ts";

/** Registers the tests of this topic for one implementation. */
export function jobStepsContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(name("a job makes failed events PENDING, oldest first, in steps that never take one twice"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const ids = await publishFailed(world, webhook, 5);
    const job = await createJob(world);
    assert.deepEqual(await work(world, job.id, { idsMax: 2 }), ids);
    assert.deepEqual(await progress(world, job.id), {
      status: "DONE",
      processed: 5,
      queued: 5,
      skipped: 0,
      passed: 0,
      failed: 0,
    });
    const leased = await claim(world, webhook);
    assert.deepEqual(
      leased.map(({ id, attempt, trigger, triggeredBy }) => [id, attempt, trigger, triggeredBy]),
      ids.map((id) => [id, 2, "BULK", job.id]),
    );
    assert.ok(ids[0]);
    assert.equal((await readEvent(world, ids[0])).retriesUsed, 0);
    await assertCountersEqualRows(world);
  });

  test(name("an event that failed again, or that is newer than the job, is not taken"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const [first, second] = await publishFailed(world, webhook, 2);
    const job = await createJob(world);
    await claimJob(world, job.id);
    await step(world, job.id, await found(world, job.id, { idsMax: 1 }));
    await settle(world, failed(await claimOne(world, webhook), { retryInMs: null }));
    await publishFailed(world, webhook, 1);
    assert.deepEqual(await work(world, job.id), [second]);
    assert.ok(first);
    assert.equal((await readEvent(world, first)).attemptCount, 2);
  });

  test(name("a filter narrows by status, topic, action, code and time, and never takes test events"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const early = await publishOne(world);
    world.clock.advance(1_000);
    const middle = world.clock.nowMs;
    const profile = await publishOne(world, { topic: "SIGNATURE_PROFILE", action: "UPDATED" });
    const passed = await publishOne(world);
    await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
    for (const event of await claim(world, webhook)) {
      const code = event.id === profile ? "503" : "500";
      await settle(world, event.id === passed ? success(event) : failed(event, { retryInMs: null, code }));
    }
    world.clock.advance(1_000);
    for (const [change, expected] of [
      [{}, [early, profile]],
      [{ status: "SUCCESS" }, [passed]],
      [{ status: null }, [early, profile, passed]],
      [{ topic: "SIGNATURE_PROFILE" }, [profile]],
      [{ action: "CREATED" }, [early]],
      [{ code: "503" }, [profile]],
      [{ code: "5xx" }, [early, profile]],
      [{ status: "SUCCESS", code: "503" }, []],
      [{ from: middle }, [profile]],
      [{ to: middle }, [early]],
    ] as const) {
      const selection = byFilter(change);
      assert.equal((await countAll(world, selection)).queue, expected.length, JSON.stringify(change));
      const job = await createJob(world, selection);
      const seen: string[] = [];
      if (expected.length > 0) seen.push(...(await found(world, job.id)).ids);
      assert.deepEqual(seen, expected, JSON.stringify(change));
      await world.store.changeJob({ tenant: world.tenant, jobId: job.id, change: "cancel", actor: ACTOR });
    }
  });

  test(name("named events are taken whatever their status, test events included, and no others"), async (t) => {
    const world = await setup(t, factory);
    const [webhook, other] = [await addWebhook(world), await addWebhook(world)];
    const [failedId] = await publishFailed(world, webhook, 2);
    const [tried] = await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
    const testId = tried?.events[0]?.id;
    assert.ok(failedId && testId);
    await settle(world, success(await claimOne(world, webhook)));
    const unknown = parseEventId(failedId.replace(/.{5}$/, "00099"));
    assert.ok(unknown);
    const eventIds = [testId, failedId, unknown];
    assert.equal((await countAll(world, { source: "EVENTS", webhookId: null, eventIds }, 1)).queue, 2);
    const foreign = await createJob(world, { source: "EVENTS", webhookId: other.id, eventIds });
    assert.deepEqual(await work(world, foreign.id), []);
    const job = await createJob(world, { source: "EVENTS", webhookId: null, eventIds });
    assert.deepEqual(job.selection, { source: "EVENTS", webhookId: null, eventIds: [failedId, testId].toSorted() });
    assert.deepEqual(await work(world, job.id), [failedId, testId].toSorted());
  });

  test(name("events that are PENDING, leased, erased or of a closed webhook are skipped and counted"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [webhook, disabled, deleted] = [await addWebhook(world), await addWebhook(world), await addWebhook(world)];
    const [erased, waits, leased] = [await publishOne(world), await publishOne(world), await publishOne(world)];
    const settled = await publishOne(world);
    for (const one of [disabled, deleted]) {
      for (const event of await claim(world, one)) await settle(world, failed(event, { retryInMs: null }));
    }
    for (const event of await claim(world, webhook)) {
      if (event.id !== waits) await settle(world, failed(event, { retryInMs: event.id === leased ? 1_000 : null }));
      else await store.releaseLeases({ workerId: world.workerId, leases: [{ tenant, eventId: event.id, attempt: 1 }] });
    }
    world.clock.advance(1_000);
    const held = await claim(world, webhook);
    const waiting = held.filter((event) => event.id !== leased);
    await store.releaseLeases({
      workerId: world.workerId,
      leases: waiting.map(({ id, attempt }) => ({ tenant, eventId: id, attempt })),
    });
    await store.eraseContent({ tenant, messageId: messageIdOf(erased), actor: ACTOR });
    await store.updateWebhook({ tenant, webhookId: disabled.id, change: { isDisabled: true }, actor: ACTOR });
    await store.deleteWebhook({ tenant, webhookId: deleted.id, actor: ACTOR });
    const selection = byFilter({ status: null });
    assert.deepEqual(await countAll(world, selection), { queue: 1, pending: 2, disabled: 8, erased: 1 });
    const job = await createJob(world, selection);
    assert.deepEqual(await work(world, job.id, { rowsMax: 3 }), [settled]);
    const { queued, skipped, processed, status } = await progress(world, job.id);
    assert.deepEqual({ queued, skipped, processed, status }, { queued: 1, skipped: 11, processed: 12, status: "DONE" });
    await assertCountersEqualRows(world);
  });

  test(
    name("what changes between the scan and the step is skipped, and a repeated step changes nothing"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world);
      const [first, second = "" as never] = await publishFailed(world, webhook, 2);
      const job = await createJob(world);
      await claimJob(world, job.id);
      const next = await found(world, job.id);
      assert.deepEqual(next.ids, [first, second]);
      const resent = { tenant: world.tenant, webhookId: webhook.id, eventId: second };
      assert.equal(await world.store.resendEvent({ ...resent, trigger: "RESEND", actor: ACTOR }), "resent");
      assert.equal(await step(world, job.id, next), 1);
      assert.equal(await step(world, job.id, next), null);
      const { queued, skipped, status } = await progress(world, job.id);
      assert.deepEqual({ queued, skipped, status }, { queued: 1, skipped: 1, status: "DONE" });
    },
  );

  test(name("a webhook with many of a job's events waiting gets no more, and the others go on"), async (t) => {
    const world = await setup(t, factory);
    const [narrow, wide] = [await addWebhook(world, { maxConcurrency: 1 }), await addWebhook(world)];
    await publishFailed(world, narrow, 4);
    for (const event of await claim(world, wide)) await settle(world, failed(event, { retryInMs: null }));
    const job = await createJob(world);
    const ids = await work(world, job.id);
    assert.equal(ids.length, 2 + 4);
    assert.equal((await scan(world, job.id)).kind, "waiting");
    assert.equal((await progress(world, job.id)).status, "RUNNING");
    const [one] = await claim(world, narrow, { room: 1 });
    assert.ok(one);
    await settle(world, success(one));
    assert.equal((await found(world, job.id)).ids.length, 1);
    await world.store.updateWebhook({
      tenant: world.tenant,
      webhookId: narrow.id,
      change: { isDisabled: true },
      actor: ACTOR,
    });
    assert.deepEqual(await work(world, job.id), []);
    const { queued, skipped, status } = await progress(world, job.id);
    assert.deepEqual({ queued, skipped, status }, { queued: 6, skipped: 2, status: "DONE" });
  });

  test(name("a job whose webhook is deleted ends: what is left is skipped, and what waits fails"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const webhook = await addWebhook(world, { maxConcurrency: 1 });
    await publishFailed(world, webhook, 5);
    const job = await createJob(world, byFilter({ webhookId: webhook.id }));
    assert.equal((await work(world, job.id)).length, 2);
    await store.deleteWebhook({ tenant, webhookId: webhook.id, actor: ACTOR });
    assert.deepEqual(await work(world, job.id), []);
    await store.failEventsOfDeletedWebhooks({ limit: 10 });
    assert.deepEqual(await progress(world, job.id), {
      status: "DONE",
      processed: 5,
      queued: 2,
      skipped: 3,
      passed: 0,
      failed: 2,
    });
    await assertCountersEqualRows(world);
  });

  test(name("the first outcome of each event is counted for the job, and failures are listed"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const ids = await publishFailed(world, webhook, 3);
    const job = await createJob(world);
    await work(world, job.id);
    const [one, two, three] = await claim(world, webhook);
    assert.ok(one && two && three);
    await settle(world, success(one), failed(two), failed(three));
    world.clock.advance(5_000);
    for (const retry of await claim(world, webhook)) await settle(world, success(retry));
    const { passed, failed: failures } = await progress(world, job.id);
    assert.deepEqual([passed, failures], [1, 2]);
    const page = { tenant: world.tenant, jobId: job.id };
    const listed = await world.store.listJobFailures({ ...page, ...FIRST_PAGE, limit: 1 });
    assert.deepEqual([listed.total, listed.items.map(({ id }) => id)], [2, [ids[2]]]);
    const rest = await world.store.listJobFailures({ ...page, ...FIRST_PAGE, cursor: listed.nextCursor });
    assert.deepEqual([rest.items.map(({ id }) => id), rest.nextCursor], [[ids[1]], null]);
    await assertCountersEqualRows(world);
  });

  test(name("events that end without an attempt count as the job's failures"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [webhook, deleted] = [await addWebhook(world), await addWebhook(world)];
    const [erased] = await publishFailed(world, webhook, 1);
    assert.ok(erased);
    for (const event of await claim(world, deleted)) await settle(world, success(event));
    const job = await createJob(world, byFilter({ status: null }));
    await work(world, job.id);
    await store.eraseContent({ tenant, messageId: messageIdOf(erased), actor: ACTOR });
    await store.deleteWebhook({ tenant, webhookId: deleted.id, actor: ACTOR });
    await store.failEventsOfDeletedWebhooks({ limit: 10 });
    const { queued, passed, failed: failures } = await progress(world, job.id);
    assert.deepEqual([queued, passed, failures], [2, 0, 2]);
    await assertCountersEqualRows(world);
  });

  test(name("an attempt whose worker died counts once it has ended, or as a failure at the third death"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishFailed(world, webhook, 2);
    const job = await createJob(world);
    await work(world, job.id);
    for (let death = 1; death <= 3; death++) {
      const workerId = world.newWorkerId();
      await world.store.registerWorker({ workerId, role: "all", host: "test", pid: 2 });
      await releaseLane(world, webhook);
      const held = await claim(world, webhook, { workerId, room: death === 1 ? 2 : 1 });
      const leases = held.map(({ id, attempt }) => ({ tenant: world.tenant, eventId: id, attempt }));
      await world.store.markBegun({ workerId, leases });
      await world.store.removeWorker({ workerId });
      await world.store.takeOverLeases({ limit: 10 });
      assert.equal((await progress(world, job.id)).failed, death === 3 ? 1 : 0);
    }
    const last = await claimOne(world, webhook);
    assert.deepEqual([last.trigger, last.triggeredBy], ["BULK", job.id]);
    await settle(world, success(last));
    const { passed, failed: failures } = await progress(world, job.id);
    assert.deepEqual([passed, failures], [1, 1]);
    await assertCountersEqualRows(world);
  });

  test(name("the failures of a job that have not succeeded since are taken by its rerun"), async (t) => {
    const world = await setup(t, factory);
    const [webhook, other] = [await addWebhook(world), await addWebhook(world)];
    const [first, second] = await publishFailed(world, webhook, 2);
    for (const event of await claim(world, other)) await settle(world, failed(event, { retryInMs: null }));
    const job = await createJob(world, byFilter({ webhookId: webhook.id }));
    await work(world, job.id);
    for (const event of await claim(world, webhook)) {
      await settle(world, failed(event, { retryInMs: event.id === first ? 1_000 : null }));
    }
    world.clock.advance(1_000);
    await settle(world, success(await claimOne(world, webhook)));
    const selection = { source: "FAILURES", webhookId: null, jobId: job.id } as const;
    assert.deepEqual(await countAll(world, selection, 1), { queue: 1, pending: 0, disabled: 0, erased: 0 });
    const rerun = await createJob(world, selection);
    assert.deepEqual(await work(world, rerun.id), [second]);
  });

  test(name("a replay makes an event for each message that the webhook would take and has none for"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const old = await addWebhook(world);
    await publishOne(world);
    world.clock.advance(1_000);
    const from = world.clock.nowMs;
    const missed = await publishOne(world);
    const erased = await publishOne(world);
    await publishOne(world, { topic: "SIGNATURE_PROFILE" });
    await publish(world, { test: { webhookId: old.id, actor: ACTOR } });
    const webhook = await addWebhook(world, { disabledTopics: ["SIGNATURE_PROFILE"] });
    await publish(world, { messages: [message()] });
    await store.eraseContent({ tenant, messageId: messageIdOf(erased), actor: ACTOR });
    world.clock.advance(1_000);
    const selection = { source: "MESSAGES", webhookId: webhook.id, from, to: null } as const;
    assert.deepEqual(await countAll(world, selection, 2), { queue: 1, pending: 0, disabled: 0, erased: 1 });
    const job = await createJob(world, selection);
    assert.equal(job.kind, "REPLAY");
    await publishOne(world);
    assert.deepEqual(await work(world, job.id, { rowsMax: 2 }), [messageIdOf(missed)]);
    const event = (await claim(world, webhook)).find(({ messageId }) => messageId === messageIdOf(missed));
    assert.ok(event);
    assert.deepEqual(
      [event.attempt, event.status, event.trigger, event.triggeredBy, event.content],
      [1, "PENDING", "REPLAY", job.id, message().content],
    );
    await settle(world, success(event));
    const { status, queued, skipped, passed } = await progress(world, job.id);
    assert.deepEqual({ status, queued, skipped, passed }, { status: "DONE", queued: 1, skipped: 1, passed: 1 });
    const again = await createJob(world, selection);
    assert.deepEqual(await work(world, again.id), []);
    await assertCountersEqualRows(world);
  });

  test(
    name("a step tells which events it has made, and of those that are sent once more it has made none"),
    async (t) => {
      const world = await setup(t, factory);
      const from = world.clock.nowMs;
      const old = await addWebhook(world);
      await publishFailed(world, old, 2);
      const webhook = await addWebhook(world);
      world.clock.advance(1);
      const replay = await createJob(world, { source: "MESSAGES", webhookId: webhook.id, from, to: null });
      await claimJob(world, replay.id);
      const next = await found(world, replay.id);
      const made = await stepRaw(world, replay.id, next);
      assert.deepEqual(made, { queued: 2, created: (await claim(world, webhook)).map(({ id }) => id) });
      assert.deepEqual(await stepRaw(world, replay.id, next), { queued: null, created: [] });
      const resend = await createJob(world);
      await claimJob(world, resend.id);
      assert.deepEqual(await stepRaw(world, resend.id, await found(world, resend.id)), { queued: 2, created: [] });
    },
  );

  test(name("a replay to a disabled webhook skips everything"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    const from = world.clock.nowMs;
    await publishOne(world);
    const webhook = await addWebhook(world, { isDisabled: true });
    world.clock.advance(1);
    const selection = { source: "MESSAGES", webhookId: webhook.id, from, to: null } as const;
    assert.deepEqual(await countAll(world, selection), { queue: 0, pending: 0, disabled: 1, erased: 0 });
    const job = await createJob(world, selection);
    assert.deepEqual(await work(world, job.id), []);
    assert.equal((await progress(world, job.id)).skipped, 1);
  });
}
