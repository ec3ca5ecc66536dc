/**
 * Who calls. A presented key is hashed and looked up among the keys seen before, so that a call costs no query; the
 * change watcher tells of revoked keys, and while it cannot, nothing remembered is believed.
 *
 * What was not seen before may be a guess. Whoever has guessed wrong too often has to wait before the next one; what was
 * admitted before is never held up by that, and neither is the refusal of what was refused before.
 */
import { ApiError } from "../errors.ts";
import type { Clock } from "../clock.ts";
import type { ChangeWatcher } from "../engine/change_watcher.ts";
import type { KeyId } from "../ids.ts";
import { hashApiKey, KEY_CHARS_MAX, publicPart } from "../keys.ts";
import type { Store } from "../store/store.ts";
import type { Session } from "../store/sessions.ts";
import { SESSION_USE_NOTED_MS } from "../store/sessions.ts";
import type { ApiKey } from "../store/tenancy.ts";
import { clientOf } from "./failure_throttle.ts";
import type { GuessLimits } from "./guess_limits.ts";
import { looksLikeJwt, parseJwt } from "./jwt.ts";
import { KeyUses } from "./key_uses.ts";
import { hashSessionSecret } from "./session_cookie.ts";

const KEYS_MAX = 10_000;
const UNKNOWN_MAX = 1_000;
const SESSIONS_MAX = 10_000;
const HEADERS_MAX = 1_000;
const BEARER = /^bearer +(\S+) *$/i;

export type AuthenticatorDeps = {
  store: Pick<Store, "findApiKey" | "findSession" | "touchApiKeys" | "touchSession">;
  changes: Pick<ChangeWatcher, "onChange" | "isStale">;
  /** What JWT may be signed with. */
  sessionKeys: readonly Buffer[];
  clock: Clock;
  guesses: Pick<GuessLimits, "begin">;
};

/**
 * How a key is asked for: by the hash of its text, or by the id that a JWT names. `keyId` is the public part of the text;
 * null where it has none.
 */
type Lookup = { name: string; by: { hash: Uint8Array } | { id: KeyId }; keyId: string | null };

export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #keys = new Map<string, ApiKey>();
  /** Names that no key had, so that a client with a revoked key does not cost a query per call. */
  readonly #unknown = new Set<string>();
  /** Names of sessions that were admitted once: they are asked for at each call, and are no guesses. */
  readonly #sessions = new Set<string>();
  readonly #lookups = new Map<string, Promise<ApiKey | null>>();
  /** The names of remembered keys by the header that gave them: it need not be taken apart and hashed again. */
  readonly #headers = new Map<string, string>();
  readonly #uses = new KeyUses();
  /** Changes with every change of any key: an answer that was asked for before is not remembered. */
  #generation = 0;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
    deps.changes.onChange((change) => {
      if (change.kind === "apiKey") this.#forget(change.keyId);
    });
  }

  /** The caller's key from the `authorization` header: at once when it is remembered. Throws 401 otherwise, or 429. */
  authenticate(header: string | undefined, ip: string): ApiKey | Promise<ApiKey> {
    const isBelieved = !this.#deps.changes.isStale();
    const name = isBelieved && header !== undefined ? this.#headers.get(header) : undefined;
    const familiar = name === undefined ? undefined : this.#keys.get(name);
    if (familiar !== undefined) return this.#admit(familiar, ip);
    const lookup = this.#lookupOf(header, ip);
    const known = isBelieved ? this.#keys.get(lookup.name) : undefined;
    if (known !== undefined) {
      if (header !== undefined) this.#rememberHeader(header, lookup);
      return this.#admit(known, ip);
    }
    return this.#find(lookup, ip).then((key) => {
      if (key === null) throw unknownKey();
      return this.#admit(key, ip);
    });
  }

  /** The live session with this secret, and its key. Nothing is remembered: it ends everywhere at once. Throws 401, or 429. */
  async authenticateSession(secret: string, ip: string): Promise<{ session: Session; key: ApiKey }> {
    const hash = hashSessionSecret(secret);
    const name = `session ${hash.toString("latin1")}`;
    // A secret that was unknown once stays so: it is made by the server before anybody can send it.
    if (this.#unknown.has(name)) throw sessionEnded();
    const guess = this.#sessions.has(name) ? null : this.#deps.guesses.begin({ client: clientOf(ip), keyId: null });
    const found = await this.#deps.store.findSession({ hash }).catch((error: unknown) => {
      guess?.takeBack();
      throw error;
    });
    if (found === null) {
      this.#rememberUnknown(name);
      throw sessionEnded();
    }
    guess?.takeBack();
    if (this.#sessions.size >= SESSIONS_MAX) this.#sessions.clear();
    this.#sessions.add(name);
    const key = this.#admit(found.key, ip);
    if (found.session.lastSeenAt <= this.#deps.clock.now() - SESSION_USE_NOTED_MS) {
      // Who may come in does so even where it cannot be noted; the next call tries again.
      await this.#deps.store.touchSession({ hash }).catch(() => {});
    }
    return { session: found.session, key };
  }

  /** The live key with this text, for whoever exchanges it; null when there is none or it is expired. Throws 429. */
  async keyOf(text: string, ip: string): Promise<ApiKey | null> {
    const key = await this.#find(lookupByText(text), ip);
    return key === null || this.#isExpired(key) ? null : key;
  }

  /** Whether the key with this text was admitted before, and none of the changes since was its own. */
  isRemembered(text: string): boolean {
    return this.#keys.has(lookupByText(text).name);
  }

  /** Writes down which keys were used since the last call. */
  async flushUses(): Promise<void> {
    for (const uses of this.#uses.takeTurns()) await this.#deps.store.touchApiKeys({ uses });
  }

  #lookupOf(header: string | undefined, ip: string): Lookup {
    if (header === undefined) {
      throw new ApiError(
        "AUTHENTICATION_REQUIRED",
        "This call needs a key. Send the header `Authorization: Bearer <key>`.",
      );
    }
    const credential = BEARER.exec(header)?.[1];
    if (credential === undefined || credential.length > KEY_CHARS_MAX) {
      throw new ApiError("AUTHENTICATION_FAILED", "The authorization header is not `Bearer <key>`.");
    }
    if (!looksLikeJwt(credential)) return lookupByText(credential);
    const claims = parseJwt(this.#deps.sessionKeys, credential);
    if (claims === null) throw this.#refusedJwt(credential, ip);
    if (claims.expiresAt <= this.#deps.clock.now()) {
      throw new ApiError("AUTHENTICATION_FAILED", "The jwtToken is expired. Get a new one from POST /v4/auth/app-api.");
    }
    return { name: claims.keyId, by: { id: claims.keyId }, keyId: null };
  }

  /** A token that is not ours is a guess, too, and counts once. */
  #refusedJwt(credential: string, ip: string): ApiError {
    const { name } = lookupByText(credential);
    if (!this.#unknown.has(name)) {
      this.#deps.guesses.begin({ client: clientOf(ip), keyId: null });
      this.#rememberUnknown(name);
    }
    return unknownKey();
  }

  /** Null where no key has the name: at once when that is remembered. */
  #find(lookup: Lookup, ip: string): Promise<ApiKey | null> {
    const isUnknown = this.#unknown.has(lookup.name);
    if (isUnknown && !this.#deps.changes.isStale()) return Promise.resolve(null);
    const running = this.#lookups.get(lookup.name);
    if (running !== undefined) return running;
    const isGuess = !isUnknown && !this.#keys.has(lookup.name);
    const find = this.#ask(lookup, isGuess ? clientOf(ip) : null).finally(() => {
      if (this.#lookups.get(lookup.name) === find) this.#lookups.delete(lookup.name);
    });
    this.#lookups.set(lookup.name, find);
    return find;
  }

  /** `guesser` is the client that asks for what was not seen before; null otherwise. */
  async #ask(lookup: Lookup, guesser: string | null): Promise<ApiKey | null> {
    const generation = this.#generation;
    const guess = guesser === null ? null : this.#deps.guesses.begin({ client: guesser, keyId: lookup.keyId });
    let key: ApiKey | null = null;
    let isWrong = false;
    try {
      key = await this.#deps.store.findApiKey(lookup.by);
      isWrong = key === null;
    } finally {
      if (!isWrong) guess?.takeBack();
    }
    if (generation === this.#generation) this.#remember(lookup.name, key);
    return key;
  }

  #remember(name: string, key: ApiKey | null): void {
    if (key === null) return this.#rememberUnknown(name);
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear();
    this.#keys.set(name, key);
  }

  /** Not one with a JWT, whose own expiry has to be looked at each time. */
  #rememberHeader(header: string, { name, by }: Lookup): void {
    if ("id" in by) return;
    if (this.#headers.size >= HEADERS_MAX) this.#headers.clear();
    this.#headers.set(header, name);
  }

  #rememberUnknown(name: string): void {
    if (this.#unknown.size >= UNKNOWN_MAX) this.#unknown.clear();
    this.#unknown.add(name);
  }

  #forget(keyId: KeyId): void {
    this.#generation++;
    this.#lookups.clear(); // a lookup under way may have read the key as it was: nobody else is to join it
    this.#unknown.clear();
    for (const [name, key] of this.#keys) if (key.id === keyId) this.#keys.delete(name);
  }

  #admit(key: ApiKey, ip: string): ApiKey {
    if (this.#isExpired(key)) throw new ApiError("AUTHENTICATION_FAILED", "The key is expired. Use another one.");
    this.#uses.note(key.id, { at: this.#deps.clock.now(), ip });
    return key;
  }

  #isExpired(key: ApiKey): boolean {
    return key.expiresAt !== null && key.expiresAt <= this.#deps.clock.now();
  }
}

function lookupByText(text: string): Lookup {
  const hash = hashApiKey(text);
  return { name: hash.toString("latin1"), by: { hash }, keyId: publicPart(text) };
}

function sessionEnded(): ApiError {
  return new ApiError("AUTHENTICATION_FAILED", "The session has ended. Sign in again.");
}

function unknownKey(): ApiError {
  return new ApiError("AUTHENTICATION_FAILED", "The key is unknown or revoked.");
}
