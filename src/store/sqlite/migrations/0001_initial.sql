-- compatible
-- The first schema. Times are epoch milliseconds, booleans 0 or 1, lists JSON text. `tenant` leads every key; `day` is the
-- UTC day that an id carries, so that the history can be cut by time. Events and attempts have no foreign keys: they are
-- the hot rows, and the transaction that writes them has read their message and webhook. Their values are checked one by
-- one: for `in` with more than two, SQLite builds a temporary tree for every row, which took a seventh of all writing.

create table settings (
  name text not null primary key,
  value text not null
) strict, without rowid;

create table applications (
  no integer primary key,
  app_id text not null unique,
  app_name text not null,
  org_id text,
  created_at integer not null
) strict;

create table tenants (
  tenant integer primary key,
  app_id text not null references applications (app_id),
  app_env text not null check (app_env in ('DEVELOPMENT', 'TEST', 'STAGING', 'PRODUCTION')),
  unique (app_id, app_env)
) strict;

create table api_keys (
  id text not null primary key,
  kind text not null check (kind in ('operator', 'platform', 'tenant')),
  tenant integer references tenants (tenant),
  name text not null,
  scopes text not null check (json_valid(scopes)),
  prefix text not null,
  hash blob not null unique check (length(hash) = 32),
  created_at integer not null,
  expires_at integer,
  last_used_at integer,
  last_used_ip text,
  revoked_at integer,
  constraint api_keys_tenant_iff_tenant_key check ((kind = 'tenant') = (tenant is not null))
) strict, without rowid;

create index api_keys_live on api_keys (tenant, id) where revoked_at is null;

create table webhooks (
  no integer primary key autoincrement,
  id text not null unique,
  tenant integer not null references tenants (tenant),
  url text not null,
  description text not null,
  is_disabled integer not null check (is_disabled in (0, 1)),
  disabled_reason text check (disabled_reason in ('MANUAL', 'GONE', 'FAILING')),
  disabled_topics text not null check (json_valid(disabled_topics)),
  disabled_actions text not null check (json_valid(disabled_actions)),
  success_status text not null check (success_status in ('200', '2xx')),
  retry_schedule text check (json_valid(retry_schedule)),
  timeout_ms integer check (timeout_ms > 0),
  max_concurrency integer not null check (max_concurrency > 0),
  rate_limit real check (rate_limit > 0),
  signature_versions text not null check (json_valid(signature_versions)),
  -- [[name, sealed value], …]
  headers text not null check (json_valid(headers)),
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer,
  constraint webhooks_reason_iff_disabled check ((is_disabled = 1) = (disabled_reason is not null))
) strict;

create index webhooks_live on webhooks (tenant, no) where deleted_at is null;

create table webhook_secrets (
  id text not null primary key,
  tenant integer not null,
  webhook_no integer not null references webhooks (no),
  sealed text not null,
  -- Of a key pair, whose private half is sealed; null: a secret.
  public_key text,
  created_at integer not null,
  expires_at integer
) strict, without rowid;

create index webhook_secrets_webhook on webhook_secrets (webhook_no, id);
-- One secret and one key pair at most that are not rotated away.
create unique index webhook_secrets_current on webhook_secrets (webhook_no, (public_key is null)) where expires_at is null;
create index webhook_secrets_expiry on webhook_secrets (expires_at) where expires_at is not null;

-- The hot state of each webhook, apart from its configuration, which settling never rewrites.
create table lanes (
  webhook_no integer primary key references webhooks (no),
  tenant integer not null,
  -- A lower bound of next_attempt_at over the unleased waiting events; null: none waits.
  next_due_at integer,
  -- Disabled or deleted.
  is_paused integer not null check (is_paused in (0, 1)),
  is_deleted integer not null default 0 check (is_deleted in (0, 1)),
  failing_since integer,
  failing_attempts integer,
  failing_days integer,
  failing_last_day integer,
  constraint lanes_deleted_is_paused check (is_deleted <= is_paused),
  constraint lanes_failing_run_whole check (
    (failing_since is null) = (failing_attempts is null)
    and (failing_since is null) = (failing_days is null)
    and (failing_since is null) = (failing_last_day is null)
  )
) strict;

create index lanes_due on lanes (next_due_at, webhook_no) where is_paused = 0 and next_due_at is not null;
create index lanes_deleted_waiting on lanes (webhook_no) where is_deleted = 1 and next_due_at is not null;

-- `content` is the last column: what does not need it never reads its overflow pages.
create table messages (
  no integer primary key,
  tenant integer not null references tenants (tenant),
  day integer not null,
  id text not null,
  topic text not null,
  action text not null,
  msg_nature text not null check (
    msg_nature = 'SUCCESS' or msg_nature = 'WARNING' or msg_nature = 'ERROR' or msg_nature = 'INFO'
  ),
  is_test integer not null check (is_test in (0, 1)),
  idempotency_key text,
  trace_parent text,
  -- What search_index holds for it.
  search_values text not null,
  content_bytes integer not null,
  created_at integer not null,
  error text,
  content text,
  unique (tenant, day, id),
  constraint messages_erased_is_empty check ((content is null) = (content_bytes = 0)),
  constraint messages_erased_has_no_error check (content is not null or error is null)
) strict;

create table events (
  tenant integer not null,
  day integer not null,
  id text not null,
  webhook_no integer not null,
  topic text not null,
  action text not null,
  is_test integer not null check (is_test in (0, 1)),
  status text not null check (status = 'PENDING' or status = 'SUCCESS' or status = 'FAILED'),
  next_attempt_at integer,
  attempt_count integer not null check (attempt_count >= 0),
  retries_used integer not null default 0 check (retries_used >= 0),
  abandoned_in_row integer not null default 0 check (abandoned_in_row between 0 and 3),
  next_trigger text not null check (
    next_trigger = 'AUTO' or next_trigger = 'RESEND' or next_trigger = 'BULK' or next_trigger = 'REPLAY'
    or next_trigger = 'TEST'
  ),
  next_triggered_by text,
  lease_worker text,
  leased_at integer,
  -- Of a lease that repeats an ABANDONED attempt: whether sending has begun. Without it, events that only waited at the
  -- death of their worker would run out of chances unsent.
  is_begun integer not null default 0 check (is_begun in (0, 1)),
  last_code text,
  last_status integer,
  last_status_text text,
  created_at integer not null,
  updated_at integer not null,
  primary key (tenant, day, id),
  constraint events_pending_waits check (status <> 'PENDING' or next_attempt_at is not null),
  constraint events_success_is_settled check (status <> 'SUCCESS' or next_attempt_at is null),
  constraint events_lease_whole check ((lease_worker is null) = (leased_at is null)),
  constraint events_leased_waits check (lease_worker is null or (next_attempt_at is not null and attempt_count > 0)),
  constraint events_begun_is_leased check (is_begun = 0 or lease_worker is not null),
  constraint events_response_whole check ((last_status is null) = (last_status_text is null))
) strict, without rowid;

create index events_by_webhook on events (tenant, webhook_no, status, id);
create index events_by_status on events (tenant, status, id);
create index events_due on events (webhook_no, next_attempt_at, id) where next_attempt_at is not null and lease_worker is null;
create index events_leased on events (lease_worker) where lease_worker is not null;
create index events_failed_code on events (tenant, last_code, id) where status = 'FAILED';
create index events_failed_webhook_code on events (tenant, webhook_no, last_code, id) where status = 'FAILED';

create table attempts (
  no integer primary key,
  tenant integer not null,
  day integer not null,
  event_id text not null,
  number integer not null check (number > 0),
  trigger_kind text not null check (
    trigger_kind = 'AUTO' or trigger_kind = 'RESEND' or trigger_kind = 'BULK' or trigger_kind = 'REPLAY'
    or trigger_kind = 'TEST'
  ),
  triggered_by text,
  started_at integer not null,
  duration_ms real not null,
  queued_ms real not null,
  dns_ms real,
  connect_ms real,
  tls_ms real,
  first_byte_ms real,
  body_ms real,
  address text,
  tls text,
  url text not null,
  request_headers text not null,
  failure_code text,
  failure_message text,
  -- Carried over from consumed_tokens when that row expires.
  token_consumed_at integer,
  response_status integer,
  response_status_text text,
  response_headers text,
  response_is_truncated integer check (response_is_truncated in (0, 1)),
  response_body_error text,
  response_body blob,
  unique (tenant, day, event_id, number),
  constraint attempts_failure_whole check ((failure_code is null) = (failure_message is null)),
  constraint attempts_have_an_outcome check (failure_code is not null or response_status is not null),
  constraint attempts_response_whole check (
    (response_status is null) = (response_status_text is null)
    and (response_status is null) = (response_headers is null)
    and (response_status is null) = (response_is_truncated is null)
    and (response_status is null) = (response_body is null)
  )
) strict;

create table consumed_tokens (
  tenant integer not null,
  day integer not null,
  event_id text not null,
  attempt integer not null,
  consumed_at integer not null,
  primary key (tenant, day, event_id, attempt)
) strict, without rowid;

create index consumed_tokens_expiry on consumed_tokens (consumed_at);

create table idempotency_keys (
  tenant integer not null,
  route text not null check (route in ('message', 'batch')),
  key text not null,
  body_hash blob not null,
  message_ids text not null,
  expires_at integer not null,
  primary key (tenant, route, key)
) strict, without rowid;

create index idempotency_keys_expiry on idempotency_keys (expires_at);

-- Content values and idempotency keys, for the exact search.
create table search_index (
  tenant integer not null,
  value text not null,
  message_id text not null,
  primary key (tenant, value, message_id)
) strict, without rowid;

create table counters (
  tenant integer not null,
  webhook_no integer not null,
  is_test integer not null check (is_test in (0, 1)),
  status text not null check (status = 'PENDING' or status = 'SUCCESS' or status = 'FAILED'),
  slot integer not null default 0 check (slot = 0),
  count integer not null check (count >= 0),
  primary key (tenant, webhook_no, is_test, status, slot)
) strict, without rowid;

create table webhook_minutes (
  tenant integer not null,
  webhook_no integer not null,
  minute integer not null,
  measure text not null check (
    measure = 'SUCCESS' or measure = 'FAILED' or measure = 'QUEUED' or measure = 'CODE' or measure = 'CREATED'
    or measure = 'FIRST_SUCCESS'
  ),
  bucket integer not null,
  count integer not null check (count > 0),
  primary key (tenant, webhook_no, minute, measure, bucket)
) strict, without rowid;

create index webhook_minutes_expiry on webhook_minutes (minute);

-- Each row's hash covers the one before it of the same tenant, so a changed or missing row shows.
create table audit_log (
  seq integer primary key autoincrement,
  id text not null unique,
  tenant integer,
  at integer not null,
  actor_kind text not null check (actor_kind in ('operator', 'platform', 'tenant', 'system')),
  actor_key_id text,
  actor_name text not null,
  actor_ip text,
  actor_request_id text,
  action text not null,
  target_kind text not null check (target_kind in ('application', 'api-key', 'webhook', 'message', 'event')),
  target_id text not null,
  before_json text check (json_valid(before_json)),
  after_json text check (json_valid(after_json)),
  prev_hash blob not null check (length(prev_hash) = 32),
  hash blob not null check (length(hash) = 32)
) strict;

create index audit_log_tenant on audit_log (tenant, seq);

create trigger audit_log_no_update before update on audit_log
begin
  select raise(abort, 'the audit log is append-only');
end;

create trigger audit_log_no_delete before delete on audit_log
begin
  select raise(abort, 'the audit log is append-only');
end;

create table changes (
  seq integer primary key autoincrement,
  kind text not null check (kind in ('webhook', 'apiKey')),
  id text not null,
  at integer not null
) strict;

create table workers (
  id text not null primary key,
  role text not null,
  host text not null,
  pid integer not null,
  started_at integer not null,
  heartbeat_at integer not null
) strict, without rowid;
