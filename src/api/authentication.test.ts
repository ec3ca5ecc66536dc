import { test } from "node:test";
import assert from "node:assert/strict";
import type { Clock } from "../clock.ts";
import type { ChangeListener } from "../engine/change_watcher.ts";
import type { KeyId } from "../ids.ts";
import { hashApiKey } from "../keys.ts";
import type { ApiKey } from "../store/tenancy.ts";
import { Authenticator } from "./authentication.ts";
import { formatJwt } from "./jwt.ts";

const [OLD_SESSION_KEY, SESSION_KEY] = [Buffer.alloc(32, 6), Buffer.alloc(32, 7)];
const ID = "key_0VbqWeCc000Z7hjQirIUX3" as KeyId;

function keyOf(overrides: Partial<ApiKey> = {}): ApiKey {
  return {
    id: ID,
    kind: "operator",
    tenant: null,
    name: "",
    scopes: [],
    prefix: "",
    createdBy: null,
    createdAt: 0,
    expiresAt: null,
    lastUsedAt: null,
    lastUsedIp: null,
    ...overrides,
  };
}

/** A store of one key with the text `secret`, whose answers can be held back. */
function setup() {
  const state = { key: keyOf() as ApiKey | null, queries: 0, isStale: false, now: 1_000, hold: Promise.resolve() };
  const touched: unknown[] = [];
  let listener: ChangeListener = () => {};
  const clock = { now: () => state.now } as Clock; // nothing else is asked of it
  const authenticator = new Authenticator({
    store: {
      findApiKey: async (by) => {
        state.queries++;
        const { key } = state;
        await state.hold;
        const isIt = "id" in by ? by.id === key?.id : hashApiKey("secret").equals(by.hash);
        return isIt ? key : null;
      },
      findSession: async () => null,
      touchApiKeys: async (params) => void touched.push(...params.uses),
    },
    changes: { onChange: (added) => (listener = added), isStale: () => state.isStale },
    sessionKeys: [OLD_SESSION_KEY, SESSION_KEY],
    clock,
  });
  const call = async (text = "secret") => authenticator.authenticate(`Bearer ${text}`, "127.0.0.1");
  const change = (keyId: KeyId) => listener({ seq: 1, kind: "apiKey", keyId });
  return { state, authenticator, call, change, touched };
}

const REFUSED = { code: "AUTHENTICATION_FAILED" };

test("a key is asked for once, then admitted at once", async () => {
  const { state, authenticator, call } = setup();
  await call();
  const again = authenticator.authenticate("Bearer secret", null);
  assert.equal(again instanceof Promise, false);
  assert.equal(state.queries, 1);
});

test("calls at the same time with a new key share one query", async () => {
  const { state, call } = setup();
  await Promise.all([call(), call(), call()]);
  assert.equal(state.queries, 1);
});

test("an unknown key is remembered as such until any key changes", async () => {
  const { state, call, change } = setup();
  await assert.rejects(call("other"), REFUSED);
  await assert.rejects(call("other"), REFUSED);
  assert.equal(state.queries, 1);
  void change("key_other" as KeyId);
  await assert.rejects(call("other"), REFUSED);
  assert.equal(state.queries, 2);
});

test("a revoked key is refused from the moment that its change is heard of", async () => {
  const { state, call, change } = setup();
  await call();
  state.key = null;
  await call();
  void change(ID);
  await assert.rejects(call(), REFUSED);
});

test("an answer that was read before a revocation, and came after it, is not remembered", async () => {
  const { state, call, change } = setup();
  let release = (): void => {};
  state.hold = new Promise((resolve) => (release = resolve));
  const early = call();
  state.key = null;
  void change(ID);
  release();
  await early;
  await assert.rejects(call(), REFUSED);
});

test("while changes cannot be heard of, nothing remembered is believed", async () => {
  const { state, call } = setup();
  await call();
  state.isStale = true;
  await call();
  assert.equal(state.queries, 2);
  state.key = null;
  await assert.rejects(call(), REFUSED);
});

test("a remembered key expires all the same", async () => {
  const { state, call } = setup();
  state.key = keyOf({ expiresAt: 2_000 });
  await call();
  state.now = 2_000;
  await assert.rejects(call(), REFUSED);
});

test("a JWT stands for its key by id, and is refused when it is expired or forged", async () => {
  const { state, call, change } = setup();
  const token = formatJwt(SESSION_KEY, { keyId: ID, issuedAt: 0 });
  await call(token);
  await assert.rejects(call(formatJwt(Buffer.alloc(32), { keyId: ID, issuedAt: 0 })), REFUSED);
  state.now = 3_600_000;
  await assert.rejects(call(token), REFUSED);
  state.now = 1_000;
  state.key = null;
  void change(ID);
  await assert.rejects(call(token), REFUSED);
});

test("uses are written in one go, the last of each key", async () => {
  const { state, authenticator, call, touched } = setup();
  await authenticator.flushUses();
  await call();
  state.now = 1_500;
  await call();
  await authenticator.flushUses();
  await authenticator.flushUses();
  assert.deepEqual(touched, [{ keyId: ID, at: 1_500, ip: "127.0.0.1" }]);
});

test("a header that is missing or malformed is told apart", () => {
  const { authenticator } = setup();
  assert.throws(() => authenticator.authenticate(undefined, null), { code: "AUTHENTICATION_REQUIRED" });
  for (const header of ["", "secret", "Bearer", "Bearer a b", "Basic secret", `Bearer ${"x".repeat(513)}`]) {
    assert.throws(() => authenticator.authenticate(header, null), REFUSED, header);
  }
});
