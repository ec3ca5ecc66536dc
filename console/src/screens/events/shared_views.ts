/** The views of a list of events that everybody in the environment shares: read, saved and deleted on the server. */
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import { useTenant } from "../../tenant.ts";
import type { SavedView } from "./saved_views.ts";
import { newSharedView } from "./saved_views.ts";

/** One of them, as the server tells of it. */
export type SharedView = Answer<"createView">;

/** Read when they are wanted, anew each time, since others save and delete them, too. */
export function useSharedViews(isWanted: boolean): UseQueryResult<SharedView[]> {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["views", tenant.appId, tenant.appEnv],
    queryFn: async ({ signal }) => (await call("listViews", { path: tenant, signal })).items,
    enabled: isWanted,
    staleTime: 0,
  });
}

/** Saves one; what others have saved meanwhile is shown, too. */
export function useViewSaving(onSaved: (view: SharedView) => void): UseMutationResult<SharedView, Error, SavedView> {
  const tenant = useTenant();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (view: SavedView) => call("createView", { path: tenant, body: newSharedView(view) }),
    onSuccess: onSaved,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["views", tenant.appId, tenant.appEnv] }),
  });
}

/** Deletes one, by its id; `onSettled` is told of a failure, or null. */
export function useViewDeletion(
  onSettled: (error: Error | null) => void,
): UseMutationResult<SharedView, Error, string> {
  const tenant = useTenant();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (viewId: string) => call("deleteView", { path: { ...tenant, viewId } }),
    onSettled: (_view, error) => {
      onSettled(error);
      return queryClient.invalidateQueries({ queryKey: ["views", tenant.appId, tenant.appEnv] });
    },
  });
}
