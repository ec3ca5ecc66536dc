import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { systemClock } from "../../clock.ts";
import { systemRandom } from "../../random.ts";
import type { PublishParams } from "../delivery.ts";
import { StoreOpenError } from "../store.ts";
import type { SqliteStoreOptions } from "./sqlite_store.ts";
import { SqliteStore } from "./sqlite_store.ts";

const ACTOR = { kind: "operator", keyId: null, name: "op", ip: null, requestId: null } as const;
const PUBLISH: PublishParams = {
  tenant: 1,
  messages: [
    {
      topic: "SIGNER",
      action: "CREATED",
      msgNature: "SUCCESS",
      content: "{}",
      error: null,
      searchValues: [],
      traceParent: null,
    },
  ],
  idempotency: null,
  lease: null,
  test: null,
};

/** A folder of the test's own, and stores on a file in it; all gone after the test. */
async function setup(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "webhooks-sqlite-"));
  const path = join(folder, "data", "test.db");
  const stores: SqliteStore[] = [];
  t.after(async () => {
    for (const store of stores) await store.close();
    await rm(folder, { recursive: true });
  });
  const make = (change: Partial<SqliteStoreOptions> = {}): SqliteStore => {
    const options = { path, clock: systemClock, random: systemRandom, secretKey: Buffer.alloc(32, 1) };
    const store = new SqliteStore({ ...options, mode: "inline", ...change });
    stores.push(store);
    return store;
  };
  const open = async (change: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> => {
    const store = make(change);
    await store.open();
    await store.createApplication({ appId: "a", appName: "A", orgId: null, actor: ACTOR });
    return store;
  };
  return { folder, path, make, open };
}

/** Expects a StoreOpenError whose message has all of these. */
function refusal(...parts: string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StoreOpenError, String(error));
    for (const part of parts) assert.ok(error.message.includes(part), `"${error.message}" does not say "${part}"`);
    return true;
  };
}

for (const mode of ["inline", "threads"] as const) {
  test(`a second store on the same file is refused by name until the first is closed (${mode})`, async (t) => {
    const { path, make, open } = await setup(t);
    const first = await open({ mode });
    await assert.rejects(make({ mode }).open(), refusal(path, `${path}.lock`, "another process", "DATABASE_URL"));
    await first.ping();
    await first.close();
    await make({ mode }).open();
  });

  test(`another master key is refused, and the right one works again (${mode})`, async (t) => {
    const { path, make, open } = await setup(t);
    await (await open({ mode })).close();
    await assert.rejects(make({ mode, secretKey: Buffer.alloc(32, 2) }).open(), refusal(path, "MASTER_KEY"));
    await make({ mode }).open();
  });

  test(`a database of a newer breaking schema is refused, of a newer compatible one not (${mode})`, async (t) => {
    const { path, make, open } = await setup(t);
    await (await open({ mode })).close();
    const change = (sql: string): void => {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    };
    change("insert into migrations values (9000, '9000_later.sql', 0, 1)");
    const compatible = make({ mode });
    await compatible.open();
    await compatible.close();
    change("insert into migrations values (9001, '9001_much_later.sql', 1, 1)");
    await assert.rejects(make({ mode }).open(), refusal(path, "9001_much_later.sql", "newer release"));
  });

  test(`paths that cannot be used are refused with what to do (${mode})`, async (t) => {
    const { folder, make } = await setup(t);
    const file = join(folder, "file");
    await writeFile(file, "this is text and no database, ".repeat(100));
    await mkdir(join(folder, "directory.db"));
    await assert.rejects(make({ mode, path: join(folder, "directory.db") }).open(), refusal("is a folder"));
    await assert.rejects(make({ mode, path: join(file, "a.db") }).open(), refusal("a file, not a folder"));
    await assert.rejects(make({ mode, path: file }).open(), refusal("not a SQLite database"));
    assert.equal((await readFile(file, "utf8")).slice(0, 12), "this is text");
  });
}

test("another process is refused while this one lives, and a killed one frees the lock at once", async (t) => {
  const { path, make, open } = await setup(t);
  await (await open()).close();
  const source = `
    import { FileLock } from ${JSON.stringify(new URL("./lock.ts", import.meta.url).href)};
    try { new FileLock(${JSON.stringify(path)}); console.log("locked"); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.message); }`;
  const start = async (): Promise<{ said: string; kill: () => Promise<void> }> => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(child.stdout, "data")) as [Buffer];
    const kill = async (): Promise<void> => {
      const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
      child.kill("SIGKILL");
      await exited;
    };
    return { said: said.toString(), kill };
  };
  const other = await start();
  t.after(other.kill);
  assert.equal(other.said.trim(), "locked");
  await assert.rejects(make().open(), refusal(path, "another process"));
  await other.kill();
  await make().open();
  const late = await start();
  t.after(late.kill);
  assert.match(late.said, /in use by another process/);
});

test("the folder is made, and the files are readable by their owner alone", async (t) => {
  const { folder, path, open } = await setup(t);
  await open();
  for (const file of [path, `${path}.lock`, `${path}-wal`]) assert.equal((await stat(file)).mode & 0o777, 0o600, file);
  assert.equal((await stat(join(folder, "data"))).mode & 0o777, 0o700);
});

test("a database in memory works inline, and is refused for threads", async (t) => {
  const { make, open } = await setup(t);
  const store = await open({ path: ":memory:" });
  assert.equal((await store.publish(PUBLISH)).kind, "created");
  await assert.rejects(make({ path: ":memory:", mode: "threads" }).open(), refusal("memory", "inline"));
});

test("a hundred calls of one turn are one commit", async (t) => {
  const { path, open } = await setup(t);
  const store = await open({ mode: "threads" });
  const before = await commits(path);
  await Promise.all(Array.from({ length: 100 }, () => store.publish(PUBLISH)));
  assert.equal((await commits(path)) - before, 1);
  await store.publish(PUBLISH);
  assert.equal((await commits(path)) - before, 2);
});

/** How many commits the write-ahead log holds: frames that carry the size of the database after them. */
async function commits(path: string): Promise<number> {
  const log = await readFile(`${path}-wal`);
  const frameBytes = 24 + log.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
    const isOfThisLog = log.readUInt32BE(at + 8) === log.readUInt32BE(16);
    if (isOfThisLog && log.readUInt32BE(at + 4) !== 0) count += 1;
  }
  return count;
}

test("one failing call rolls back nobody else of its commit", async (t) => {
  const { open } = await setup(t);
  const store = await open({ mode: "threads" });
  const [first, broken, last] = await Promise.allSettled([
    store.publish(PUBLISH),
    store.publish({ ...PUBLISH, tenant: 999 }),
    store.publish(PUBLISH),
  ]);
  assert.deepEqual([first.status, broken.status, last.status], ["fulfilled", "rejected", "fulfilled"]);
  const filter = { topic: null, action: null, msgNature: null, from: null, to: null, isTest: null, search: null };
  const { total } = await store.listMessages({ tenant: 1, filter, limit: 1, page: 1, cursor: null });
  assert.equal(total, 2);
});

test("a slow disk leaves the caller's loop turning, and reads go on during a commit", async (t) => {
  const { open } = await setup(t);
  const store = await open({ mode: "threads", commitDelayMs: 100 });
  const state = { isCommitted: false };
  const publish = store.publish(PUBLISH).then(() => (state.isCommitted = true));
  let reads = 0;
  let turns = 0;
  while (!state.isCommitted) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
    if (turns % 10 !== 0) continue;
    await store.findTenant({ appId: "a", appEnv: "TEST" });
    if (!state.isCommitted) reads += 1;
  }
  await publish;
  assert.ok(turns > 20 && reads > 2, `${turns} turns and ${reads} reads in 100 ms`);
});

test("erased content is overwritten in the file", async (t) => {
  const { path, open } = await setup(t);
  const store = await open();
  const [message] = PUBLISH.messages;
  assert.ok(message);
  const content = `"${"private-text ".repeat(5_000)}"`;
  const messages = [{ ...message, content, error: '"private-text"', searchValues: ["private-text"] }, message];
  const published = await store.publish({ ...PUBLISH, messages });
  assert.equal(published.kind, "created");
  const messageId = published.messages[0]?.id ?? assert.fail();
  assert.equal(await store.eraseContent({ tenant: 1, messageId, actor: ACTOR }), true);
  await store.close(); // which empties the write-ahead log
  const file = await readFile(path);
  assert.ok(file.includes(messageId) && !file.includes("private-text"));
});

test("sparse conditions over a long history are walked by cursor, page by bounded page", async (t) => {
  const { open } = await setup(t);
  const store = await open({ path: ":memory:" });
  const [message] = PUBLISH.messages;
  assert.ok(message);
  const publish = (count: number, action: string): Promise<unknown> =>
    store.publish({ ...PUBLISH, messages: Array.from({ length: count }, () => ({ ...message, action })) });
  await publish(1, "RARE");
  for (let made = 0; made < 25; made++) await publish(1_000, "CREATED");
  const filter = { topic: null, action: "RARE", msgNature: null, from: null, to: null, isTest: null, search: null };
  const list = (cursor: string | null) => store.listMessages({ tenant: 1, filter, limit: 10, page: 1, cursor });
  const first = await list(null);
  assert.deepEqual([first.messages.length, first.total, first.totalIsAtLeast], [0, 0, true]);
  assert.ok(first.nextCursor);
  const second = await list(first.nextCursor);
  assert.deepEqual([second.messages.length, second.nextCursor], [1, null]);
  const all = await store.listMessages({
    tenant: 1,
    filter: { ...filter, action: null },
    limit: 1,
    page: 1,
    cursor: null,
  });
  assert.deepEqual([all.total, all.totalIsAtLeast], [10_000, true]);
});

test("ids go on after those of before when the clock was set back between two starts", async (t) => {
  const { open } = await setup(t);
  const first = await open();
  const earlier = await publishedId(first);
  await first.close();
  const clock = { ...systemClock, now: () => systemClock.now() - 3_600_000 };
  const later = await publishedId(await open({ clock }));
  assert.ok(later > earlier, `${later} does not come after ${earlier}`);
});

async function publishedId(store: SqliteStore): Promise<string> {
  const result = await store.publish(PUBLISH);
  assert.ok(result.kind === "created");
  return result.messages[0]?.id ?? "";
}
