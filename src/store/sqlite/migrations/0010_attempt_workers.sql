-- compatible
-- The worker that made the attempt; of an ABANDONED one, the worker that died. Null for attempts that ended before, and for
-- those that a process of before ends.

alter table attempts add column worker_id text;
