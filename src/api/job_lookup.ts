/** The job that a path names, for this caller: another tenant's is not found. */
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { ApiError } from "../errors.ts";
import { parseJobId } from "../ids.ts";
import type { Job } from "../store/jobs.ts";
import type { Store } from "../store/store.ts";
import { tenantOf } from "./access.ts";

/** The path of a job. */
export const JOB_PATH = Type.Object({ appId: Type.String(), appEnv: Type.String(), jobId: Type.String() });

/** Throws JOB_NOT_FOUND, the same whether it does not exist, was pruned or belongs to another tenant. */
export async function jobOf(
  store: Pick<Store, "findJob">,
  request: FastifyRequest<{ Params: { jobId: string } }>,
): Promise<Job> {
  const jobId = parseJobId(request.params.jobId);
  const job = jobId === null ? null : await store.findJob({ tenant: tenantOf(request).tenant, jobId });
  if (job === null) throw jobNotFound();
  return job;
}

/** The 404 of jobs. */
export function jobNotFound(): ApiError {
  return new ApiError("JOB_NOT_FOUND", "There is no such job for this key. Check the id in the path.");
}
