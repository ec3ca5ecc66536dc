-- compatible
-- Sessions of the console, of which only the SHA-256 of what the cookie holds is stored; who made an API key; and the ways
-- by which the audit log is read.

create table sessions (
  id text collate "C" primary key,
  hash bytea not null unique check (length(hash) = 32),
  key_id text collate "C" not null references api_keys (id),
  created_at bigint not null,
  expires_at bigint not null,
  ip text,
  user_agent text,
  constraint sessions_last check (expires_at > created_at)
);

create index sessions_key on sessions (key_id, id);
create index sessions_expiry on sessions (expires_at);

-- The name of the actor, or the id of its key; null: made before this was noted.
alter table api_keys add column created_by text;

-- Both end in the row's number, which orders what has one time.
create index audit_log_time on audit_log (tenant, at, seq);
create index audit_log_target on audit_log (tenant, target_id, at, seq);
