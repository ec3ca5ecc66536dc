-- compatible
-- The first schema, as SQLite's of the same number. Times are epoch milliseconds, lists JSON text: jsonb would reorder keys
-- and refuse \u0000. `tenant` leads every key. What is compared or sorted as an id is in the C collation, whatever the
-- database's is. Messages, events, attempts and search_index are partitioned by `day`, the UTC day that an id carries, so
-- that the history can be cut by time (partitions.ts makes the partitions; the default one is the net for days without).
-- They have no foreign keys: they are the hot rows, and the transaction that writes them has read what they refer to.

create table settings (
  name text collate "C" primary key,
  value text not null
);

create table applications (
  no integer generated always as identity primary key,
  app_id text collate "C" not null unique,
  app_name text not null,
  org_id text,
  created_at bigint not null
);

create table tenants (
  tenant integer generated always as identity primary key,
  app_id text collate "C" not null references applications (app_id),
  app_env text not null check (app_env in ('DEVELOPMENT', 'TEST', 'STAGING', 'PRODUCTION')),
  unique (app_id, app_env)
);

create table api_keys (
  id text collate "C" primary key,
  kind text not null check (kind in ('operator', 'platform', 'tenant')),
  tenant integer references tenants (tenant),
  name text not null,
  scopes text not null check (scopes::json is not null),
  prefix text not null,
  hash bytea not null unique check (length(hash) = 32),
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  last_used_ip text,
  revoked_at bigint,
  constraint api_keys_tenant_iff_tenant_key check ((kind = 'tenant') = (tenant is not null))
);

create index api_keys_live on api_keys (tenant, id) where revoked_at is null;

-- `no` is never used again, and 62^5 is the end of what an event's id holds of it.
create table webhooks (
  no integer generated always as identity primary key,
  id text collate "C" not null unique,
  tenant integer not null references tenants (tenant),
  url text not null,
  description text not null,
  is_disabled boolean not null,
  disabled_reason text check (disabled_reason in ('MANUAL', 'GONE', 'FAILING')),
  disabled_topics text not null check (disabled_topics::json is not null),
  disabled_actions text not null check (disabled_actions::json is not null),
  success_status text not null check (success_status in ('200', '2xx')),
  retry_schedule text check (retry_schedule is null or retry_schedule::json is not null),
  timeout_ms integer check (timeout_ms > 0),
  max_concurrency integer not null check (max_concurrency > 0),
  rate_limit double precision check (rate_limit > 0),
  signature_versions text not null check (signature_versions::json is not null),
  -- [[name, sealed value], …]
  headers text not null check (headers::json is not null),
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  constraint webhooks_reason_iff_disabled check (is_disabled = (disabled_reason is not null))
);

create index webhooks_live on webhooks (tenant, no) where deleted_at is null;

create table webhook_secrets (
  id text collate "C" primary key,
  tenant integer not null,
  webhook_no integer not null references webhooks (no),
  sealed text not null,
  -- Of a key pair, whose private half is sealed; null: a secret.
  public_key text,
  created_at bigint not null,
  expires_at bigint
);

create index webhook_secrets_webhook on webhook_secrets (webhook_no, id);
-- One secret and one key pair at most that are not rotated away.
create unique index webhook_secrets_current on webhook_secrets (webhook_no, (public_key is null)) where expires_at is null;
create index webhook_secrets_expiry on webhook_secrets (expires_at) where expires_at is not null;

-- The hot state of each webhook, apart from its configuration, which settling never rewrites.
create table lanes (
  webhook_no integer primary key references webhooks (no),
  tenant integer not null,
  -- A lower bound of next_attempt_at over the unleased waiting events; null: none waits.
  next_due_at bigint,
  -- A lower bound of their days, so that a claim looks into few partitions.
  oldest_day integer,
  -- The one worker that may lease events of this webhook and hold its limits; null: the next one that asks.
  owner_worker text collate "C",
  -- Disabled or deleted.
  is_paused boolean not null,
  is_deleted boolean not null default false,
  failing_since bigint,
  failing_attempts integer,
  failing_days integer,
  failing_last_day integer,
  constraint lanes_waiting_whole check ((next_due_at is null) = (oldest_day is null)),
  constraint lanes_deleted_is_paused check (is_deleted <= is_paused),
  constraint lanes_failing_run_whole check (
    (failing_since is null) = (failing_attempts is null)
    and (failing_since is null) = (failing_days is null)
    and (failing_since is null) = (failing_last_day is null)
  )
) with (fillfactor = 70);

create index lanes_due on lanes (next_due_at, webhook_no) where not is_paused and next_due_at is not null;
create index lanes_deleted_waiting on lanes (webhook_no) where is_deleted and next_due_at is not null;
create index lanes_owned on lanes (owner_worker) where owner_worker is not null;

create table messages (
  tenant integer not null,
  day integer not null,
  id text collate "C" not null,
  topic text collate "C" not null,
  action text collate "C" not null,
  msg_nature text not null check (msg_nature in ('SUCCESS', 'WARNING', 'ERROR', 'INFO')),
  is_test boolean not null,
  idempotency_key text,
  trace_parent text,
  -- What search_index holds for it.
  search_values text not null,
  content_bytes integer not null,
  created_at bigint not null,
  error text,
  content text,
  primary key (tenant, day, id),
  constraint messages_erased_is_empty check ((content is null) = (content_bytes = 0)),
  constraint messages_erased_has_no_error check (content is not null or error is null)
) partition by range (day);

create table messages_default partition of messages default;

create table events (
  tenant integer not null,
  day integer not null,
  id text collate "C" not null,
  webhook_no integer not null,
  topic text collate "C" not null,
  action text collate "C" not null,
  is_test boolean not null,
  status text collate "C" not null check (status in ('PENDING', 'SUCCESS', 'FAILED')),
  next_attempt_at bigint,
  attempt_count integer not null check (attempt_count >= 0),
  retries_used integer not null default 0 check (retries_used >= 0),
  abandoned_in_row integer not null default 0 check (abandoned_in_row between 0 and 3),
  next_trigger text not null check (next_trigger in ('AUTO', 'RESEND', 'BULK', 'REPLAY', 'TEST')),
  next_triggered_by text collate "C",
  lease_worker text collate "C",
  leased_at bigint,
  -- Of a lease that repeats an ABANDONED attempt: whether sending has begun. Without it, events that only waited at the
  -- death of their worker would run out of chances unsent.
  is_begun boolean not null default false,
  -- Of a lease: whether it is for an automatic retry of a FAILED event. Left as it is when the lease ends.
  is_retry boolean not null default false,
  last_code text collate "C",
  last_status integer,
  last_status_text text,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant, day, id),
  constraint events_pending_waits check (status <> 'PENDING' or next_attempt_at is not null),
  constraint events_success_is_settled check (status <> 'SUCCESS' or next_attempt_at is null),
  constraint events_lease_whole check ((lease_worker is null) = (leased_at is null)),
  constraint events_leased_waits check (lease_worker is null or (next_attempt_at is not null and attempt_count > 0)),
  constraint events_begun_is_leased check (not is_begun or lease_worker is not null),
  constraint events_response_whole check ((last_status is null) = (last_status_text is null))
) partition by range (day);

create table events_default partition of events default;

-- An event that is handed over at its birth is in few of these before it has ended: each entry that is left out is one less
-- to write and to vacuum. Status and lease divide them, so that a list is made of ranges that are each in the order of ids.
create index events_settled on events (tenant, webhook_no, status, id) where status <> 'PENDING';
create index events_failed on events (tenant, id) where status = 'FAILED';
create index events_pending on events (tenant, id) where status = 'PENDING' and lease_worker is null;
create index events_pending_webhook on events (tenant, webhook_no, id) where status = 'PENDING' and lease_worker is null;
-- No more of them than the workers can hold in memory.
create index events_leased on events (tenant, webhook_no, id) where lease_worker is not null;
create index events_due on events (webhook_no, next_attempt_at, id) where next_attempt_at is not null and lease_worker is null;
create index events_failed_code on events (tenant, last_code, id) where status = 'FAILED';
create index events_failed_webhook_code on events (tenant, webhook_no, last_code, id) where status = 'FAILED';

create table attempts (
  tenant integer not null,
  day integer not null,
  event_id text collate "C" not null,
  number integer not null check (number > 0),
  trigger_kind text not null check (trigger_kind in ('AUTO', 'RESEND', 'BULK', 'REPLAY', 'TEST')),
  triggered_by text,
  started_at bigint not null,
  duration_ms double precision not null,
  queued_ms double precision not null,
  dns_ms double precision,
  connect_ms double precision,
  tls_ms double precision,
  first_byte_ms double precision,
  body_ms double precision,
  address text,
  tls text,
  url text not null,
  request_headers text not null,
  failure_code text,
  failure_message text,
  -- Carried over from consumed_tokens when that row expires.
  token_consumed_at bigint,
  response_status integer,
  response_status_text text,
  response_headers text,
  response_is_truncated boolean,
  response_body_error text,
  response_body bytea,
  primary key (tenant, day, event_id, number),
  constraint attempts_failure_whole check ((failure_code is null) = (failure_message is null)),
  constraint attempts_have_an_outcome check (failure_code is not null or response_status is not null),
  constraint attempts_response_whole check (
    (response_status is null) = (response_status_text is null)
    and (response_status is null) = (response_headers is null)
    and (response_status is null) = (response_is_truncated is null)
    and (response_status is null) = (response_body is null)
  )
) partition by range (day);

create table attempts_default partition of attempts default;

create table consumed_tokens (
  tenant integer not null,
  day integer not null,
  event_id text collate "C" not null,
  attempt integer not null,
  consumed_at bigint not null,
  primary key (tenant, day, event_id, attempt)
);

create index consumed_tokens_expiry on consumed_tokens (consumed_at);

create table idempotency_keys (
  tenant integer not null,
  route text collate "C" not null check (route in ('message', 'batch')),
  key text collate "C" not null,
  body_hash bytea not null,
  message_ids text not null,
  expires_at bigint not null,
  primary key (tenant, route, key)
);

create index idempotency_keys_expiry on idempotency_keys (expires_at);

-- Content values and idempotency keys, for the exact search.
create table search_index (
  tenant integer not null,
  day integer not null,
  value text collate "C" not null,
  message_id text collate "C" not null,
  primary key (tenant, value, message_id, day)
) partition by range (day);

create table search_index_default partition of search_index default;

-- Each process adds to a slot of its own, so that many do not wait for one row; the sum over the slots is the count, and
-- one slot alone may be below zero.
create table counters (
  tenant integer not null,
  webhook_no integer not null,
  is_test boolean not null,
  slot smallint not null check (slot between 0 and 15),
  pending bigint not null,
  success bigint not null,
  failed bigint not null,
  primary key (tenant, webhook_no, is_test, slot)
) with (fillfactor = 50);

-- What was counted in a minute, as tally.ts tells. Slot -1 holds what came for a minute that was closed already: it is in
-- webhook_sums from the beginning (minute_stats.ts).
create table webhook_minutes (
  tenant integer not null,
  webhook_no integer not null,
  minute integer not null,
  slot smallint not null check (slot between -1 and 15),
  tally bigint[] not null,
  primary key (tenant, webhook_no, minute, slot)
) with (fillfactor = 50);

-- Of elements with the same upper half, the lower halves in one.
create function sum_tally(tally bigint[]) returns bigint[] language sql immutable parallel safe as $$
  select array_agg(what << 32 | count order by what)
  from (select e >> 32 as what, sum(e & 4294967295)::bigint as count from unnest(tally) as e group by 1) u
$$;

create index webhook_minutes_expiry on webhook_minutes (minute);

-- Each row's hash covers the one before it of the same tenant, so a changed or missing row shows.
create table audit_log (
  seq bigint generated always as identity primary key,
  id text collate "C" not null unique,
  tenant integer,
  at bigint not null,
  actor_kind text not null check (actor_kind in ('operator', 'platform', 'tenant', 'system')),
  actor_key_id text collate "C",
  actor_name text collate "C" not null,
  actor_ip text,
  actor_request_id text,
  action text collate "C" not null,
  target_kind text not null,
  target_id text collate "C" not null,
  before_json text check (before_json is null or before_json::json is not null),
  after_json text check (after_json is null or after_json::json is not null),
  prev_hash bytea not null check (length(prev_hash) = 32),
  hash bytea not null check (length(hash) = 32),
  constraint audit_log_target_kind check (target_kind in ('application', 'api-key', 'webhook', 'message', 'event'))
);

create index audit_log_tenant on audit_log (tenant, seq);

create function audit_log_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only';
end
$$;

create trigger audit_log_no_change before update or delete or truncate on audit_log
  for each statement execute function audit_log_is_append_only();

-- `seq` is given under the lock of a row of settings, so that it follows the order of commits.
create table changes (
  seq bigint primary key,
  kind text not null,
  id text not null,
  at bigint not null,
  constraint changes_kind check (kind in ('webhook', 'apiKey'))
);

-- Who was silent for longer than `dead_after_ms` (null: whatever it is) may be declared dead, for good.
create table workers (
  id text collate "C" primary key,
  role text not null,
  host text not null,
  pid integer not null,
  started_at bigint not null,
  heartbeat_at bigint not null,
  dead_after_ms integer check (dead_after_ms > 0),
  dead_at bigint,
  -- Of the master keys that the process has.
  key_ids text[] not null
);

-- `change_seq` is the last number of changes; `audit_lock` is the row that those wait for who add to the chain of no tenant.
insert into settings (name, value) values ('change_seq', '0'), ('audit_lock', '');
