/**
 * Which workers are alive: those that nobody has declared dead. Whoever takes over declares it, under the lock of the row that
 * a heartbeat updates, and for the heartbeat that it has seen: one that came meanwhile keeps the worker alive.
 */

/** The condition that the worker of a row of `workers` is alive. */
export function isAlive(row = "w"): string {
  return `${row}.dead_at is null`;
}

/** Declares workers ($2) dead whose last heartbeat ($3) was still the last one. */
export const DECLARE_DEAD = `
  update workers w set dead_at = $1
  from unnest($2::text[], $3::bigint[]) as u (id, heartbeat_at)
  where w.id = u.id and w.heartbeat_at = u.heartbeat_at and w.dead_at is null`;
