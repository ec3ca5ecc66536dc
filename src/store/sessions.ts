/** Sessions of the console, as the store keeps them: each stands for an API key, and dies with it. */
import type { KeyId, SessionId } from "../ids.ts";
import type { Actor, ApiKey } from "./tenancy.ts";

/** A key may have so many sessions at a time; one more ends the oldest. */
export const SESSIONS_PER_KEY_MAX = 100;

/** A session without the secret of its cookie, of which only the SHA-256 is stored. */
export type Session = {
  id: SessionId;
  createdAt: number;
  /** Not after its key's. */
  expiresAt: number;
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
  /** The live session with this hash and its live key; null when either is unknown, ended or expired. */
  findSession(params: { hash: Uint8Array }): Promise<{ session: Session; key: ApiKey } | null>;
  /** Ends a session, for good. False when there is none. */
  deleteSession(params: { hash: Uint8Array; actor: Actor }): Promise<boolean>;
}
