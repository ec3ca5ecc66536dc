/** How an event names who asked for its next attempt. */
import type { Actor } from "../tenancy.ts";

/** The key's id, or the name where no key was used. */
export function triggeredBy(actor: Actor): string {
  return actor.keyId ?? actor.name;
}
