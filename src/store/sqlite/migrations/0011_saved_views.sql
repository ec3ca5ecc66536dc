-- compatible
-- Views of the list of events that an application environment shares, and an audit log that tells of them, too.

create table saved_views (
  tenant integer not null references tenants (tenant),
  id text not null,
  name text not null check (name <> ''),
  -- The filters, as the search of an address.
  query text not null,
  created_at integer not null,
  primary key (tenant, id),
  unique (tenant, name)
) strict, without rowid;

-- SQLite cannot alter a CHECK, so the table is made anew: every row with its number and its hash, the indexes and the
-- triggers.
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
    target_kind in ('application', 'api-key', 'webhook', 'message', 'event', 'job', 'session', 'settings', 'system',
      'view')
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
create index audit_log_time on audit_log (tenant, at);
create index audit_log_target on audit_log (tenant, target_id, at);

create trigger audit_log_no_update before update on audit_log
begin
  select raise(abort, 'the audit log is append-only');
end;

create trigger audit_log_no_delete before delete on audit_log
begin
  select raise(abort, 'the audit log is append-only');
end;
