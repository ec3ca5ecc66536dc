import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  adoptNextMasterKeyFile,
  deriveKeys,
  loadMasterKeyFile,
  loadNextMasterKeyFile,
  parseMasterKey,
} from "./master_key.ts";
import { systemRandom } from "./random.ts";
import { StoreOpenError } from "./store/store.ts";

function setup(t: TestContext): { databasePath: string; keyPath: string } {
  const folder = mkdtempSync(join(tmpdir(), "master-key-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const databasePath = join(folder, "data/w.db");
  return { databasePath, keyPath: `${databasePath}.master-key` };
}

test("the first start writes a key that only this user can read, and later starts read it", (t) => {
  const { databasePath, keyPath } = setup(t);
  const key = loadMasterKeyFile(databasePath, systemRandom);
  assert.equal(key.length, 32);
  assert.equal(statSync(keyPath).mode & 0o777, 0o600);
  writeFileSync(databasePath, "a database");
  assert.deepEqual(loadMasterKeyFile(databasePath, systemRandom), key);
});

test("a database without its key file is not given a new key", (t) => {
  const { databasePath, keyPath } = setup(t);
  loadMasterKeyFile(databasePath, systemRandom);
  writeFileSync(databasePath, "a database");
  rmSync(keyPath);
  assert.throws(() => loadMasterKeyFile(databasePath, systemRandom), StoreOpenError);
  assert.throws(() => readFileSync(keyPath), { code: "ENOENT" });
});

test("a damaged key file is refused with the remedy", (t) => {
  const { databasePath, keyPath } = setup(t);
  loadMasterKeyFile(databasePath, systemRandom);
  writeFileSync(keyPath, "c2hvcnQ=");
  assert.throws(() => loadMasterKeyFile(databasePath, systemRandom), /32 bytes.*MASTER_KEY/);
});

test("a master key is 32 bytes of base64, with or without padding and white space", () => {
  const key = Buffer.alloc(32, 0xfb);
  const text = key.toString("base64");
  for (const spelling of [text, `${text}\n`, text.replace("=", "")]) assert.deepEqual(parseMasterKey(spelling), key);
  for (const wrong of ["", "abc", key.toString("hex"), Buffer.alloc(31).toString("base64"), `${text}!`]) {
    assert.equal(parseMasterKey(wrong), null, wrong);
  }
});

test("derived keys differ by purpose and depend on the master key alone", () => {
  const keys = deriveKeys(Buffer.alloc(32, 1));
  const distinct = new Set(Object.values(keys).map((key) => key.toString("hex")));
  assert.equal(distinct.size, 3);
  assert.deepEqual(deriveKeys(Buffer.alloc(32, 1)), keys);
  assert.notDeepEqual(deriveKeys(Buffer.alloc(32, 2)), keys);
});

test("the next key waits in a file of its own, stays the same until it is adopted, and the one before stays apart", (t) => {
  const { databasePath, keyPath } = setup(t);
  const first = loadMasterKeyFile(databasePath, systemRandom);
  writeFileSync(databasePath, "a database");
  const next = loadNextMasterKeyFile(databasePath, systemRandom);
  assert.notDeepEqual(next, first);
  assert.equal(statSync(`${keyPath}.next`).mode & 0o777, 0o600);
  assert.deepEqual(
    loadNextMasterKeyFile(databasePath, systemRandom),
    next,
    "a rotation that was killed goes on with it",
  );
  assert.deepEqual(loadMasterKeyFile(databasePath, systemRandom), first, "nothing is changed until the end");
  const { previousPath } = adoptNextMasterKeyFile(databasePath);
  assert.deepEqual(loadMasterKeyFile(databasePath, systemRandom), next);
  assert.deepEqual(parseMasterKey(readFileSync(previousPath, "utf8")), first);
  for (const path of [keyPath, previousPath]) assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.throws(() => statSync(`${keyPath}.next`), { code: "ENOENT" });
  assert.notDeepEqual(loadNextMasterKeyFile(databasePath, systemRandom), next, "the one after it is another one");
});

test("a damaged next key is refused, so that nothing is sealed under it", (t) => {
  const { databasePath, keyPath } = setup(t);
  loadMasterKeyFile(databasePath, systemRandom);
  writeFileSync(`${keyPath}.next`, "c2hvcnQ=");
  assert.throws(() => loadNextMasterKeyFile(databasePath, systemRandom), StoreOpenError);
});
