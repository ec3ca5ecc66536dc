/** Views of the list of events that an application environment shares. A change writes its audit row in its transaction. */
import { VIEWS_PER_TENANT_MAX } from "../../domain/view.ts";
import type { ViewId } from "../../ids.ts";
import type { Actor } from "../tenancy.ts";
import type { View, ViewCreation } from "../views.ts";
import { writeAudit } from "./audit.ts";
import type { ReadView, Transaction } from "./transaction.ts";

type ViewRow = { id: ViewId; name: string; query: string; created_at: number };

/** By the primary key, in the order of their creation. */
const LIST_VIEWS = `select id, name, query, created_at from saved_views where tenant = ?1 order by id`;
const COUNT_VIEWS = `select count(*) as count from saved_views where tenant = ?1`;
/** By the unique index on the name. Nothing where it is taken. */
const INSERT_VIEW = `
  insert into saved_views (tenant, id, name, query, created_at) values (?1, ?2, ?3, ?4, ?5)
  on conflict (tenant, name) do nothing returning id, name, query, created_at`;
const DELETE_VIEW = `
  delete from saved_views where tenant = ?1 and id = ?2 returning id, name, query, created_at`;

/** See {@link ViewStore.listViews}. */
export function listViews({ sql }: ReadView, { tenant }: { tenant: number }): View[] {
  return sql.all<ViewRow>(LIST_VIEWS, tenant).map(viewOf);
}

/** See {@link ViewStore.createView}. */
export function createView(
  tx: Transaction,
  { tenant, name, query, actor }: { tenant: number; name: string; query: string; actor: Actor },
): ViewCreation {
  const { id, at } = tx.mint("viw");
  const isFull = (tx.sql.get<{ count: number }>(COUNT_VIEWS, tenant)?.count ?? 0) >= VIEWS_PER_TENANT_MAX;
  if (isFull) return { kind: "limit" };
  const row = tx.sql.get<ViewRow>(INSERT_VIEW, tenant, id, name, query, at);
  if (row === undefined) return { kind: "exists" };
  const target = { kind: "view", id } as const;
  writeAudit(tx, { tenant, actor, action: "view.create", target, before: null, after: { name, query } });
  return { kind: "created", view: viewOf(row) };
}

/** See {@link ViewStore.deleteView}. */
export function deleteView(
  tx: Transaction,
  { tenant, viewId, actor }: { tenant: number; viewId: ViewId; actor: Actor },
): View | null {
  const row = tx.sql.get<ViewRow>(DELETE_VIEW, tenant, viewId);
  if (row === undefined) return null;
  const { name, query } = row;
  const target = { kind: "view", id: viewId } as const;
  writeAudit(tx, { tenant, actor, action: "view.delete", target, before: { name, query }, after: null });
  return viewOf(row);
}

function viewOf({ id, name, query, created_at: createdAt }: ViewRow): View {
  return { id, name, query, createdAt };
}
