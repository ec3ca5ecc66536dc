/** Jobs as the server has them, read again while something in them moves. */
import type { UseQueryResult } from "@tanstack/react-query";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { call } from "../../api/client.ts";
import type { TenantPath } from "../../tenant.ts";
import { useTenant } from "../../tenant.ts";

/** A bulk resend or replay. */
export type Job = Answer<"getJob">;

const RUNNING_POLL_MS = 1_000;
const QUIET_POLL_MS = 5_000;

/** How many outcomes are still to come; a cancelled job's come, too. */
export function outcomesLeft({ queued, passed, failed }: Pick<Job, "queued" | "passed" | "failed">): number {
  return Math.max(0, queued - passed - failed);
}

/** Whether a job can still be paused, resumed or cancelled. */
export function isOpen({ status }: Pick<Job, "status">): boolean {
  return status === "RUNNING" || status === "PAUSED";
}

/** How often a job is read again, in ms; false once nothing in it can change. */
export function pollOf(job: Job | undefined): number | false {
  if (job === undefined) return false;
  if (job.status === "RUNNING") return RUNNING_POLL_MS;
  if (job.status === "PAUSED") return QUIET_POLL_MS;
  return outcomesLeft(job) > 0 ? RUNNING_POLL_MS * 2 : false;
}

/** One job. */
export function useJob(jobId: string): UseQueryResult<Job> {
  const tenant = useTenant();
  return useQuery({
    ...jobQuery(tenant, jobId),
    refetchInterval: ({ state }) => pollOf(state.data),
  });
}

/** What a call about a job answered is what the page shows; lists are read anew. */
export function useJobUpdate(): (job: Job) => void {
  const tenant = useTenant();
  const queryClient = useQueryClient();
  return (job) => {
    queryClient.setQueryData(jobQuery(tenant, job._id).queryKey, job);
    void queryClient.invalidateQueries({ queryKey: ["jobs", tenant.appId, tenant.appEnv] });
    void queryClient.invalidateQueries({ queryKey: ["events", tenant.appId, tenant.appEnv] });
  };
}

function jobQuery(tenant: TenantPath, jobId: string) {
  return queryOptions({
    queryKey: ["job", jobId],
    queryFn: ({ signal }): Promise<Job> => call("getJob", { path: { ...tenant, jobId }, signal }),
  });
}
