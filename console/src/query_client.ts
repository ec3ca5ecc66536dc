/** The cache of what the server answered, and when a failed read is tried again. */
import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./api/client.ts";

/** Answers are shown from the cache for so long, in ms, before they are read again in the background. */
const STALE_MS = 5_000;
const RETRIES_MAX = 2;

/** The one cache. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      retry: (failures, error) => failures < RETRIES_MAX && isPassing(error),
    },
    mutations: { retry: false },
  },
});

/** Whether a failure may be gone at the next try: no answer, or a server that cannot answer now. */
function isPassing(error: Error): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 503);
}
