/** Applications, their environments (tenants), API keys and the entries of the audit log, as the store keeps them. */
import type { AuditId, KeyId } from "../ids.ts";
import type { AppEnv, Scope } from "../domain/values.ts";

/** Who does something, for the audit log. `keyId` is null for the server itself (first start, auto-disable). */
export type Actor = {
  kind: "operator" | "platform" | "tenant" | "system";
  keyId: KeyId | null;
  name: string;
  ip: string | null;
  requestId: string | null;
};

/** How an event names who asked for its next attempt: the key's id, or the name where no key was used. */
export function triggeredBy(actor: Actor): string {
  return actor.keyId ?? actor.name;
}

export type Application = { appId: string; appName: string; orgId: string | null; createdAt: number };

/** One application environment. `tenant` is the number that leads the key of everything that belongs to it. */
export type Tenant = { tenant: number; appId: string; appName: string; orgId: string | null; appEnv: AppEnv };

export type KeyKind = "operator" | "platform" | "tenant";

/** An API key without its secret, of which only the SHA-256 is stored. */
export type ApiKey = {
  id: KeyId;
  kind: KeyKind;
  /** The tenant, for `kind: "tenant"`; null otherwise. */
  tenant: Tenant | null;
  name: string;
  scopes: readonly Scope[];
  /** The first characters, for recognising it. */
  prefix: string;
  /** Who made it: the name of the actor, or the id of its key; null for keys of before this was noted. */
  createdBy: string | null;
  createdAt: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
  lastUsedIp: string | null;
  /** The one that it was last used from, and the other one that it was used from before that. */
  networks: readonly string[];
  /** When it was last used from a network that was neither of the two before; null: not yet, as far as is known. */
  newNetworkAt: number | null;
};

/** A use of a key; `network` is that of `ip`, null where it has none. */
export type KeyUse = { keyId: KeyId; at: number; ip: string | null; network: string | null };

/** A key to be stored; its text never reaches the store. */
export type NewApiKey = {
  kind: KeyKind;
  tenant: number | null;
  name: string;
  scopes: readonly Scope[];
  prefix: string;
  /** SHA-256 of the whole key. */
  hash: Uint8Array;
  expiresAt: number | null;
};

/** What was changed, by whom, when, from where; `before` and `after` are JSON with secrets redacted. */
export type AuditEntry = {
  id: AuditId;
  at: number;
  tenant: number | null;
  actor: Actor;
  /** Such as `webhook.update`. */
  action: string;
  target: {
    kind:
      "application" | "api-key" | "webhook" | "message" | "event" | "job" | "session" | "settings" | "system" | "view";
    id: string;
  };
  before: string | null;
  after: string | null;
};

/** A page of something listed newest first; `nextCursor` is null on the last page. */
export type Page<Item> = { items: Item[]; nextCursor: string | null };
/** Which page: the first `limit` rows after skipping `(page - 1) * limit`, or those after `cursor`. */
export type PageRequest = { limit: number; page: number; cursor: string | null };

/** Who owns what, and who may do what. */
export interface TenancyStore {
  /** Makes the application with all its environments. `exists` when the id is taken. */
  createApplication(params: {
    appId: string;
    appName: string;
    orgId: string | null;
    actor: Actor;
  }): Promise<{ kind: "created"; application: Application } | { kind: "exists" }>;
  listApplications(params: PageRequest): Promise<Page<Application> & { total: number }>;
  findApplication(params: { appId: string }): Promise<Application | null>;
  findTenant(params: { appId: string; appEnv: AppEnv }): Promise<Tenant | null>;

  /** Stores a key's hash. `exists` when that very key is stored already, revoked ones included. */
  createApiKey(params: {
    key: NewApiKey;
    actor: Actor;
  }): Promise<{ kind: "created"; key: ApiKey } | { kind: "exists" }>;
  /** Keys of one tenant, or with `tenant: null` those of the platform; the operator's and revoked ones are left out. */
  listApiKeys(params: PageRequest & { tenant: number | null }): Promise<Page<ApiKey> & { total: number }>;
  /** Revokes for good; null when there is no such live key of that tenant (or of the platform). Never the operator's. */
  revokeApiKey(params: { keyId: KeyId; tenant: number | null; actor: Actor }): Promise<ApiKey | null>;
  /** The live key with this hash or id; expired ones are returned (the caller compares `expiresAt`), revoked ones not. */
  findApiKey(params: { hash: Uint8Array } | { id: KeyId }): Promise<ApiKey | null>;
  /** Notes the last use; batched by the caller, and it may be lost. */
  touchApiKeys(params: { uses: readonly KeyUse[] }): Promise<void>;
  /**
   * Makes `hash` the operator's one key: revokes any other operator key, or, with `onlyIfNone`, leaves everything as it is
   * where there is one. For the start of the server. Throws `API_KEY_ALREADY_EXISTS` when the hash is another kind of key's.
   */
  setOperatorKey(params: { hash: Uint8Array; prefix: string; onlyIfNone?: boolean }): Promise<{ isSet: boolean }>;
  /** True once in the life of the database: of several processes that start at the same time, one makes the demo. */
  claimDemo(): Promise<boolean>;
}
