/** The time at which a list was asked for: a range that ends now must not move the list by itself. */
import { useState } from "react";
import { useNow } from "./now.ts";

/** A range that ends now begins at a whole minute. */
const STEP_MS = 60_000;

/** Epoch ms: the same until `key` changes, or `renew` is called for a list that is read anew. */
export function useFrozenNow(key: string): { now: number; renew: () => void } {
  const now = useNow(STEP_MS);
  const [frozen, setFrozen] = useState({ key, now });
  if (frozen.key !== key) setFrozen({ key, now });
  return { now: frozen.now, renew: () => setFrozen({ key, now: Date.now() }) };
}
