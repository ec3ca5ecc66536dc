-- compatible
-- A receiver may ask for its webhook to be disabled. The SHA-256 of the Idempotency-Key of the check that consumed a token, null
-- without one: for 60 seconds a repeat of that check is answered as it was.

alter table webhooks drop constraint webhooks_disabled_reason_check;
alter table webhooks add constraint webhooks_disabled_reason_check check (
  disabled_reason in ('MANUAL', 'GONE', 'FAILING', 'RECEIVER')
);

alter table consumed_tokens add column key_hash bytea;
