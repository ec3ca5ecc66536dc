-- compatible
-- The audit log also tells of jobs, sessions, settings and the system.

alter table audit_log drop constraint audit_log_target_kind;
alter table audit_log add constraint audit_log_target_kind check (
  target_kind in ('application', 'api-key', 'webhook', 'message', 'event', 'job', 'session', 'settings', 'system')
);

-- Bulk work: a resend of what fits a filter (FILTER), of named events (EVENTS) or of another job's failures (FAILURES), or
-- a replay of messages (MESSAGES). What it selects is older than its id, and fixed by these columns.
create table jobs (
  tenant integer not null references tenants (tenant),
  id text collate "C" not null,
  kind text not null check (kind in ('RESEND', 'REPLAY')),
  source text not null check (source in ('FILTER', 'EVENTS', 'FAILURES', 'MESSAGES')),
  -- Null: all webhooks of the tenant.
  webhook_no integer references webhooks (no),
  -- Of FILTER; null does not narrow.
  filter_status text check (filter_status in ('PENDING', 'SUCCESS', 'FAILED')),
  filter_topic text,
  filter_action text,
  filter_code text,
  filter_from bigint,
  filter_to bigint,
  -- Of FAILURES: the other job.
  failures_of text,
  -- Events a second.
  rate integer not null check (rate > 0),
  status text not null check (status in ('RUNNING', 'PAUSED', 'DONE', 'CANCELLED')),
  total bigint not null check (total >= 0),
  queued bigint not null default 0 check (queued >= 0),
  skipped bigint not null default 0 check (skipped >= 0),
  passed bigint not null default 0 check (passed >= 0),
  failed bigint not null default 0 check (failed >= 0),
  created_by text not null,
  created_at bigint not null,
  updated_at bigint not null,
  ended_at bigint,
  idempotency_key text collate "C",
  request_hash bytea,
  lease_worker text collate "C",
  lease_expires_at bigint,
  primary key (tenant, id),
  constraint jobs_replay_iff_messages check ((kind = 'REPLAY') = (source = 'MESSAGES')),
  constraint jobs_replay_has_webhook check (kind = 'RESEND' or webhook_no is not null),
  constraint jobs_failures_of_a_job check ((source = 'FAILURES') = (failures_of is not null)),
  constraint jobs_ended_iff_over check ((ended_at is not null) = (status in ('DONE', 'CANCELLED'))),
  constraint jobs_outcomes_were_queued check (passed + failed <= queued),
  constraint jobs_key_whole check ((idempotency_key is null) = (request_hash is null)),
  constraint jobs_lease_whole check ((lease_worker is null) = (lease_expires_at is null)),
  constraint jobs_leased_runs check (lease_worker is null or status = 'RUNNING')
);

create index jobs_running on jobs (tenant, id) where status = 'RUNNING';
create index jobs_ended on jobs (tenant, ended_at) where ended_at is not null;
create index jobs_paused on jobs (tenant, updated_at) where status = 'PAUSED';
create unique index jobs_idempotency on jobs (tenant, idempotency_key) where idempotency_key is not null;

-- A job's work for one webhook. `cursor` is the last event (or message) that was looked at; `waiting` counts what the job
-- has put on its way there and whose outcome it does not know yet.
create table job_parts (
  tenant integer not null,
  job_id text collate "C" not null,
  webhook_no integer not null,
  cursor text collate "C" not null default '',
  waiting integer not null default 0 check (waiting >= 0),
  is_ended boolean not null default false,
  primary key (tenant, job_id, webhook_no)
);

create index job_parts_waiting on job_parts (tenant, webhook_no) where waiting > 0;

-- The events that an EVENTS job names.
create table job_events (
  tenant integer not null,
  job_id text collate "C" not null,
  webhook_no integer not null,
  event_id text collate "C" not null,
  primary key (tenant, job_id, webhook_no, event_id)
);

-- The events whose attempt, made by the job, failed.
create table job_failures (
  tenant integer not null,
  job_id text collate "C" not null,
  event_id text collate "C" not null,
  webhook_no integer not null,
  primary key (tenant, job_id, event_id)
);

create index job_failures_webhook on job_failures (tenant, job_id, webhook_no, event_id);
