/** The HTTP server: limits, parsing, validation, errors and guards around the routes of each resource. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import fastify from "fastify";
import { guardRoutes } from "./access.ts";
import { apiKeyRoutes } from "./api_keys.ts";
import { applicationRoutes } from "./applications.ts";
import { auditLogRoutes } from "./audit_log.ts";
import { authRoutes } from "./auth.ts";
import { catalogRoutes } from "./catalog.ts";
import { ConsolePage } from "./console.ts";
import { contextRoutes } from "./context.ts";
import { answerClientError, pathOf, sendError } from "./error_envelope.ts";
import { environmentSettingsRoutes } from "./environment_settings.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { jobStartRoutes } from "./job_start.ts";
import { jobRoutes } from "./jobs.ts";
import { acceptJsonOnly } from "./json_body.ts";
import { messageRoutes } from "./messages.ts";
import { openapiRoutes, registerOpenapi } from "./openapi.ts";
import { platformKeyRoutes } from "./platform_keys.ts";
import { publishRoutes } from "./publish.ts";
import { boundPipelines, requestLimits, takeRequests } from "./request_limits.ts";
import { securityHeaders } from "./security_headers.ts";
import type { Api, Services } from "./services.ts";
import { sessionRoutes } from "./session.ts";
import { statsRoutes } from "./stats.ts";
import { signatureDebuggerRoutes } from "./signature_debugger.ts";
import { systemRoutes } from "./system.ts";
import { streamRoutes } from "./stream.ts";
import { tokenInspectionRoutes } from "./token_inspection.ts";
import { tokenRoutes } from "./tokens.ts";
import { answerUnknownRoutes } from "./unknown_routes.ts";
import { validateBySchema } from "./validation.ts";
import { viewRoutes } from "./views.ts";
import { webhookCheckRoutes } from "./webhook_check.ts";
import { webhookSecretRoutes } from "./webhook_secrets.ts";
import { webhookTrialRoutes } from "./webhook_trial.ts";
import { webhookRoutes } from "./webhooks.ts";

/** Whose `X-Forwarded-For` is believed: nobody's, everybody's, so many proxies', or these addresses'. */
type TrustProxy = boolean | number | string[];

/** What the HTTP server of any process needs to know. */
type ServerSettings = {
  trustProxy: TrustProxy;
  publicUrl: string | null;
  /** How long a request may take to arrive, in ms; what is usual by default. */
  requestMsMax?: number;
};

/** The API, ready to listen. */
export async function createApi(
  services: Services,
  settings: ServerSettings & { version: string; consoleFolder: string },
): Promise<Api> {
  const app = createServer(services, settings);
  const page = new ConsolePage(services, settings.consoleFolder);
  answerUnknownRoutes(app, page);
  guardRoutes(app, services);
  await registerOpenapi(app, services, settings);
  for (const routes of ROUTES) routes(app, services);
  page.register(app);
  await app.ready();
  return app;
}

/** What a process that only delivers answers: whether it is well. */
export async function createWorkerApi(services: Services): Promise<Api> {
  const app = createServer(services, { trustProxy: false, publicUrl: null });
  answerUnknownRoutes(app, null);
  guardRoutes(app, services);
  healthRoutes(app, services);
  await app.ready();
  return app;
}

/** A server without routes: its limits, its errors, its general headers. */
function createServer(services: Services, { trustProxy, publicUrl, requestMsMax }: ServerSettings): Api {
  const { log, random } = services;
  const isHttps = httpsTest(services, publicUrl);
  const requestId = requestIds(random.bytes(6).toString("base64url"));
  const app: Api = fastify({
    logger: false,
    trustProxy: trusted(trustProxy),
    ...requestLimits(requestMsMax),
    exposeHeadRoutes: false,
    // While it stops, the server still answers the token checks of receivers; new messages are refused by the guard.
    return503OnClosing: false,
    genReqId: requestId,
    clientErrorHandler: (error, socket) =>
      answerClientError(error, socket, { requestId: requestId(), isHttps: isHttps(null) }),
    frameworkErrors: (error, request, reply) => {
      setGeneralHeaders(request, reply, isHttps(request)); // hooks do not run for these
      sendError(error, request, reply, log);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  boundPipelines(app);
  app.addHook("onRequest", (request, reply, done) => {
    setGeneralHeaders(request, reply, isHttps(request));
    done();
  });
  takeRequests(app);
  app.addHook("onSend", (_request, reply, payload, done) => {
    // A connection that its caller keeps for later is not idle when the server closes, so it would be waited for.
    if (services.lifecycle.state === "stopping") void reply.header("connection", "close");
    done(null, payload);
  });
  if (log.isLevelEnabled("debug")) logRequests(app, services);
  acceptJsonOnly(app);
  validateBySchema(app);
  return app;
}

const ROUTES: readonly ((app: Api, services: Services) => void)[] = [
  webhookRoutes,
  webhookSecretRoutes,
  webhookTrialRoutes,
  webhookCheckRoutes,
  eventRoutes,
  jobStartRoutes,
  jobRoutes,
  viewRoutes,
  statsRoutes,
  streamRoutes,
  publishRoutes,
  messageRoutes,
  tokenRoutes,
  tokenInspectionRoutes,
  signatureDebuggerRoutes,
  environmentSettingsRoutes,
  applicationRoutes,
  contextRoutes,
  apiKeyRoutes,
  platformKeyRoutes,
  authRoutes,
  sessionRoutes,
  auditLogRoutes,
  catalogRoutes,
  systemRoutes,
  healthRoutes,
  openapiRoutes,
];

function setGeneralHeaders(request: FastifyRequest, reply: FastifyReply, isHttps: boolean): void {
  void reply.headers(securityHeaders({ isHttps })).header("x-request-id", request.id);
}

/** Whether clients reach the server over https: its public address says so, or a believed proxy does of this request. */
function httpsTest(
  { serverSettings }: Services,
  publicUrl: string | null,
): (request: FastifyRequest | null) => boolean {
  if (serverSettings.isDevelopment) return () => false;
  if (publicUrl?.startsWith("https:") === true) return () => true;
  return (request) => request?.protocol === "https";
}

/** Fastify has no number of proxies in its types, but asks with the distance of each address. */
function trusted(trustProxy: TrustProxy): boolean | string[] | ((address: string, hop: number) => boolean) {
  return typeof trustProxy === "number" ? (_address, hop) => hop < trustProxy : trustProxy;
}

/** Cheap, and distinct across restarts by their random start. */
function requestIds(start: string): () => string {
  let count = 0;
  return () => `req_${start}${(count++).toString(36)}`;
}

function logRequests(app: Api, { log }: Services): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { method, id: requestId } = request;
    const durationMs = Math.round(reply.elapsedTime);
    log.debug({ requestId, method, url: pathOf(request), status: reply.statusCode, durationMs }, "request");
    done();
  });
}
