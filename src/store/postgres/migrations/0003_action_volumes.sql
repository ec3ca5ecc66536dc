-- compatible
-- Statistics that stay cheap over long ranges, and how often each action is published.

-- webhook_minutes, summed up. A maintenance step folds each minute that is over into the hour and the day of its webhook,
-- and into the minute, the hour and the day of the tenant (`webhook_no` 0). `width` is in minutes, `start` is the number of
-- the first minute. Up to which minute it has come is the setting `stats_folded_until`: later ones are in webhook_minutes
-- alone.
create table webhook_sums (
  tenant integer not null,
  webhook_no integer not null,
  width integer not null check (width in (1, 60, 1440)),
  start integer not null,
  tally bigint[] not null,
  primary key (tenant, webhook_no, width, start),
  constraint webhook_sums_start_of_width check (start % width = 0),
  constraint webhook_sums_minutes_are_of_tenants check (width > 1 or webhook_no = 0)
) with (fillfactor = 70);

create index webhook_sums_expiry on webhook_sums (start);

-- Messages published, test messages left out; `hour` is the number of hours since 1970. Slots as in counters.
create table action_hours (
  tenant integer not null,
  hour integer not null,
  topic text collate "C" not null,
  action text collate "C" not null,
  slot smallint not null check (slot between 0 and 15),
  count bigint not null check (count > 0),
  primary key (tenant, hour, topic, action, slot)
) with (fillfactor = 70);

create index action_hours_expiry on action_hours (hour);
