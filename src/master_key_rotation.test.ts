import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "./clock.ts";
import { createLogger } from "./log.ts";
import { prepareRotation, rotateMasterKey } from "./master_key_rotation.ts";
import type { MasterKeyPair, OpenStoreOptions } from "./open_store.ts";
import { openStore, openStoreWith } from "./open_store.ts";
import { systemRandom } from "./random.ts";
import { Secret } from "./secret.ts";
import type { MasterKeyStore } from "./store/master_key.ts";
import { StoreOpenError } from "./store/store.ts";

const [OLD, NEW] = [1, 2].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer]; // one for each

function setUp(t: TestContext): OpenStoreOptions {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-rotation-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    config: { database: { kind: "sqlite", path: join(folder, "w.db") }, masterKey: null, previousMasterKey: null },
    clock: systemClock,
    sharedClock: null,
    random: systemRandom,
    log: createLogger("silent"),
    onFatal: (error) => {
      throw error;
    },
    commitDelayMs: 0,
  };
}

/** Opens the store, works, and closes it. */
async function within<Result>(
  options: OpenStoreOptions,
  keys: MasterKeyPair,
  work: (store: MasterKeyStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStoreWith(keys, options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

test("a rotation that was killed before the new key file was in its place needs it, and is finished by the next one", async (t) => {
  const options = setUp(t);
  await (await openStore(options)).store.close();
  const first = prepareRotation(options.config, systemRandom);
  await within(options, first.keys, (store) => rotateMasterKey(store, () => undefined));
  await assert.rejects(openStore(options), (error: Error) => {
    return error instanceof StoreOpenError && /sealed under master key/.test(error.message);
  });
  const second = prepareRotation(options.config, systemRandom);
  assert.deepEqual(second.keys, first.keys);
  assert.equal(await within(options, second.keys, (store) => rotateMasterKey(store, () => undefined)), 0);
  second.finish();
  const { store, keys } = await openStore(options);
  await store.close();
  assert.equal(keys.token.length, 1);
});

test("a rotation of given keys needs both, and says where the one is that it lacks", (t) => {
  const { config } = setUp(t);
  const { database } = config;
  assert.ok(database.kind === "sqlite");
  assert.throws(() => prepareRotation(config, systemRandom), /There is no database/);
  const url = new Secret("postgres://user:letmein@host/db");
  const postgres = { kind: "postgres", url, poolSize: 9 } as const;
  for (const [masterKey, previousMasterKey, told] of [
    [new Secret(NEW), null, /only MASTER_KEY is set/],
    [null, new Secret(OLD), /only MASTER_KEY_PREVIOUS is set/],
  ] as const) {
    const rotation = { database: postgres, masterKey, previousMasterKey };
    assert.throws(() => prepareRotation(rotation, systemRandom), told);
  }
  const both = { database: postgres, masterKey: new Secret(NEW), previousMasterKey: new Secret(OLD) };
  assert.deepEqual(prepareRotation(both, systemRandom).keys, { current: NEW, previous: OLD });
});

test("a server with two keys makes tokens with the one in force, and accepts those of both", async (t) => {
  const options = setUp(t);
  const config = { ...options.config, masterKey: new Secret(OLD) };
  await (await openStore({ ...options, config })).store.close();
  const both = { ...options, config: { ...config, masterKey: new Secret(NEW), previousMasterKey: new Secret(OLD) } };
  const read = async () => {
    const { store, keys } = await openStore(both);
    await store.close();
    return keys;
  };
  const before = await read();
  assert.deepEqual([before.token.length, before.session.length], [2, 2]);
  const { keys } = prepareRotation(both.config, systemRandom);
  await within(both, keys, (store) => rotateMasterKey(store, () => undefined));
  const after = await read();
  assert.deepEqual(after.token, before.token.toReversed());
  assert.deepEqual(after.session, before.session.toReversed());
});

test("a store in which something stays sealed under the old key is told, and not called done", async () => {
  const store: MasterKeyStore = {
    masterKeys: async () => ({ keyId: "a", sealingKeyId: "b" }),
    beginMasterKeyRotation: async () => ({ kind: "begun" }),
    resealSecrets: async () => ({ resealed: 1, nextCursor: null }),
    endMasterKeyRotation: async () => false,
  };
  await assert.rejects(
    rotateMasterKey(store, () => undefined),
    /still sealed under the old key/,
  );
});
