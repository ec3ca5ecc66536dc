-- compatible
-- Views of the list of events that an application environment shares, and an audit log that tells of them, too.

create table saved_views (
  tenant integer not null references tenants (tenant),
  id text collate "C" not null,
  name text collate "C" not null check (name <> ''),
  -- The filters, as the search of an address.
  query text not null,
  created_at bigint not null,
  primary key (tenant, id),
  unique (tenant, name)
);

alter table audit_log drop constraint audit_log_target_kind;
alter table audit_log add constraint audit_log_target_kind check (
  target_kind in ('application', 'api-key', 'webhook', 'message', 'event', 'job', 'session', 'settings', 'system', 'view')
);
