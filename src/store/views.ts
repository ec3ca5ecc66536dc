/** Views of the list of events that everybody in an application environment shares, as the store keeps them. */
import type { ViewId } from "../ids.ts";
import type { Actor } from "./tenancy.ts";

/** `query`: the filters as the search of an address. */
export type View = { id: ViewId; name: string; query: string; createdAt: number };

/** What came of a new view. Only `created` has stored anything. */
export type ViewCreation = { kind: "created"; view: View } | { kind: "exists" } | { kind: "limit" };

export interface ViewStore {
  /** All of the tenant's, in the order in which they were made. */
  listViews(params: { tenant: number }): Promise<View[]>;
  /** `exists` when the tenant has one of that name, `limit` when it has as many as it may: of two at a time, one is judged first. */
  createView(params: { tenant: number; name: string; query: string; actor: Actor }): Promise<ViewCreation>;
  /** The view that is gone; null when the tenant has none of that id. */
  deleteView(params: { tenant: number; viewId: ViewId; actor: Actor }): Promise<View | null>;
}
