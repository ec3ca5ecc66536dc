import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deriveKeys, loadMasterKeyFile, parseMasterKey } from "./master_key.ts";
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
