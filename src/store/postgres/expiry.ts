/** Deleting what has its own expiry, each kind by an index on its time. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/stats_window.ts";
import { TOKEN_TTL_MS_MAX } from "../../domain/token.ts";
import { expirePassedItems } from "./live_sharing.ts";
import type { Transaction } from "./transaction.ts";

/** Changes are promised for an hour; caches that slept longer read everything anew. */
const CHANGES_KEPT_MS = 2 * 3_600_000;
/**
 * A consumed token is remembered as long as any may be valid, whatever this process is set to: TOKEN_TTL may be raised later.
 * And an hour longer, in case the clock is set back.
 */
const CONSUMED_KEPT_MS = TOKEN_TTL_MS_MAX + 3_600_000;

/** Each leaves out what another process is deleting at the same time. */
const EXPIRE_KEYS = `
  delete from idempotency_keys where (tenant, route, key) in (
    select tenant, route, key from idempotency_keys where expires_at <= $1 limit $2 for update skip locked)`;
/** The history goes on to show when the token was consumed. */
const EXPIRE_TOKENS = `
  with gone as (
    delete from consumed_tokens where (tenant, day, event_id, attempt) in (
      select tenant, day, event_id, attempt from consumed_tokens
      where consumed_at < $1 order by consumed_at limit $2 for update skip locked)
    returning tenant, day, event_id, attempt, consumed_at
  ), kept as (
    update attempts a set token_consumed_at = g.consumed_at from gone g
    where a.tenant = g.tenant and a.day = g.day and a.event_id = g.event_id and a.number = g.attempt
  )
  select 1 from gone`;
const EXPIRE_MINUTES = `
  delete from webhook_minutes where (tenant, webhook_no, minute, slot) in (
    select tenant, webhook_no, minute, slot from webhook_minutes
    where minute < $1 limit $2 for update skip locked)`;
const EXPIRE_SUMS = `
  delete from webhook_sums where (tenant, webhook_no, width, start) in (
    select tenant, webhook_no, width, start from webhook_sums
    where start < $1 limit $2 for update skip locked)`;
const EXPIRE_ACTIONS = `
  delete from action_hours where (tenant, hour, topic, action, slot) in (
    select tenant, hour, topic, action, slot from action_hours where hour < $1 limit $2 for update skip locked)`;
/** Rows are in the order of time: the first that is kept ends the look. */
const EXPIRE_CHANGES = `
  delete from changes where seq in (
    select seq from changes where at < $1 order by seq limit $2 for update skip locked)`;
const EXPIRE_SECRETS = `
  delete from webhook_secrets where id in (
    select id from webhook_secrets where expires_at <= $1 limit $2 for update skip locked)`;
const EXPIRE_SESSIONS = `
  delete from sessions where id in (
    select id from sessions where expires_at <= $1 limit $2 for update skip locked)`;

/** See {@link MaintenanceStore.pruneExpired}. */
export async function pruneExpired(
  tx: Transaction,
  params: { limit: number; statsBefore: number },
): Promise<{ deleted: number; more: boolean }> {
  const { limit } = params;
  const minutesBefore = Math.floor(params.statsBefore / MINUTE_MS);
  // Sums go by whole days, so that none goes before the last of its minutes.
  const sumsBefore = (Math.floor(params.statsBefore / DAY_MS) * DAY_MS) / MINUTE_MS;
  const expired: [statement: string, before: number][] = [
    [EXPIRE_KEYS, tx.now],
    [EXPIRE_TOKENS, tx.now - CONSUMED_KEPT_MS],
    [EXPIRE_MINUTES, minutesBefore],
    [EXPIRE_SUMS, sumsBefore],
    [EXPIRE_ACTIONS, Math.floor(params.statsBefore / HOUR_MS)],
    [EXPIRE_CHANGES, tx.now - CHANGES_KEPT_MS],
    [EXPIRE_SECRETS, tx.now],
    [EXPIRE_SESSIONS, tx.now],
  ];
  let deleted = await expirePassedItems(tx);
  for (const [statement, before] of expired) {
    if (deleted < limit) deleted += await tx.sql.run(statement, before, limit - deleted);
  }
  return { deleted, more: deleted >= limit };
}
