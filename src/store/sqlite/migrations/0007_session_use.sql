-- compatible
-- When a session of the console was last used. Null for one that was not used since it began, and for those that a process of
-- before begins: `created_at` counts then.

alter table sessions add column last_seen_at integer;
