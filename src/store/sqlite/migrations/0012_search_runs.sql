-- breaking: an older release writes the search index in its old form. To go back, restore a backup from before the upgrade.
-- The search index is cut into runs of 4,096 messages, and each is written at once, in order, when it is whole. In one order
-- of all values, every value of every message landed on a page of its own: two thirds of what was written for an event.

drop table search_index;

create table search_index (
  -- Of the message: its number divided by 4,096.
  run integer not null,
  tenant integer not null,
  value text not null,
  message_id text not null,
  primary key (run, tenant, value, message_id)
) strict, without rowid;

-- What is in messages already, run by run: sorting all of it at once would take memory.
create temp table whole_runs (run integer primary key) strict;

insert into whole_runs (run)
with recursive runs (run) as (
  select 0 where (select max(no) from messages) >= 4095
  union all
  select run + 1 from runs where (run + 2) * 4096 - 1 <= (select max(no) from messages)
)
select run from runs;

insert into search_index (run, tenant, value, message_id)
select r.run, m.tenant, v.value, m.id
from whole_runs r
  cross join messages m on m.no between r.run * 4096 and r.run * 4096 + 4095
  cross join json_each(m.search_values) v
order by r.run, m.tenant, v.value, m.id;

insert or ignore into search_index (run, tenant, value, message_id)
select r.run, m.tenant, m.idempotency_key, m.id
from whole_runs r
  cross join messages m on m.no between r.run * 4096 and r.run * 4096 + 4095
where m.idempotency_key is not null
order by r.run, m.tenant, m.idempotency_key, m.id;

insert into settings (name, value)
select 'search_indexed_until', max(run) * 4096 + 4095 from whole_runs having count(*) > 0;

drop table whole_runs;
