-- compatible
-- The audit log also tells of jobs, sessions, settings and the system. SQLite cannot alter a CHECK, so the table is made
-- anew: every row with its number and its hash, the index and the triggers.

create table audit_log_rebuilt (
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
  target_kind text not null check (
    target_kind in ('application', 'api-key', 'webhook', 'message', 'event', 'job', 'session', 'settings', 'system')
  ),
  target_id text not null,
  before_json text check (json_valid(before_json)),
  after_json text check (json_valid(after_json)),
  prev_hash blob not null check (length(prev_hash) = 32),
  hash blob not null check (length(hash) = 32)
) strict;

insert into audit_log_rebuilt (seq, id, tenant, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action,
  target_kind, target_id, before_json, after_json, prev_hash, hash)
select seq, id, tenant, at, actor_kind, actor_key_id, actor_name, actor_ip, actor_request_id, action,
  target_kind, target_id, before_json, after_json, prev_hash, hash
from audit_log order by seq;

drop table audit_log;
alter table audit_log_rebuilt rename to audit_log;

create index audit_log_tenant on audit_log (tenant, seq);

create trigger audit_log_no_update before update on audit_log
begin
  select raise(abort, 'the audit log is append-only');
end;

create trigger audit_log_no_delete before delete on audit_log
begin
  select raise(abort, 'the audit log is append-only');
end;

-- Bulk work: a resend of what fits a filter (FILTER), of named events (EVENTS) or of another job's failures (FAILURES), or
-- a replay of messages (MESSAGES). What it selects is older than its id, and fixed by these columns.
create table jobs (
  tenant integer not null references tenants (tenant),
  id text not null,
  kind text not null check (kind in ('RESEND', 'REPLAY')),
  source text not null check (source in ('FILTER', 'EVENTS', 'FAILURES', 'MESSAGES')),
  -- Null: all webhooks of the tenant.
  webhook_no integer references webhooks (no),
  -- Of FILTER; null does not narrow.
  filter_status text check (filter_status in ('PENDING', 'SUCCESS', 'FAILED')),
  filter_topic text,
  filter_action text,
  filter_code text,
  filter_from integer,
  filter_to integer,
  -- Of FAILURES: the other job.
  failures_of text,
  -- Events a second.
  rate integer not null check (rate > 0),
  status text not null check (status in ('RUNNING', 'PAUSED', 'DONE', 'CANCELLED')),
  total integer not null check (total >= 0),
  queued integer not null default 0 check (queued >= 0),
  skipped integer not null default 0 check (skipped >= 0),
  passed integer not null default 0 check (passed >= 0),
  failed integer not null default 0 check (failed >= 0),
  created_by text not null,
  created_at integer not null,
  updated_at integer not null,
  ended_at integer,
  idempotency_key text,
  request_hash blob,
  lease_worker text,
  lease_expires_at integer,
  primary key (tenant, id),
  constraint jobs_replay_iff_messages check ((kind = 'REPLAY') = (source = 'MESSAGES')),
  constraint jobs_replay_has_webhook check (kind = 'RESEND' or webhook_no is not null),
  constraint jobs_failures_of_a_job check ((source = 'FAILURES') = (failures_of is not null)),
  constraint jobs_ended_iff_over check ((ended_at is not null) = (status in ('DONE', 'CANCELLED'))),
  constraint jobs_outcomes_were_queued check (passed + failed <= queued),
  constraint jobs_key_whole check ((idempotency_key is null) = (request_hash is null)),
  constraint jobs_lease_whole check ((lease_worker is null) = (lease_expires_at is null)),
  constraint jobs_leased_runs check (lease_worker is null or status = 'RUNNING')
) strict, without rowid;

create index jobs_running on jobs (tenant, id) where status = 'RUNNING';
create index jobs_ended on jobs (tenant, ended_at) where ended_at is not null;
create index jobs_paused on jobs (tenant, updated_at) where status = 'PAUSED';
create unique index jobs_idempotency on jobs (tenant, idempotency_key) where idempotency_key is not null;

-- A job's work for one webhook. `cursor` is the last event (or message) that was looked at; `waiting` counts what the job
-- has put on its way there and whose outcome it does not know yet.
create table job_parts (
  tenant integer not null,
  job_id text not null,
  webhook_no integer not null,
  cursor text not null default '',
  waiting integer not null default 0 check (waiting >= 0),
  is_ended integer not null default 0 check (is_ended in (0, 1)),
  primary key (tenant, job_id, webhook_no)
) strict, without rowid;

create index job_parts_waiting on job_parts (tenant, webhook_no) where waiting > 0;

-- The events that an EVENTS job names.
create table job_events (
  tenant integer not null,
  job_id text not null,
  webhook_no integer not null,
  event_id text not null,
  primary key (tenant, job_id, webhook_no, event_id)
) strict, without rowid;

-- The events whose attempt, made by the job, failed.
create table job_failures (
  tenant integer not null,
  job_id text not null,
  event_id text not null,
  webhook_no integer not null,
  primary key (tenant, job_id, event_id)
) strict, without rowid;

create index job_failures_webhook on job_failures (tenant, job_id, webhook_no, event_id);
