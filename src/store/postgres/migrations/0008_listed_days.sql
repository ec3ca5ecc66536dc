-- compatible
-- Lists name the days that they are about, so that the partitions of the others are left out. With the day in them, these
-- indexes tell all that a page or a count asks for, and none of the rows themselves is read.

drop index events_settled, events_failed, events_failed_code, events_failed_webhook_code;
create index events_settled on events (tenant, webhook_no, status, id) include (day) where status <> 'PENDING';
create index events_failed on events (tenant, id) include (day) where status = 'FAILED';
create index events_failed_code on events (tenant, last_code, id) include (day) where status = 'FAILED';
create index events_failed_webhook_code on events (tenant, webhook_no, last_code, id) include (day) where status = 'FAILED';
