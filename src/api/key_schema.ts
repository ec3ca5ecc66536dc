/** API keys as they are answered; the key itself only once, by the call that makes it. */
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import type { ApiKey, Page, PageRequest } from "../store/tenancy.ts";
import { SEARCH_DATA_SCHEMA, searchData } from "./paging.ts";
import { nullable, oneOf, parseTime, SCOPE_SCHEMA, TIME_SCHEMA } from "./schema_parts.ts";
import { bodyFaults } from "./validation.ts";

/** What a key is called, for people. */
export const KEY_NAME_SCHEMA = Type.String({ maxLength: 128 });
/** When a new key is to expire. */
export const EXPIRES_AT_SCHEMA = nullable(
  Type.String({ maxLength: 40, description: "RFC 3339 with a zone; null: never." }),
);

/** A key without its secret. */
export const KEY_SCHEMA = Type.Object({
  _id: Type.String(),
  kind: oneOf(["tenant", "platform", "operator"]),
  name: KEY_NAME_SCHEMA,
  scopes: Type.Array(SCOPE_SCHEMA),
  prefix: Type.String({ description: "The first characters, for recognising it." }),
  createdBy: nullable(Type.String({ description: "The name of who made it, or the id of the key that did." })),
  _createdAt: TIME_SCHEMA,
  expiresAt: nullable(TIME_SCHEMA),
  lastUsedAt: nullable(TIME_SCHEMA),
  lastUsedIp: nullable(Type.String()),
  networks: Type.Array(Type.String(), {
    description: "The network (/24, or /48 of IPv6) that it was last used from, and the other one before that.",
  }),
  newNetworkAt: nullable(
    Type.String({
      format: "date-time",
      description: "When it was last used from a network that was neither of these.",
    }),
  ),
});

/** A key that was just made. */
export const NEW_KEY_SCHEMA = Type.Object({
  ...KEY_SCHEMA.properties,
  apiKey: Type.String({ description: "The whole key. It is not stored and never shown again." }),
});

/** A page of keys. */
export const KEY_LIST_SCHEMA = Type.Object({
  items: Type.Array(KEY_SCHEMA),
  searchData: SEARCH_DATA_SCHEMA,
  nextCursor: nullable(Type.String()),
});

/** A key as answered. */
export function keyView(key: ApiKey) {
  return {
    _id: key.id,
    kind: key.kind,
    name: key.name,
    scopes: [...key.scopes],
    prefix: key.prefix,
    createdBy: key.createdBy,
    _createdAt: isoTime(key.createdAt),
    expiresAt: key.expiresAt === null ? null : isoTime(key.expiresAt),
    lastUsedAt: key.lastUsedAt === null ? null : isoTime(key.lastUsedAt),
    lastUsedIp: key.lastUsedIp,
    networks: [...key.networks],
    newNetworkAt: key.newNetworkAt === null ? null : isoTime(key.newNetworkAt),
  };
}

/** A page of keys as answered. */
export function keyListView(page: PageRequest, list: Page<ApiKey> & { total: number }) {
  return { items: list.items.map(keyView), searchData: searchData(page, list), nextCursor: list.nextCursor };
}

/** When a new key is to expire; null: never. Throws 400 for a time that is malformed or past. */
export function expiryOf(text: string | null | undefined, now: number): number | null {
  if (text === undefined || text === null) return null;
  const at = parseTime(text);
  if (at === null || at <= now) {
    throw bodyFaults([{ path: "expiresAt", message: "must be a time in the future, such as 2030-01-31T09:30:00Z" }]);
  }
  return at;
}
