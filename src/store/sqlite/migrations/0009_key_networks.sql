-- compatible
-- The network that a key was last used from, the other one that it was used from before that, and when it was last used from
-- one that was neither. Null until it is used again.

alter table api_keys add column last_network text;
alter table api_keys add column previous_network text;
alter table api_keys add column network_changed_at integer;
