/** Sessions of the console, as the store keeps them: each stands for an API key, and dies with it. */
import type { KeyId, SessionId } from "../ids.ts";
import type { Actor, ApiKey } from "./tenancy.ts";

/** A key may have so many sessions at a time; one more ends the oldest. */
export const SESSIONS_PER_KEY_MAX = 100;

/** A session that is not used for so long ends, before its time. */
export const SESSION_IDLE_MS = 30 * 60_000;

/** A use is noted when the one noted before is so old: a call costs no write. */
export const SESSION_USE_NOTED_MS = 60_000;

/** A session without the secret of its cookie, of which only the SHA-256 is stored. */
export type Session = {
  id: SessionId;
  createdAt: number;
  /** Not after its key's. */
  expiresAt: number;
  /** When its last noted use was; its beginning before there is one. */
  lastSeenAt: number;
  /** From where it was begun, and with what. */
  ip: string | null;
  userAgent: string | null;
};

export interface SessionStore {
  /**
   * Begins a session of at most `ttlMs`, and ends the one with the hash `replaces`, if there is one. `keyGone` when the key
   * is revoked or expired by now: judged in the transaction, so that no session outlives a revocation. What ends is told in
   * the audit log in the name of its own key.
   */
  createSession(params: {
    /** SHA-256 of what the cookie will hold. */
    hash: Uint8Array;
    keyId: KeyId;
    ttlMs: number;
    userAgent: string | null;
    replaces: Uint8Array | null;
    actor: Actor;
  }): Promise<{ kind: "created"; session: Session } | { kind: "keyGone" }>;
  /** The live session with this hash and its live key; null when either is unknown, ended, expired or idle. */
  findSession(params: { hash: Uint8Array }): Promise<{ session: Session; key: ApiKey } | null>;
  /** Notes a use of a live session now, unless one was noted within {@link SESSION_USE_NOTED_MS}. */
  touchSession(params: { hash: Uint8Array }): Promise<void>;
  /** Ends a session, for good. False when there is none. */
  deleteSession(params: { hash: Uint8Array; actor: Actor }): Promise<boolean>;
}
