/** The chain of the audit log: each row's hash covers the row and the hash of the one before it of the same tenant. */
import { createHash } from "node:crypto";
import type { Actor, AuditEntry } from "./tenancy.ts";

/** The actor of what the store does by its own rules, such as disabling a failing webhook. */
export const SYSTEM_ACTOR: Actor = { kind: "system", keyId: null, name: "system", ip: null, requestId: null };

/** An entry as the one who writes it knows it; `before` and `after` become JSON and must hold no secrets. */
export type NewAuditEntry = Pick<AuditEntry, "tenant" | "actor" | "action" | "target"> & {
  before: object | null;
  after: object | null;
};

/** What the hash of a tenant's first entry covers in place of one before it. */
export const FIRST_PREV_HASH: Uint8Array = new Uint8Array(32);

/** The hash of an entry that follows the one with `prevHash` ({@link FIRST_PREV_HASH} for a tenant's first). */
export function auditHash(prevHash: Uint8Array, entry: AuditEntry): Buffer {
  const { id, at, tenant, actor, action, target, before, after } = entry;
  const who = [actor.kind, actor.keyId, actor.name, actor.ip, actor.requestId];
  const fields = JSON.stringify([id, at, tenant, ...who, action, target.kind, target.id, before, after]);
  return createHash("sha256").update(prevHash).update(fields).digest();
}
