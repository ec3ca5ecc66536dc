/** Jobs that were started: list, read, pause, resume, cancel, and what of them failed. */
import { Type } from "typebox";
import { unreachable } from "../assert.ts";
import type { ErrorCode } from "../errors.ts";
import { ApiError } from "../errors.ts";
import type { Job } from "../store/jobs.ts";
import { actorOf, tenantOf } from "./access.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { JOB_PATH, jobNotFound, jobOf } from "./job_lookup.ts";
import { JOB_FAILURES_SCHEMA, JOB_LIST_SCHEMA, JOB_SCHEMA, jobView } from "./job_schema.ts";
import { jobLimitReached } from "./job_start.ts";
import { PAGE_QUERY, pageJson, pageRequest, searchData } from "./paging.ts";
import { eventJson } from "./representation.ts";
import { rawJson, TENANT_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

/** Registers the routes of this file. */
export function jobRoutes(app: Api, services: Services): void {
  listJobsRoute(app, services);
  getJobRoute(app, services);
  listJobFailuresRoute(app, services);
  changeJobRoute(app, services, { change: "pause", summary: "Pause a job; what is queued already goes its way" });
  changeJobRoute(app, services, { change: "resume", summary: "Let a paused job go on" });
  changeJobRoute(app, services, { change: "cancel", summary: "End a job; what is queued already goes its way" });
}

function listJobsRoute(app: Api, { store, clock }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/jobs",
    config: { access: "events", errors: ["PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listJobs",
      summary: "List jobs, newest first",
      tags: ["jobs"],
      params: TENANT_PATH,
      querystring: Type.Object(PAGE_QUERY, { additionalProperties: false }),
      response: { 200: JOB_LIST_SCHEMA },
    },
    handler: async (request) => {
      const page = pageRequest(request.query);
      const list = await store.listJobs({ ...page, tenant: tenantOf(request).tenant });
      const items = list.items.map((job) => jobView(job, clock.now()));
      return { items, searchData: searchData(page, list), nextCursor: list.nextCursor };
    },
  });
}

function getJobRoute(app: Api, { store, clock }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/jobs/:jobId",
    config: { access: "events", errors: ["JOB_NOT_FOUND"] },
    schema: {
      operationId: "getJob",
      summary: "Read a job: how far it is, and what came of it",
      tags: ["jobs"],
      params: JOB_PATH,
      response: { 200: JOB_SCHEMA },
    },
    handler: async (request) => jobView(await jobOf(store, request), clock.now()),
  });
}

function listJobFailuresRoute(app: Api, { store }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/jobs/:jobId/failures",
    config: { access: "events", errors: ["JOB_NOT_FOUND", "PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listJobFailures",
      summary: "List the events whose attempt by this job failed, as they are now, newest first",
      tags: ["jobs"],
      params: JOB_PATH,
      querystring: Type.Object(PAGE_QUERY, { additionalProperties: false }),
      response: { 200: rawJson(JOB_FAILURES_SCHEMA) },
    },
    handler: async (request, reply) => {
      const page = pageRequest(request.query);
      const { tenant, id: jobId } = await jobOf(store, request);
      const list = await store.listJobFailures({ ...page, tenant, jobId });
      const items = list.items.map((event) => eventJson(event));
      return reply.header("content-type", JSON_TYPE).send(pageJson({ name: "items", items, page, list }));
    },
  });
}

type JobChange = { change: "pause" | "resume" | "cancel"; summary: string };

function changeJobRoute(app: Api, services: Services, { change, summary }: JobChange): void {
  const { store, engine, clock } = services;
  const isResume = change === "resume";
  const limit: readonly ErrorCode[] = isResume ? ["JOB_LIMIT_REACHED"] : [];
  app.route({
    method: "POST",
    url: `/v4/applications/:appId/envs/:appEnv/jobs/:jobId/${change}`,
    config: { access: "events", beginsDeliveries: isResume, errors: ["JOB_NOT_FOUND", "JOB_ENDED", ...limit] },
    schema: { operationId: `${change}Job`, summary, tags: ["jobs"], params: JOB_PATH, response: { 200: JOB_SCHEMA } },
    handler: async (request) => {
      const { tenant, id: jobId } = await jobOf(store, request);
      const result = await store.changeJob({ tenant, jobId, change, actor: actorOf(request) });
      switch (result.kind) {
        case "changed":
          if (isResume) engine.wakeJobs();
          return jobView(result.job, clock.now());
        case "notFound":
          throw jobNotFound();
        case "ended":
          throw jobEnded(result.job, change);
        case "limit":
          throw jobLimitReached();
        default:
          return unreachable(result);
      }
    },
  });
}

function jobEnded({ id, status }: Job, change: JobChange["change"]): ApiError {
  const remedy = "Start a new job, or rerun its failures.";
  return new ApiError("JOB_ENDED", `The job ${id} is ${status}, so it cannot be ${PAST[change]}. ${remedy}`, {
    context: { status },
  });
}

const PAST = { pause: "paused", resume: "resumed", cancel: "cancelled" } as const;
