/** How PostgreSQL runs what is run all the time: by indexes, also on a day whose tables were empty when it began. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { after, test } from "node:test";
import pg from "pg";
import type { LeasedEvent } from "../../src/store/delivery.ts";
import { until } from "../e2e/support/until.ts";
import { postgresFactory } from "./postgres_factory.ts";
import type { TestServer } from "./postgres_server.ts";
import { startServer } from "./postgres_server.ts";
import { addWebhook, claim, claimOne, message, publish, settle, setup, success } from "./world.ts";

const MESSAGES = 5_000;
/** What is due at the same time is read together. */
const MESSAGES_A_MS = 50;
const CLAIMS = 20;
const ROOM = 10;
/** PostgreSQL plans a statement so many times for its very values before it may keep a plan, and a few more. */
const PLANS_OF_ITS_OWN = 8;
/** Rows of messages and of events that were read, and those and tokens that were changed, as far as the sessions have told by now. */
const READ = `
  select coalesce(sum(seq_tup_read + idx_tup_fetch) filter (where relname ~ '^messages_'), 0)::integer as messages,
    coalesce(sum(seq_tup_read + idx_tup_fetch) filter (where relname ~ '^events_'), 0)::integer as events,
    coalesce(sum(n_tup_ins + n_tup_upd), 0)::integer as changed
  from pg_stat_user_tables where relname ~ '^(events_|messages_|consumed_tokens)'`;
type Stats = { messages: number; events: number; changed: number };

let server: Promise<TestServer> | null = null;
let url = "";

after(async () => await (await server)?.stop());

test("claims that began on empty tables do not read them whole when they are full", async (t) => {
  const { world, webhook, fill, readBy } = await emptyWorld(t);
  await publish(world, { messages: [message()] });
  assert.equal((await claim(world, webhook, { room: ROOM })).length, 1);
  await fill();
  const { messages, events } = await readBy(CLAIMS * ROOM, async () => {
    for (let n = 0; n < CLAIMS; n++) assert.equal((await claim(world, webhook, { room: ROOM })).length, ROOM);
  });
  assert.ok(messages < MESSAGES, `${messages} messages were read`);
  assert.ok(events < MESSAGES, `${events} events were read`);
});

test("outcomes that began on empty tables do not read them whole when they are full", async (t) => {
  const { world, webhook, fill, readBy } = await emptyWorld(t);
  for (let n = 0; n < PLANS_OF_ITS_OWN; n++) {
    await publish(world, { messages: [message()] });
    await settle(world, success(await claimOne(world, webhook)));
  }
  await fill();
  const { events } = await readBy(2 * CLAIMS * ROOM, async () => {
    for (let n = 0; n < CLAIMS; n++) {
      const leased = await claim(world, webhook, { room: ROOM });
      await settle(world, ...leased.map((event) => success(event)));
    }
  });
  assert.ok(events < MESSAGES, `${events} events were read`);
});

test("token checks that began on empty tables do not read them whole when they are full", async (t) => {
  const { world, webhook, fill, readBy } = await emptyWorld(t);
  const check = async ({ tenant, id: eventId, attempt }: LeasedEvent): Promise<void> => {
    assert.equal((await world.store.consumeToken({ tenant, eventId, attempt })).kind, "consumed");
  };
  for (let n = 0; n < PLANS_OF_ITS_OWN; n++) {
    await publish(world, { messages: [message()] });
    await check(await claimOne(world, webhook));
  }
  await fill();
  const { events, messages } = await readBy(2 * CLAIMS * ROOM, async () => {
    for (let n = 0; n < CLAIMS; n++) {
      const leased = await claim(world, webhook, { room: ROOM });
      await Promise.all(leased.map(check));
    }
  });
  assert.ok(events < MESSAGES, `${events} events were read`);
  assert.ok(messages < MESSAGES, `${messages} messages were read`);
});

/** A database of which nothing was used yet, with what it takes to fill it, and to learn what was read meanwhile. */
async function emptyWorld(t: TestContext) {
  const factory = postgresFactory(async () => {
    const running = await (server ??= startServer());
    return { ...running, createDatabase: async (template) => noted(await running.createDatabase(template)) };
  });
  const world = await setup(t, factory);
  const webhook = await addWebhook(world);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  t.after(() => client.end());
  const stats = async (): Promise<Stats> =>
    (await client.query<Stats>(READ)).rows[0] ?? { messages: 0, events: 0, changed: 0 };
  const told = async (what: string, isTold: (now: Stats) => boolean): Promise<Stats> => {
    let now = await stats();
    await until(`the sessions have told what they ${what}`, async () => {
      await Promise.all([world.store.ping(), settle(world)]); // sessions tell when they end a transaction
      now = await stats();
      return isTold(now);
    });
    return now;
  };
  return {
    world,
    webhook,
    fill: async (): Promise<void> => {
      for (let made = 0; made < MESSAGES; made += MESSAGES_A_MS) {
        world.clock.advance(1);
        await publish(world, { messages: Array.from({ length: MESSAGES_A_MS }, () => message()) });
      }
    },
    /** Rows that were read by `work`, which changes at least so many. */
    readBy: async (changes: number, work: () => Promise<void>): Promise<Stats> => {
      const before = await told("wrote", ({ changed }) => changed >= 2 * MESSAGES);
      await work();
      const now = await told("read", ({ changed }) => changed - before.changed >= changes);
      return { ...now, messages: now.messages - before.messages, events: now.events - before.events };
    },
  };
}

function noted<Made extends { url: string }>(made: Made): Made {
  url = made.url;
  return made;
}
