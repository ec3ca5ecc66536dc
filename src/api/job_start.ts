/** The calls that start jobs: bulk resends, replays and reruns; and their dry runs. */
import { hash } from "node:crypto";
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { unreachable } from "../assert.ts";
import { JOB_RATE_DEFAULT, RUNNING_JOBS_MAX } from "../domain/job.ts";
import type { ErrorCode } from "../errors.ts";
import { ApiError } from "../errors.ts";
import type { WebhookId } from "../ids.ts";
import { parseWebhookId } from "../ids.ts";
import type { JobSelection } from "../store/jobs.ts";
import { actorOf, tenantOf } from "./access.ts";
import { JSON_TYPE, pathOf } from "./error_envelope.ts";
import { idempotencyConflict, IDEMPOTENCY_HEADER, idempotencyKeyOf } from "./idempotency.ts";
import { JOB_PATH, jobOf } from "./job_lookup.ts";
import { countSelected, replaySelection, resendSelection } from "./job_request.ts";
import {
  JOB_PREVIEW_SCHEMA,
  JOB_SCHEMA,
  jobView,
  previewView,
  REPLAY_SCHEMA,
  RESEND_SCHEMA,
  TENANT_RESEND_SCHEMA,
} from "./job_schema.ts";
import { rawJson, TENANT_PATH, WEBHOOK_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { webhookNotFound, webhookOf } from "./webhook_lookup.ts";

const START_ERRORS = [
  "HEADER_VALIDATION_FAILED",
  "IDEMPOTENCY_KEY_REUSED",
  "JOB_LIMIT_REACHED",
  "JOB_START_LIMIT_REACHED",
] as const;
/** 200 is a dry run, or the job of an earlier call with the same idempotency key. */
const START_RESPONSES = {
  200: rawJson(Type.Union([JOB_PREVIEW_SCHEMA, JOB_SCHEMA])),
  202: rawJson(JOB_SCHEMA),
};

/** Registers the routes of this file. */
export function jobStartRoutes(app: Api, services: Services): void {
  resendEventsRoute(app, services);
  resendAllEventsRoute(app, services);
  replayRoute(app, services);
  rerunRoute(app, services);
}

function resendEventsRoute(app: Api, services: Services): void {
  const { store, catalog } = services;
  app.route({
    method: "POST",
    url: "/v4/webhooks/:webhookId/events/resend",
    config: startConfig("WEBHOOK_NOT_FOUND", "WEBHOOK_EVENT_NOT_FOUND"),
    schema: {
      operationId: "resendWebhookEvents",
      summary: "Resend many events of a webhook, as a job",
      tags: ["jobs"],
      params: WEBHOOK_PATH,
      body: RESEND_SCHEMA,
      response: START_RESPONSES,
    },
    handler: async (request, reply) => {
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const selection = resendSelection(request.body, webhookId, catalog);
      return start(services, { request, reply }, { ...request.body, tenant, selection });
    },
  });
}

function resendAllEventsRoute(app: Api, services: Services): void {
  const { store, catalog } = services;
  app.route({
    method: "POST",
    url: "/v4/applications/:appId/envs/:appEnv/events/resend",
    config: startConfig("WEBHOOK_NOT_FOUND", "WEBHOOK_EVENT_NOT_FOUND"),
    schema: {
      operationId: "resendEvents",
      summary: "Resend many events of all webhooks, as a job",
      tags: ["jobs"],
      params: TENANT_PATH,
      body: TENANT_RESEND_SCHEMA,
      response: START_RESPONSES,
    },
    handler: async (request, reply) => {
      const { tenant } = tenantOf(request);
      const { webhookId: webhookText, ...body } = request.body;
      const webhookId = webhookText === undefined ? null : await ownWebhook(tenant, webhookText);
      const selection = resendSelection(body, webhookId, catalog);
      return start(services, { request, reply }, { ...body, tenant, selection });
    },
  });

  async function ownWebhook(tenant: number, text: string): Promise<WebhookId> {
    const webhookId = parseWebhookId(text);
    if (webhookId === null || (await store.findWebhook({ tenant, webhookId })) === null) throw webhookNotFound();
    return webhookId;
  }
}

function replayRoute(app: Api, services: Services): void {
  app.route({
    method: "POST",
    url: "/v4/webhooks/:webhookId/replay",
    config: startConfig("WEBHOOK_NOT_FOUND"),
    schema: {
      operationId: "replayWebhook",
      summary: "Send the messages that a webhook would take now and has no event for, as a job",
      tags: ["jobs"],
      params: WEBHOOK_PATH,
      body: REPLAY_SCHEMA,
      response: START_RESPONSES,
    },
    handler: async (request, reply) => {
      const { tenant, id: webhookId } = await webhookOf(services.store, request);
      const selection = replaySelection(request.body, webhookId);
      return start(services, { request, reply }, { ...request.body, tenant, selection });
    },
  });
}

function rerunRoute(app: Api, services: Services): void {
  app.route({
    method: "POST",
    url: "/v4/applications/:appId/envs/:appEnv/jobs/:jobId/rerun",
    config: startConfig("JOB_NOT_FOUND"),
    schema: {
      operationId: "rerunJob",
      summary: "Resend the failures of a job that have not succeeded since, as a new job",
      tags: ["jobs"],
      params: JOB_PATH,
      response: { 200: rawJson(JOB_SCHEMA), 202: rawJson(JOB_SCHEMA) },
    },
    handler: async (request, reply) => {
      const { id: jobId, tenant, rate, selection: earlier } = await jobOf(services.store, request);
      const selection: JobSelection = { source: "FAILURES", webhookId: earlier.webhookId, jobId };
      return start(services, { request, reply }, { tenant, selection, rate });
    },
  });
}

/** What every call needs that starts a job, with the errors of its own. */
function startConfig(...errors: ErrorCode[]): FastifyContextConfig {
  return {
    access: "events",
    beginsDeliveries: true,
    errors: [...errors, ...START_ERRORS],
    headers: IDEMPOTENCY_HEADER,
  };
}

type Start = { tenant: number; selection: JobSelection; rate?: number; dryRun?: boolean };

/** Counts, and starts the job unless it is a dry run. */
async function start(
  services: Services,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  { tenant, selection, rate = JOB_RATE_DEFAULT, dryRun = false }: Start,
): Promise<FastifyReply> {
  const { store, engine, clock, flowLimits } = services;
  const key = idempotencyKeyOf(request);
  flowLimits.count("jobStart", tenant);
  const counts = await countSelected(services, { tenant, selection }, () => request.raw.socket.destroyed);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  refuseMissing(selection, total);
  if (dryRun) return sendJson(reply, 200, previewView(counts));
  // A key belongs to its route: the same one may start another kind of job.
  const idempotency =
    key === null ? null : { key: `${request.routeOptions.url} ${key}`, requestHash: requestHash(request) };
  const result = await store.createJob({ tenant, selection, rate, total, idempotency, actor: actorOf(request) });
  switch (result.kind) {
    case "created":
      engine.wakeJobs();
      return sendJson(reply, 202, jobView(result.job, clock.now()));
    case "repeated":
      return sendJson(reply, 200, jobView(result.job, clock.now()));
    case "conflict":
      throw idempotencyConflict(key ?? "");
    case "limit":
      throw jobLimitReached();
    default:
      return unreachable(result);
  }
}

/** The 409 of a tenant that has as many jobs as it may. */
export function jobLimitReached(): ApiError {
  return new ApiError(
    "JOB_LIMIT_REACHED",
    `${RUNNING_JOBS_MAX} jobs of this application environment are running; no more may. Wait for one, or pause or cancel it.`,
    { context: { limit: RUNNING_JOBS_MAX } },
  );
}

/** Events that are named must be there: another tenant's, or another webhook's, are not. */
function refuseMissing(selection: JobSelection, total: number): void {
  if (selection.source !== "EVENTS") return;
  const asked = selection.eventIds.length;
  if (total === asked) return;
  throw new ApiError(
    "WEBHOOK_EVENT_NOT_FOUND",
    `${asked - total} of the ${asked} eventIds name no event of ${selection.webhookId ?? "this environment"}. Leave them out.`,
    { context: { asked, found: total } },
  );
}

/** The same body for another webhook is another request. */
function requestHash(request: FastifyRequest): Buffer {
  const body = request.json?.bytes ?? Buffer.alloc(0);
  return hash("sha256", Buffer.concat([Buffer.from(`${pathOf(request)}\n`), body]), "buffer");
}

function sendJson(reply: FastifyReply, status: number, view: object): FastifyReply {
  return reply.code(status).header("content-type", JSON_TYPE).send(JSON.stringify(view));
}
