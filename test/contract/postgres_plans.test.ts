/** How PostgreSQL runs what is run all the time: by indexes, also on a day whose tables were empty when it began. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import pg from "pg";
import { until } from "../e2e/support/until.ts";
import { postgresFactory } from "./postgres_factory.ts";
import type { TestServer } from "./postgres_server.ts";
import { startServer } from "./postgres_server.ts";
import { addWebhook, claim, message, publish, setup } from "./world.ts";

const MESSAGES = 5_000;
const CLAIMS = 20;
const ROOM = 10;
/** Messages that were read and rows that were changed, as far as the sessions have told by now. */
const READ = `
  select coalesce(sum(seq_tup_read + idx_tup_fetch) filter (where relname ~ '^messages_'), 0)::integer as read,
    coalesce(sum(n_tup_ins + n_tup_upd), 0)::integer as changed
  from pg_stat_user_tables where relname ~ '^(events|messages)_'`;

let server: Promise<TestServer> | null = null;
let url = "";

after(async () => await (await server)?.stop());

test("claims that began on empty tables do not read them whole when they are full", async (t) => {
  const factory = postgresFactory(async () => {
    const running = await (server ??= startServer());
    return { ...running, createDatabase: async (template) => noted(await running.createDatabase(template)) };
  });
  const world = await setup(t, factory);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const stats = async (): Promise<{ read: number; changed: number }> =>
    (await client.query<{ read: number; changed: number }>(READ)).rows[0] ?? { read: 0, changed: 0 };
  try {
    const webhook = await addWebhook(world);
    await publish(world, { messages: [message()] });
    assert.equal((await claim(world, webhook, { room: ROOM })).length, 1);
    for (let made = 0; made < MESSAGES; made += 500) {
      await publish(world, { messages: Array.from({ length: 500 }, () => message()) });
    }
    let before = await stats();
    await until("the sessions have told what they wrote", async () => {
      await claim(world, webhook, { room: 1 });
      before = await stats();
      return before.changed >= 2 * MESSAGES;
    });
    for (let n = 0; n < CLAIMS; n++) assert.equal((await claim(world, webhook, { room: ROOM })).length, ROOM);
    let told = before;
    await until("the sessions have told what they read", async () => {
      await claim(world, webhook, { room: 1 });
      told = await stats();
      return told.changed - before.changed >= CLAIMS * ROOM;
    });
    assert.ok(told.read - before.read < MESSAGES, `${told.read - before.read} messages were read`);
  } finally {
    await client.end();
  }
});

function noted<Made extends { url: string }>(made: Made): Made {
  url = made.url;
  return made;
}
