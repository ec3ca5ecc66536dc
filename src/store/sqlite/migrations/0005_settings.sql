-- compatible
-- What application environments set for themselves, and the changes that tell of it. An environment without a row has
-- set nothing; null means the server's.

create table environment_settings (
  tenant integer primary key references tenants (tenant),
  retry_schedule text check (json_valid(retry_schedule)),
  timeout_ms integer check (timeout_ms > 0),
  is_auto_disabling integer not null check (is_auto_disabling in (0, 1)),
  retention_ms integer check (retention_ms > 0),
  content_retention_ms integer check (content_retention_ms > 0),
  updated_at integer not null,
  constraint environment_settings_content_within_retention check (content_retention_ms <= retention_ms)
) strict;

-- For erasing contents earlier than their messages go: what is erased already is not looked at again. Row numbers are in
-- the order of ids.
create index messages_with_content on messages (tenant) where content is not null;

-- SQLite cannot alter a CHECK, so the table is made anew: every row with its number, and the last number given.
create table changes_rebuilt (
  seq integer primary key autoincrement,
  kind text not null check (kind in ('webhook', 'apiKey', 'settings', 'system')),
  id text not null,
  at integer not null
) strict;

insert into changes_rebuilt (seq, kind, id, at) select seq, kind, id, at from changes order by seq;
delete from sqlite_sequence where name = 'changes_rebuilt';
insert into sqlite_sequence (name, seq) select 'changes_rebuilt', seq from sqlite_sequence where name = 'changes';

drop table changes;
alter table changes_rebuilt rename to changes;
