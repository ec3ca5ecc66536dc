/** Deleting what has its own expiry, each kind by an index on its time. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/stats_window.ts";
import { TOKEN_TTL_MS_MAX } from "../../domain/token.ts";
import type { SqlValue } from "./connection.ts";
import type { Transaction } from "./transaction.ts";

/** Changes are promised for an hour; caches that slept longer read everything anew. */
const CHANGES_KEPT_MS = 2 * 3_600_000;
/**
 * A consumed token is remembered as long as any may be valid, whatever this process is set to: TOKEN_TTL may be raised later.
 * And an hour longer, in case the clock is set back.
 */
const CONSUMED_KEPT_MS = TOKEN_TTL_MS_MAX + 3_600_000;

const EXPIRE_KEYS = `
  delete from idempotency_keys where (tenant, route, key) in (
    select tenant, route, key from idempotency_keys indexed by idempotency_keys_expiry where expires_at <= ?1 limit ?2)`;
/** The history goes on to show when the token was consumed. */
const CARRY_OVER_TOKENS = `
  update attempts set token_consumed_at = c.consumed_at
  from (select * from consumed_tokens indexed by consumed_tokens_expiry where consumed_at < ?1 order by consumed_at limit ?2) c
  where attempts.tenant = c.tenant and attempts.day = c.day and attempts.event_id = c.event_id
    and attempts.number = c.attempt`;
const EXPIRE_TOKENS = `
  delete from consumed_tokens where (tenant, day, event_id, attempt) in (
    select tenant, day, event_id, attempt from consumed_tokens indexed by consumed_tokens_expiry
    where consumed_at < ?1 order by consumed_at limit ?2)`;
const EXPIRE_MINUTES = `
  delete from webhook_minutes where (tenant, webhook_no, minute, measure, bucket) in (
    select tenant, webhook_no, minute, measure, bucket from webhook_minutes indexed by webhook_minutes_expiry
    where minute < ?1 limit ?2)`;
const EXPIRE_SUMS = `
  delete from webhook_sums where (tenant, webhook_no, width, start, measure, bucket) in (
    select tenant, webhook_no, width, start, measure, bucket from webhook_sums indexed by webhook_sums_expiry
    where start < ?1 limit ?2)`;
const EXPIRE_ACTIONS = `
  delete from action_hours where (tenant, hour, topic, action) in (
    select tenant, hour, topic, action from action_hours indexed by action_hours_expiry where hour < ?1 limit ?2)`;
/** Rows are in the order of time: the first that is kept ends the look. */
const EXPIRE_CHANGES = `
  delete from changes where seq in (select seq from changes where at < ?1 order by seq limit ?2)`;
const EXPIRE_SECRETS = `
  delete from webhook_secrets where id in (
    select id from webhook_secrets indexed by webhook_secrets_expiry
    where expires_at is not null and expires_at <= ?1 limit ?2)`;
const EXPIRE_SESSIONS = `
  delete from sessions where id in (
    select id from sessions indexed by sessions_expiry where expires_at <= ?1 limit ?2)`;

/** See {@link MaintenanceStore.pruneExpired}. */
export function pruneExpired(
  tx: Transaction,
  params: { limit: number; statsBefore: number },
): { deleted: number; more: boolean } {
  tx.flush(); // minutes are deleted below
  const tokensBefore = tx.now - CONSUMED_KEPT_MS;
  let deleted = 0;
  const expire = (sql: string, before: SqlValue): void => {
    if (deleted < params.limit) deleted += tx.sql.run(sql, before, params.limit - deleted);
  };
  expire(EXPIRE_KEYS, tx.now);
  if (deleted < params.limit) tx.sql.run(CARRY_OVER_TOKENS, tokensBefore, params.limit - deleted);
  expire(EXPIRE_TOKENS, tokensBefore);
  expire(EXPIRE_MINUTES, Math.floor(params.statsBefore / MINUTE_MS));
  // Sums go by whole days, so that none goes before the last of its minutes.
  expire(EXPIRE_SUMS, (Math.floor(params.statsBefore / DAY_MS) * DAY_MS) / MINUTE_MS);
  expire(EXPIRE_ACTIONS, Math.floor(params.statsBefore / HOUR_MS));
  expire(EXPIRE_CHANGES, tx.now - CHANGES_KEPT_MS);
  expire(EXPIRE_SECRETS, tx.now);
  expire(EXPIRE_SESSIONS, tx.now);
  return { deleted, more: deleted === params.limit };
}
