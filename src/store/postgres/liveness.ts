/**
 * Which workers are alive: those that nobody has declared dead. Whoever takes over declares it, under the lock of the row that
 * a heartbeat updates, once a heartbeat is older than the worker said it may be. So after an outage in which nobody could
 * write, a worker that comes back before it was declared dead goes on with all it holds.
 */

/** The condition that the worker of a row of `workers` is alive. */
export function isAlive(row = "w"): string {
  return `${row}.dead_at is null`;
}

/** Declares those dead whose silence is too long at $1. */
export const DECLARE_DEAD = `
  update workers set dead_at = $1
  where dead_at is null and dead_after_ms is not null and heartbeat_at + dead_after_ms <= $1`;
