-- compatible
-- What processes tell each other: that a content was erased, and what happens, for those who watch it live.

alter table changes drop constraint changes_kind;
alter table changes add constraint changes_kind check (kind in ('webhook', 'apiKey', 'settings', 'system', 'content'));

-- Which process has watchers of which tenant; void at `until`.
create unlogged table live_watches (
  tenant integer not null,
  process text collate "C" not null,
  until bigint not null,
  primary key (tenant, process)
);

-- Items on their way from the process that made them to those that have watchers. Nothing is lost with them but a look.
create unlogged table live_items (
  seq bigint generated always as identity primary key,
  tenant integer not null,
  process text collate "C" not null,
  at bigint not null,
  item text not null
);

create index live_items_tenant on live_items (tenant, seq);
create index live_items_expiry on live_items (at);
