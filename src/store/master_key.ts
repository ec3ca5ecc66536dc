/**
 * Under which key the secrets of the store are sealed, and going over to another one. Keys are named by their ids (see
 * secret_box.ts); the key to go over to is the first one that the store was opened with.
 *
 * A rotation has a beginning, from which on every process seals under the new key; steps that seal anew what the old key has
 * sealed; and an end, when nothing is left of it. Until the end both keys are needed, and whoever has only one of them is
 * refused. It may stop anywhere and go on later.
 */
import type { Actor } from "./tenancy.ts";

/** They differ while a rotation is under way: then `keyId` is the old key. */
export type MasterKeys = {
  /** What the store was wholly sealed under when the last rotation had ended. */
  keyId: string;
  /** What is sealed now is sealed under this one. */
  sealingKeyId: string;
};

/** A process that nobody has declared dead, and that has not got the new key. */
export type WorkerWithoutKey = { role: string; host: string; pid: number };

/** What beginning came to. `other`: a rotation to a third key is under way, which has to be ended first. */
export type RotationBegin =
  | { kind: "begun" | "underWay" | "done" }
  | { kind: "other"; keys: MasterKeys }
  | { kind: "workersWithoutKey"; workers: WorkerWithoutKey[] };

export interface MasterKeyStore {
  masterKeys(): Promise<MasterKeys>;
  /**
   * From its commit on, everything is sealed under the new key, in every process: whoever seals looks under the lock of the row
   * that this changes. Changes nothing while a live worker has not got the new key.
   */
  beginMasterKeyRotation(params: { actor: Actor }): Promise<RotationBegin>;
  /**
   * Seals anew, under the new key, what is sealed under another one: looks at up to `limit` rows after `cursor`.
   * `nextCursor` null: the end was reached. Throws where something does not open, and names it.
   */
  resealSecrets(params: {
    limit: number;
    cursor: string | null;
  }): Promise<{ resealed: number; nextCursor: string | null }>;
  /** Ends the rotation that is under way, unless something is still sealed under the old key: then false. */
  endMasterKeyRotation(params: { actor: Actor }): Promise<boolean>;
}
