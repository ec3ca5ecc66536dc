/** Who is signed in, and what that key may do. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Answer } from "./api/client.ts";
import { ApiProblem, call } from "./api/client.ts";
import { hadSession } from "./page_facts.ts";
import { queryClient } from "./query_client.ts";

/** The session of this browser. */
export type Session = Answer<"getSession">["session"];
type Scope = Session["scopes"][number];

let isKnownAbsent = !hadSession();

/** The session, or null without one. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    if (isKnownAbsent) return null;
    try {
      return (await call("getSession")).session;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Exchanges the key for a session. Throws ApiProblem when it is refused. */
export async function signIn(key: string): Promise<Session> {
  const { session } = await call("createSession", { body: { key } });
  isKnownAbsent = false;
  queryClient.setQueryData(sessionQuery.queryKey, session);
  return session;
}

/** Ends the session here and on the server; nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  try {
    await call("deleteSession");
  } finally {
    isKnownAbsent = true;
    queryClient.clear();
    queryClient.setQueryData(sessionQuery.queryKey, null);
  }
}

/** The session; below the sign-in there always is one. */
export function useSession(): Session | null {
  return useQuery(sessionQuery).data ?? null;
}

/** Whether the key of the session has a scope: the operator's has all. */
export function useCan(scope: Scope): boolean {
  const session = useSession();
  return session !== null && (session.kind === "operator" || session.scopes.includes(scope));
}
