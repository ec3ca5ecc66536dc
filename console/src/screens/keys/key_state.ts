/** What a key's dates say about it: whether it still works, and what is worth a look. */
import type { Answer } from "../../api/client.ts";

/** A key as the API lists it. */
export type ApiKey = Answer<"listApiKeys">["items"][number];
/** Something to do about a key. */
export type KeyWarning = "newNetwork" | "neverUsed" | "unexpiring" | "expiring";

const DAY_MS = 86_400_000;
/** A key that nobody has used by then is probably not needed. */
const UNUSED_MS = 7 * DAY_MS;
const EXPIRING_MS = 14 * DAY_MS;
/** So long a network counts as new. */
const NEW_NETWORK_MS = 14 * DAY_MS;
/** So long an old key has to be unused before it is offered for revocation. */
const ABANDONED_MS = 3 * DAY_MS;

/** Whether its time is over at `now` (epoch ms). */
export function isExpired({ expiresAt }: ApiKey, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now;
}

/** What is worth a look, of keys that still work. */
export function keyWarnings(key: ApiKey, now: number): KeyWarning[] {
  if (isExpired(key, now)) return [];
  const warnings: KeyWarning[] = [];
  if (key.newNetworkAt !== null && now - Date.parse(key.newNetworkAt) < NEW_NETWORK_MS) warnings.push("newNetwork");
  if (key.lastUsedAt === null && now - Date.parse(key._createdAt) > UNUSED_MS) warnings.push("neverUsed");
  if (key.expiresAt === null) warnings.push("unexpiring");
  else if (Date.parse(key.expiresAt) - now < EXPIRING_MS) warnings.push("expiring");
  return warnings;
}

/**
 * Keys that were rotated, by their name: a newer key of the same name is in use, and the old one has not been used for
 * 3 days. With the whole days since then.
 */
export function replacedKeys(keys: readonly ApiKey[], now: number): { key: ApiKey; days: number }[] {
  return keys.flatMap((key) => {
    if (key.lastUsedAt === null || isExpired(key, now) || key.name === "") return [];
    const successor = keys.some(
      (other) => other.name === key.name && other._createdAt > key._createdAt && other.lastUsedAt !== null,
    );
    const idleMs = now - Date.parse(key.lastUsedAt);
    return successor && idleMs >= ABANDONED_MS ? [{ key, days: Math.floor(idleMs / DAY_MS) }] : [];
  });
}
