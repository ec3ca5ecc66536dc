import { test } from "node:test";
import assert from "node:assert/strict";
import type { Clock } from "../clock.ts";
import type { ChangeListener } from "../engine/change_watcher.ts";
import type { KeyId } from "../ids.ts";
import { hashApiKey } from "../keys.ts";
import type { Session } from "../store/sessions.ts";
import type { ApiKey } from "../store/tenancy.ts";
import { ApiError } from "../errors.ts";
import { Authenticator } from "./authentication.ts";
import { formatJwt } from "./jwt.ts";
import { hashSessionSecret } from "./session_cookie.ts";

const [OLD_SESSION_KEY, SESSION_KEY] = [Buffer.alloc(32, 6), Buffer.alloc(32, 7)];
const SESSION = { createdAt: 0, expiresAt: 9_000, lastSeenAt: 0 } as Session; // nothing else is asked of it
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
    networks: [],
    newNetworkAt: null,
    ...overrides,
  };
}

/** A store of one key with the text `secret`, whose answers can be held back. */
function setup() {
  const state = {
    key: keyOf() as ApiKey | null,
    queries: 0,
    isStale: false,
    now: 1_000,
    hold: Promise.resolve(),
    isBroken: false,
    sessionTouches: 0,
  };
  const touched: unknown[] = [];
  let listener: ChangeListener = () => {};
  const clock = { now: () => state.now } as Clock; // nothing else is asked of it
  /** Guesses that have begun, and how many of them were taken back; at `guessesMax` the next has to wait. */
  const guesses = { begun: [] as unknown[], takenBack: 0, max: Number.POSITIVE_INFINITY };
  const authenticator = new Authenticator({
    store: {
      findApiKey: async (by) => {
        state.queries++;
        const { key } = state;
        await state.hold;
        if (state.isBroken) throw new Error("the store is away");
        const isIt = "id" in by ? by.id === key?.id : hashApiKey("secret").equals(by.hash);
        return isIt ? key : null;
      },
      findSession: async ({ hash }) => {
        state.queries++;
        const { key } = state;
        return key !== null && hashSessionSecret("session").equals(hash) ? { session: SESSION, key } : null;
      },
      touchSession: async () => {
        state.sessionTouches++;
        if (state.isBroken) throw new Error("the store is away");
      },
      touchApiKeys: async (params) => void touched.push(...params.uses),
    },
    changes: { onChange: (added) => (listener = added), isStale: () => state.isStale },
    sessionKeys: [OLD_SESSION_KEY, SESSION_KEY],
    clock,
    guesses: {
      begin: (guess) => {
        if (guesses.begun.length - guesses.takenBack >= guesses.max) throw new ApiError("AUTHENTICATION_THROTTLED", "");
        guesses.begun.push(guess);
        return { takeBack: () => void guesses.takenBack++ };
      },
    },
  });
  const call = async (text = "secret") => authenticator.authenticate(`Bearer ${text}`, "127.0.0.1");
  const change = (keyId: KeyId) => listener({ seq: 1, kind: "apiKey", keyId });
  return { state, authenticator, call, change, touched, guesses };
}

const REFUSED = { code: "AUTHENTICATION_FAILED" };
const THROTTLED = { code: "AUTHENTICATION_THROTTLED" };

test("a key is asked for once, then admitted at once", async () => {
  const { state, authenticator, call } = setup();
  await call();
  const again = authenticator.authenticate("Bearer secret", "127.0.0.1");
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

test("a header that was sent again and again is refused once its key is revoked, expired or not believed", async () => {
  for (const end of ["revoked", "expired", "stale"] as const) {
    const { state, call, change } = setup();
    state.key = keyOf({ expiresAt: 2_000 });
    for (let times = 0; times < 4; times++) await call();
    if (end === "expired") state.now = 2_000;
    else state.key = null;
    if (end === "revoked") void change(ID);
    if (end === "stale") state.isStale = true;
    await assert.rejects(call(), REFUSED, end);
  }
});

test("a JWT that was sent again and again is refused once it is expired", async () => {
  const { state, call } = setup();
  const jwt = formatJwt(SESSION_KEY, { keyId: ID, issuedAt: 0 });
  for (let times = 0; times < 4; times++) await call(jwt);
  state.now = 3_600_000;
  await assert.rejects(call(jwt), REFUSED);
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
  assert.deepEqual(touched, [{ keyId: ID, at: 1_500, ip: "127.0.0.1", network: "127.0.0.0/24" }]);
});

test("a use from elsewhere between two of the owner is written, too, before the last one", async () => {
  const { authenticator, call, touched } = setup();
  await call();
  await authenticator.authenticate("Bearer secret", "203.0.113.9");
  await call();
  await authenticator.flushUses();
  assert.deepEqual(
    touched.map((use) => (use as { network: string }).network),
    ["203.0.113.0/24", "127.0.0.0/24"],
  );
});

test("a header that is missing or malformed is told apart", () => {
  const { authenticator } = setup();
  assert.throws(() => authenticator.authenticate(undefined, "127.0.0.1"), { code: "AUTHENTICATION_REQUIRED" });
  for (const header of ["", "secret", "Bearer", "Bearer a b", "Basic secret", `Bearer ${"x".repeat(513)}`]) {
    assert.throws(() => authenticator.authenticate(header, "127.0.0.1"), REFUSED, header);
  }
});

test("an unknown key counts as one guess, however often it is sent and at the same time", async () => {
  const { call, change, guesses } = setup();
  await Promise.allSettled([call("other"), call("other"), call("other")]);
  await assert.rejects(call("other"), REFUSED);
  assert.deepEqual(guesses, { ...guesses, begun: [{ client: "127.0.0.1", keyId: null }], takenBack: 0 });
  void change(ID);
  await assert.rejects(call("other"), REFUSED);
  assert.equal(guesses.begun.length, 2);
});

test("a guess names the public part of the key, so that many addresses cannot share the guessing", async () => {
  const { call, guesses } = setup();
  const owner = "skv2_test_6f9619ff-8b86-4011-b42d-00c04fc964ff_";
  await assert.rejects(call(`${owner}guess`), REFUSED);
  assert.deepEqual(guesses.begun, [{ client: "127.0.0.1", keyId: owner }]);
});

test("a key that is right is no guess after all, and no guess at all once it was admitted", async () => {
  const { call, guesses } = setup();
  await call();
  assert.deepEqual([guesses.begun.length, guesses.takenBack], [1, 1]);
  guesses.max = 0;
  await call();
});

test("who has to wait is refused before anything is looked up, but for what was admitted or refused before", async () => {
  const { state, authenticator, call, guesses } = setup();
  await call();
  await authenticator.authenticateSession("session", "127.0.0.1");
  await assert.rejects(call("refused"), REFUSED);
  await assert.rejects(authenticator.authenticateSession("ended", "127.0.0.1"), REFUSED);
  guesses.max = 0;
  state.queries = 0;
  await assert.rejects(call("another"), THROTTLED);
  await assert.rejects(authenticator.keyOf("another", "127.0.0.1"), THROTTLED);
  await assert.rejects(authenticator.authenticateSession("another", "127.0.0.1"), THROTTLED);
  await assert.rejects(call(formatJwt(Buffer.alloc(32), { keyId: ID, issuedAt: 0 })), THROTTLED);
  assert.equal(state.queries, 0);
  await call();
  state.isStale = true;
  await call();
  await authenticator.authenticateSession("session", "127.0.0.1");
  await assert.rejects(call("refused"), REFUSED);
  await assert.rejects(authenticator.authenticateSession("ended", "127.0.0.1"), REFUSED);
});

test("what cannot be looked up is no wrong guess", async () => {
  const { state, call, guesses } = setup();
  state.isBroken = true;
  await assert.rejects(call("other"), /the store is away/);
  assert.deepEqual([guesses.begun.length, guesses.takenBack], [1, 1]);
});

test("an unknown key costs one query, as a known one does when it comes first", async () => {
  const { state, call } = setup();
  await call();
  const known = state.queries;
  await assert.rejects(call("other"), REFUSED);
  assert.equal(state.queries - known, known);
});

test("the use of a session is noted once the noted one is a minute old, and a session whose use cannot be noted is admitted", async () => {
  const { state, authenticator } = setup();
  state.now = 59_999;
  await authenticator.authenticateSession("session", "127.0.0.1");
  assert.equal(state.sessionTouches, 0);
  state.now = 60_000;
  state.isBroken = true;
  assert.equal((await authenticator.authenticateSession("session", "127.0.0.1")).key.id, ID);
  assert.equal(state.sessionTouches, 1);
});
