/** The seeded simulation: many worlds, each reproducible from its printed seed. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { violations } from "./invariants.ts";
import type { Mood } from "./hostile_receivers.ts";
import { areJobsDone, jobTrouble, resumeJobs } from "./sim_jobs.ts";
import { World } from "./world.ts";
import type { SimWebhook } from "./world.ts";

const SEEDS = Number(process.env["SIM_SEEDS"] ?? 30);
const FIRST_SEED = Number(process.env["SIM_SEED"] ?? 1);
/** The longest that an attempt takes. */
const UNDER_WAY_MS_MAX = 31_000;
const BAD_MOODS = ["slow", "hanging", "flaky", "throttling", "refusing", "gone", "wishing"] as const;

for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
  test(`a hostile world comes to rest with every invariant kept (npm run sim -- ${seed})`, async () => {
    const world = new World(seed);
    try {
      await run(world);
      assert.deepEqual(await violations(world), []);
    } finally {
      await world.end();
    }
  });
}

async function run(world: World): Promise<void> {
  await world.start();
  await populate(world);
  watchSending(world);
  // Faults are skewed at random per run: some worlds never die, some never lose their disk.
  const shares = { kill: pickShare(world), outage: pickShare(world), customer: pickShare(world) };
  for (let step = 0; step < 60; step++) {
    await trouble(world, shares);
    for (let burst = world.random.below(12); burst > 0; burst--) {
      const tenant = world.tenants[world.random.below(world.tenants.length)];
      if (tenant !== undefined) await world.publish(tenant);
    }
    await world.clock.advance(world.random.below(3_000));
  }
  await recover(world);
}

async function populate(world: World): Promise<void> {
  for (let at = 0; at < 3; at++) {
    const tenant = await world.addTenant(`appId_${at}`, "TEST");
    for (let count = 1 + world.random.below(4); count > 0; count--) {
      const rateLimit = world.random.chance(0.2) ? 1 + world.random.below(20) : null;
      const webhook = await world.addWebhook(tenant, { cap: 1 + world.random.below(10), rateLimit });
      changeMood(world, webhook);
    }
  }
}

/** What must hold at the moment of every POST. */
function watchSending(world: World): void {
  const byUrl = new Map(world.webhooks.map((webhook) => [webhook.url, webhook]));
  world.receivers.onSend = (request) => {
    const webhook = byUrl.get(request.url);
    assert(webhook !== undefined, "a POST to a URL that nobody registered");
    assert(!webhook.isDisabled && !webhook.isDeleted, `a POST to a disabled or deleted webhook: ${webhook.id}`);
    // A repeat of what a dead worker had begun may be on its way already when the pause comes.
    const mayBeRepeat = world.kills > 0 && request.token.attempt > 1;
    assert(!world.isPaused || mayBeRepeat, `a POST while deliveries are paused: ${webhook.id}`);
    assert(
      (world.receivers.runningOf.get(request.url) ?? 0) < webhook.cap,
      `more at a time than its cap: ${webhook.id}`,
    );
    assert.equal(request.token.tenant, webhook.tenant.tenant, "a POST for another tenant");
  };
}

type Shares = { kill: number; outage: number; customer: number };

async function trouble(world: World, shares: Shares): Promise<void> {
  if (world.random.chance(shares.kill)) {
    await world.kill();
    await world.start();
  }
  world.isStoreDown = world.random.chance(shares.outage);
  if (!world.random.chance(shares.customer) || world.isStoreDown) return;
  const webhook = world.webhooks[world.random.below(world.webhooks.length)];
  if (webhook === undefined || webhook.isDeleted) return;
  switch (world.random.pick(["mood", "mood", "toggle", "resend", "delete", "pause", "schedule", "job", "job", "job"])) {
    case "mood":
      return changeMood(world, webhook);
    case "toggle":
      return await world.setDisabled(webhook, !webhook.isDisabled);
    case "pause":
      return await world.setPaused(!world.isPaused);
    case "schedule":
      return await world.setSchedule(webhook.tenant, world.random.pick([null, [], [1_000], [2_000, 60_000]]));
    case "job":
      return await jobTrouble(world, webhook);
    case "delete":
      return world.random.chance(0.2) ? await world.deleteWebhook(webhook) : undefined;
    default:
      return await resendSome(world, webhook);
  }
}

function changeMood(world: World, webhook: SimWebhook): void {
  const mood: Mood = world.random.chance(0.5) ? "well" : world.random.pick(BAD_MOODS);
  world.receivers.moods.set(webhook.url, mood);
}

async function resendSome(world: World, webhook: SimWebhook): Promise<void> {
  const filter = {
    status: null,
    topic: null,
    action: null,
    msgNature: null,
    from: null,
    to: null,
    code: null,
    attemptsMin: null,
    isTest: null,
    search: null,
  };
  const { tenant } = webhook.tenant;
  const page = { limit: 5, page: 1, cursor: null };
  const { events } = await world.store.listEvents({ tenant, webhookId: webhook.id, filter, ...page });
  for (const event of events) {
    const actor = { kind: "system" as const, keyId: null, name: "simulation", ip: null, requestId: null };
    const answer = await world.store.resendEvent({
      tenant,
      webhookId: webhook.id,
      eventId: event.id,
      trigger: "RESEND",
      actor,
    });
    if (answer === "resent") world.engine.wake({ tenant, webhookId: webhook.id });
  }
}

/** Everything is well again, and all must converge. */
async function recover(world: World): Promise<void> {
  world.isStoreDown = false;
  for (const webhook of world.webhooks) world.receivers.moods.set(webhook.url, "well");
  await world.setPaused(false);
  await world.clock.advance(UNDER_WAY_MS_MAX); // what began in a bad mood ends in it: a 410 among it, or a wish, disables its webhook
  for (const webhook of world.webhooks) if (!webhook.isDeleted) await world.setDisabled(webhook, false);
  await resumeJobs(world);
  const isAtRest = async (): Promise<boolean> => {
    const { waiting, running, unsettled } = world.engine.status();
    const due = await world.store.findDueLanes({ limit: 1, cursor: null });
    const isQuiet = waiting + running + unsettled === 0 && due.lanes.length === 0 && due.nextDueAt === null;
    return isQuiet && (await areJobsDone(world));
  };
  assert(
    await world.clock.advanceUntil(isAtRest, { stepMs: 5_000, msMax: 3 * 86_400_000 }),
    "the world does not come to rest",
  );
  await world.clock.advance(10_000); // deleted webhooks are cleaned up in the background
}

function pickShare(world: World): number {
  return world.random.pick([0, 0.02, 0.1, 0.4]);
}
