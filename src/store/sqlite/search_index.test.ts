import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../clock.ts";
import type { MessageId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import { systemRandom } from "../../random.ts";
import type { NewMessage } from "../delivery.ts";
import { Connection } from "./connection.ts";
import { migrate, readMigrations } from "./migrate.ts";
import { findMessageIds } from "./search_index.ts";
import { SqliteStore } from "./sqlite_store.ts";

const ACTOR = { kind: "operator", keyId: null, name: "op", ip: null, requestId: null } as const;
const RUN = 4_096;
const BATCH = 1_000;

/** A store with an application, and short ways to publish and to search. */
async function setup() {
  const secretKey = Buffer.alloc(32, 1);
  const store = new SqliteStore({
    path: ":memory:",
    clock: systemClock,
    random: systemRandom,
    secretKey,
    mode: "inline",
  });
  await store.open();
  await store.createApplication({ appId: "a", appName: "A", orgId: null, actor: ACTOR });
  let made = 0;
  /** Each message has a value of its own, one that a hundred share, and one that all do, which is no other's part. */
  const publish = async (count: number): Promise<MessageId[]> => {
    const ids: MessageId[] = [];
    while (ids.length < count) {
      const messages = Array.from({ length: Math.min(BATCH, count - ids.length) }, () => messageOf(made++));
      const key = `key-${made}`;
      const idempotency = { key, bodyHash: Buffer.alloc(32), route: "batch" as const };
      const published = await store.publish({ tenant: 1, messages, idempotency, lease: null, test: null });
      assert.equal(published.kind, "created");
      ids.push(...published.messages.map(({ id }) => id));
    }
    return ids;
  };
  const search = async (value: string, page: { limit?: number; cursor?: string | null } = {}) => {
    const filter = { topic: null, action: null, msgNature: null, from: null, to: null, isTest: null, search: value };
    const { limit = 100, cursor = null } = page;
    return await store.listMessages({ tenant: 1, filter, limit, page: 1, cursor });
  };
  const found = async (value: string): Promise<string[]> => (await search(value)).messages.map(({ id }) => id);
  return { store, publish, search, found };
}

function messageOf(number: number): NewMessage {
  const searchValues = [`own-${number}`, `hundred-${Math.floor(number / 100)}`, 'of "all', "all"];
  const kind = { topic: "SIGNER", action: "CREATED", msgNature: "SUCCESS" } as const;
  return { ...kind, content: `{"n":${number}}`, error: null, searchValues, traceParent: null };
}

test("a value is found in messages of every run, in those not indexed yet, and newest first", async () => {
  const { store, publish, search, found } = await setup();
  const ids = await publish(2 * RUN + 500);
  const look = async () => ({
    own: await Promise.all([0, RUN - 2, RUN - 1, 2 * RUN - 2, 2 * RUN + 499].map((number) => found(`own-${number}`))),
    hundred: await found("hundred-40"), // on both sides of the end of a run
    parts: await Promise.all(["own-", 'all"', 'of \\"all', "ALL", "key-"].map(found)),
    key: await found(`key-${BATCH}`),
    total: (await search("all", { limit: 1 })).total,
  });
  const before = await look();
  assert.deepEqual(before.own, [[ids[0]], [ids[RUN - 2]], [ids[RUN - 1]], [ids[2 * RUN - 2]], [ids.at(-1)]]);
  assert.deepEqual(before.hundred, ids.slice(4_000, 4_100).toReversed());
  assert.deepEqual(before.parts, [[], [], [], [], []]);
  assert.deepEqual([before.key, before.total], [ids.slice(900, 1_000).toReversed(), ids.length]);
  assert.deepEqual(await store.indexMessages(), { more: true });
  assert.deepEqual(await store.indexMessages(), { more: false });
  assert.deepEqual(await store.indexMessages(), { more: false });
  assert.deepEqual(await look(), before);
  const paged: string[] = [];
  for (let cursor: string | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
    assert.ok(pages < 12);
    const page = await search("all", { limit: BATCH, cursor });
    paged.push(...page.messages.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  assert.deepEqual(paged, ids.toReversed());
  await store.close();
});

test("what is erased is found no more, indexed or not, but by its idempotency key", async () => {
  const { store, publish, found } = await setup();
  const ids = await publish(RUN + 10);
  await store.indexMessages();
  for (const number of [5, RUN + 5]) {
    const messageId = ids[number] ?? assert.fail();
    assert.deepEqual(await found(`own-${number}`), [messageId]);
    await store.eraseContent({ tenant: 1, messageId, actor: ACTOR });
    assert.deepEqual(await found(`own-${number}`), []);
  }
  assert.ok((await found(`key-${BATCH}`)).length === 100);
  await store.close();
});

test("messages that are given the numbers of deleted ones are found, and indexed in their turn", async () => {
  const { store, publish, search, found } = await setup();
  await publish(RUN + 10);
  await store.indexMessages();
  const prune = { tenant: 1, before: Date.now() + 1_000, limit: 10_000, cursor: null };
  assert.deepEqual((await store.pruneMessages(prune)).deleted, RUN + 10);
  assert.deepEqual([await found("own-7"), (await search("all")).total], [[], 0]);
  const ids = await publish(RUN + 20);
  assert.equal((await search("all", { limit: 1 })).total, ids.length);
  assert.deepEqual(await store.indexMessages(), { more: false });
  assert.equal((await search("all", { limit: 1 })).total, ids.length);
  assert.deepEqual(await found(`own-${RUN + 10}`), [ids[0]]);
  await store.close();
});

test("an upgrade puts the messages of whole runs into the index and leaves the others to the next run", () => {
  const sql = new Connection(":memory:", { readOnly: false });
  const migrations = readMigrations();
  migrate(sql, { migrations: migrations.slice(0, 11), now: 1, path: ":memory:" });
  sql.run("insert into applications (no, app_id, app_name, created_at) values (1, 'a', 'A', 1)");
  sql.run("insert into tenants (tenant, app_id, app_env) values (1, 'a', 'TEST')");
  const idOf = (number: number): MessageId => `msg_0000${String(number).padStart(18, "0")}` as MessageId;
  sql.run(
    `insert into messages (tenant, day, id, topic, action, msg_nature, is_test, idempotency_key, search_values, content_bytes,
       created_at, content)
     with recursive n (n) as (select 1 union all select n + 1 from n where n < ?1)
     select 1, ?2, 'msg_0000' || printf('%018d', n), 'SIGNER', 'CREATED', 'SUCCESS', 0, iif(n % 10 = 0, 'key', null),
       json_array('own-' || n, 'all', iif(n % 20 = 0, 'key', 'none')), 2, 1, '{}' from n`,
    2 * RUN + 7,
    idDay(idOf(1)),
  );
  migrate(sql, { migrations, now: 2, path: ":memory:" });
  const find = (value: string): MessageId[] => [...findMessageIds(sql, { tenant: 1, value, before: "msg_~" })];
  const all = Array.from({ length: 2 * RUN + 7 }, (_, at) => idOf(2 * RUN + 7 - at));
  assert.deepEqual(find("all"), all);
  assert.deepEqual(
    find("key"),
    all.filter((_, at) => (2 * RUN + 7 - at) % 10 === 0),
  );
  assert.deepEqual([find("own-1"), find(`own-${RUN}`), find(`own-${2 * RUN + 7}`)], [[idOf(1)], [idOf(RUN)], [all[0]]]);
  const runs = sql.all<{ run: number; count: number }>("select run, count(*) as count from search_index group by run");
  // Three values each, and the key of every tenth, unless it is a value, too. Numbers begin with 1.
  const expected = [0, 1].map((run) => {
    const numbers = all.map((_, at) => at + 1).filter((number) => Math.floor(number / RUN) === run);
    const withKey = numbers.filter((number) => number % 10 === 0 && number % 20 !== 0);
    return { run, count: numbers.length * 3 + withKey.length };
  });
  assert.deepEqual(
    runs.map((row) => ({ ...row })),
    expected,
  );
  sql.close();
});

test("an upgrade of an empty database has nothing to index", () => {
  const sql = new Connection(":memory:", { readOnly: false });
  migrate(sql, { migrations: readMigrations(), now: 1, path: ":memory:" });
  assert.deepEqual([...findMessageIds(sql, { tenant: 1, value: "x", before: "msg_~" })], []);
  assert.deepEqual(sql.all("select * from settings"), []);
  sql.close();
});
