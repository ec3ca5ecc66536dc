/** Which workers are alive: those whose heartbeat is not older than they said it may be. */

/** The condition that the worker of a row `w` is alive at a time, which is a parameter such as `$1`. */
export function isAlive(now: string): string {
  return `(w.dead_after_ms is null or w.heartbeat_at + w.dead_after_ms > ${now})`;
}
