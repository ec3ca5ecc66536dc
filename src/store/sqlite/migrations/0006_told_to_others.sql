-- compatible
-- What processes tell each other: that a content was erased. Only where a database is shared, also what happens, for those
-- who watch (the tables of the live feed): one process has its watchers itself.

-- SQLite cannot alter a CHECK, so the table is made anew: every row with its number, and the last number given.
create table changes_rebuilt (
  seq integer primary key autoincrement,
  kind text not null check (kind in ('webhook', 'apiKey', 'settings', 'system', 'content')),
  id text not null,
  at integer not null
) strict;

insert into changes_rebuilt (seq, kind, id, at) select seq, kind, id, at from changes order by seq;
delete from sqlite_sequence where name = 'changes_rebuilt';
insert into sqlite_sequence (name, seq) select 'changes_rebuilt', seq from sqlite_sequence where name = 'changes';

drop table changes;
alter table changes_rebuilt rename to changes;
