-- compatible
-- What application environments set for themselves, and the changes that tell of it. An environment without a row has
-- set nothing; null means the server's.

create table environment_settings (
  tenant integer primary key references tenants (tenant),
  retry_schedule text check (retry_schedule is null or retry_schedule::json is not null),
  timeout_ms integer check (timeout_ms > 0),
  is_auto_disabling boolean not null,
  retention_ms bigint check (retention_ms > 0),
  content_retention_ms bigint check (content_retention_ms > 0),
  updated_at bigint not null,
  constraint environment_settings_content_within_retention check (content_retention_ms <= retention_ms)
);

-- For erasing contents earlier than their messages go: what is erased already is not looked at again.
create index messages_with_content on messages (tenant, day, id) where content is not null;

alter table changes drop constraint changes_kind;
alter table changes add constraint changes_kind check (kind in ('webhook', 'apiKey', 'settings', 'system'));
