/** Which workers are alive: those whose heartbeat is not older than they said it may be. */

/** The condition that the worker of a row of `workers` is alive at a time, which is a parameter such as `$1`. */
export function isAlive(now: string, row = "w"): string {
  return `(${row}.dead_after_ms is null or ${row}.heartbeat_at + ${row}.dead_after_ms > ${now})`;
}
