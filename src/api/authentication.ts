/**
 * Who calls. A presented key is hashed and looked up among the keys seen before, so that a call costs no query; the
 * change watcher tells of revoked keys, and while it cannot, nothing remembered is believed.
 */
import { ApiError } from "../errors.ts";
import type { Clock } from "../clock.ts";
import type { ChangeWatcher } from "../engine/change_watcher.ts";
import type { KeyId } from "../ids.ts";
import { hashApiKey, KEY_CHARS_MAX } from "../keys.ts";
import type { Store } from "../store/store.ts";
import type { Session } from "../store/sessions.ts";
import type { ApiKey } from "../store/tenancy.ts";
import { looksLikeJwt, parseJwt } from "./jwt.ts";
import { hashSessionSecret } from "./session_cookie.ts";

const KEYS_MAX = 10_000;
const UNKNOWN_MAX = 1_000;
const USES_MAX = 10_000;
const BEARER = /^bearer +(\S+) *$/i;

export type AuthenticatorDeps = {
  store: Pick<Store, "findApiKey" | "findSession" | "touchApiKeys">;
  changes: Pick<ChangeWatcher, "onChange" | "isStale">;
  /** What JWT may be signed with. */
  sessionKeys: readonly Buffer[];
  clock: Clock;
};

/** How a key is asked for: by the hash of its text, or by the id that a JWT names. */
type Lookup = { name: string; by: { hash: Uint8Array } | { id: KeyId } };

export class Authenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #keys = new Map<string, ApiKey>();
  /** Names that no key had, so that a client with a revoked key does not cost a query per call. */
  readonly #unknown = new Set<string>();
  readonly #lookups = new Map<string, Promise<ApiKey | null>>();
  #uses = new Map<KeyId, { at: number; ip: string | null }>();
  /** Changes with every change of any key: an answer that was asked for before is not remembered. */
  #generation = 0;

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps;
    deps.changes.onChange((change) => {
      if (change.kind === "apiKey") this.#forget(change.keyId);
    });
  }

  /** The caller's key from the `authorization` header: at once when it is remembered. Throws 401 otherwise. */
  authenticate(header: string | undefined, ip: string | null): ApiKey | Promise<ApiKey> {
    const lookup = this.#lookupOf(header);
    const isBelieved = !this.#deps.changes.isStale();
    const known = isBelieved ? this.#keys.get(lookup.name) : undefined;
    if (known !== undefined) return this.#admit(known, ip);
    if (isBelieved && this.#unknown.has(lookup.name)) throw unknownKey();
    return this.#find(lookup).then((key) => {
      if (key === null) throw unknownKey();
      return this.#admit(key, ip);
    });
  }

  /** The live session with this secret, and its key. Nothing is remembered: it ends everywhere at once. Throws 401. */
  async authenticateSession(secret: string, ip: string | null): Promise<{ session: Session; key: ApiKey }> {
    const found = await this.#deps.store.findSession({ hash: hashSessionSecret(secret) });
    if (found === null) throw new ApiError("AUTHENTICATION_FAILED", "The session has ended. Sign in again.");
    return { session: found.session, key: this.#admit(found.key, ip) };
  }

  /** The live key with this text, for whoever exchanges it; null when there is none or it is expired. */
  async keyOf(text: string): Promise<ApiKey | null> {
    const key = await this.#find(lookupByText(text));
    return key === null || this.#isExpired(key) ? null : key;
  }

  /** Writes down which keys were used since the last call. */
  async flushUses(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = [...this.#uses].map(([keyId, use]) => ({ keyId, ...use }));
    this.#uses = new Map();
    await this.#deps.store.touchApiKeys({ uses });
  }

  #lookupOf(header: string | undefined): Lookup {
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
    if (claims === null) throw unknownKey();
    if (claims.expiresAt <= this.#deps.clock.now()) {
      throw new ApiError("AUTHENTICATION_FAILED", "The jwtToken is expired. Get a new one from POST /v4/auth/app-api.");
    }
    return { name: claims.keyId, by: { id: claims.keyId } };
  }

  #find(lookup: Lookup): Promise<ApiKey | null> {
    const running = this.#lookups.get(lookup.name);
    if (running !== undefined) return running;
    const find = this.#ask(lookup).finally(() => {
      if (this.#lookups.get(lookup.name) === find) this.#lookups.delete(lookup.name);
    });
    this.#lookups.set(lookup.name, find);
    return find;
  }

  async #ask(lookup: Lookup): Promise<ApiKey | null> {
    const generation = this.#generation;
    const key = await this.#deps.store.findApiKey(lookup.by);
    if (generation === this.#generation) this.#remember(lookup.name, key);
    return key;
  }

  #remember(name: string, key: ApiKey | null): void {
    if (key === null) {
      if (this.#unknown.size >= UNKNOWN_MAX) this.#unknown.clear();
      this.#unknown.add(name);
    } else {
      if (this.#keys.size >= KEYS_MAX) this.#keys.clear();
      this.#keys.set(name, key);
    }
  }

  #forget(keyId: KeyId): void {
    this.#generation++;
    this.#lookups.clear(); // a lookup under way may have read the key as it was: nobody else is to join it
    this.#unknown.clear();
    for (const [name, key] of this.#keys) if (key.id === keyId) this.#keys.delete(name);
  }

  #admit(key: ApiKey, ip: string | null): ApiKey {
    if (this.#isExpired(key)) throw new ApiError("AUTHENTICATION_FAILED", "The key is expired. Use another one.");
    if (this.#uses.size < USES_MAX) this.#uses.set(key.id, { at: this.#deps.clock.now(), ip });
    return key;
  }

  #isExpired(key: ApiKey): boolean {
    return key.expiresAt !== null && key.expiresAt <= this.#deps.clock.now();
  }
}

function lookupByText(text: string): Lookup {
  const hash = hashApiKey(text);
  return { name: hash.toString("latin1"), by: { hash } };
}

function unknownKey(): ApiError {
  return new ApiError("AUTHENTICATION_FAILED", "The key is unknown or revoked.");
}
