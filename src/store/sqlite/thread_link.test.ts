import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreOpenError, StoreUnavailable } from "../store.ts";
import { ThreadLink } from "./thread_link.ts";
import type { WriteBatch } from "./write_core.ts";

const THREAD = { path: "none", secretKeys: [new Uint8Array(32)] as const, now: 0, commitDelayMs: 0 };
const BATCH: WriteBatch = { now: 0, calls: [] };

function threadOf(code: string): URL {
  const imports = `import { parentPort } from "node:worker_threads";`;
  return new URL(`data:text/javascript,${encodeURIComponent(`${imports}${code}`)}`);
}

test("a thread that dies during a batch rejects it as unavailable, tells once, and refuses what follows", async () => {
  const file = threadOf(`
    parentPort.on("message", () => { throw new Error("out of luck"); });
    parentPort.postMessage({ kind: "opened" });`);
  const deaths: Error[] = [];
  const link = await ThreadLink.open<WriteBatch>({
    file,
    name: "test",
    thread: THREAD,
    onDeath: (error) => deaths.push(error),
  });
  await assert.rejects(link.run(BATCH), StoreUnavailable);
  await assert.rejects(link.run(BATCH), /out of luck/);
  await link.close();
  assert.equal(deaths.length, 1);
});

test("a thread that ends by itself without an error is dead too", async () => {
  const file = threadOf(`
    parentPort.on("message", () => process.exit(3));
    parentPort.postMessage({ kind: "opened" });`);
  const deaths: Error[] = [];
  const link = await ThreadLink.open<WriteBatch>({
    file,
    name: "test",
    thread: THREAD,
    onDeath: (error) => deaths.push(error),
  });
  await assert.rejects(link.run(BATCH), /code 3/);
  assert.equal(deaths.length, 1);
});

test("a thread that cannot open its database says why, and its end is no death", async () => {
  const file = threadOf(`parentPort.postMessage({ kind: "openFailed", message: "no such disk" });`);
  const deaths: Error[] = [];
  const opening = ThreadLink.open({ file, name: "test", thread: THREAD, onDeath: (error) => deaths.push(error) });
  await assert.rejects(opening, (error) => error instanceof StoreOpenError && error.message === "no such disk");
  assert.deepEqual(deaths, []);
});
