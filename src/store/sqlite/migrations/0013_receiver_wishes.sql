-- compatible
-- A receiver may ask for its webhook to be disabled. The SHA-256 of the Idempotency-Key of the check that consumed a token, null
-- without one: for 60 seconds a repeat of that check is answered as it was.

-- SQLite cannot alter a CHECK, so the table is made anew under its own name: every row with its number, of which none was ever
-- deleted. Whether what refers to the rows finds them is looked at when all are back.
pragma defer_foreign_keys = on;
create temp table kept_webhooks as select * from webhooks;
drop table webhooks;

create table webhooks (
  no integer primary key autoincrement,
  id text not null unique,
  tenant integer not null references tenants (tenant),
  url text not null,
  description text not null,
  is_disabled integer not null check (is_disabled in (0, 1)),
  disabled_reason text check (disabled_reason in ('MANUAL', 'GONE', 'FAILING', 'RECEIVER')),
  disabled_topics text not null check (json_valid(disabled_topics)),
  disabled_actions text not null check (json_valid(disabled_actions)),
  success_status text not null check (success_status in ('200', '2xx')),
  retry_schedule text check (json_valid(retry_schedule)),
  timeout_ms integer check (timeout_ms > 0),
  max_concurrency integer not null check (max_concurrency > 0),
  rate_limit real check (rate_limit > 0),
  signature_versions text not null check (json_valid(signature_versions)),
  -- [[name, sealed value], …]
  headers text not null check (json_valid(headers)),
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer,
  constraint webhooks_reason_iff_disabled check ((is_disabled = 1) = (disabled_reason is not null))
) strict;

insert into webhooks select * from kept_webhooks order by no;
create index webhooks_live on webhooks (tenant, no) where deleted_at is null;
drop table kept_webhooks;

alter table consumed_tokens add column key_hash blob;
