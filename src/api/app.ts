/** The HTTP server: limits, parsing, validation, errors and guards around the routes of each resource. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import fastify from "fastify";
import { ApiError } from "../errors.ts";
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
import { acceptJsonOnly, BODY_BYTES_MAX } from "./json_body.ts";
import { messageRoutes } from "./messages.ts";
import { openapiRoutes, registerOpenapi } from "./openapi.ts";
import { platformKeyRoutes } from "./platform_keys.ts";
import { publishRoutes } from "./publish.ts";
import { SECURITY_HEADERS } from "./security_headers.ts";
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
import { webhookCheckRoutes } from "./webhook_check.ts";
import { webhookSecretRoutes } from "./webhook_secrets.ts";
import { webhookTrialRoutes } from "./webhook_trial.ts";
import { webhookRoutes } from "./webhooks.ts";

const HEADER_BYTES_MAX = 16 * 1024;
/** Longer than any id of ours, in characters. */
const PARAM_CHARS_MAX = 128;
/** How long a request may take to arrive completely. */
const REQUEST_MS_MAX = 30_000;
const KEEP_ALIVE_MS = 72_000;

/** Whose `X-Forwarded-For` is believed: nobody's, everybody's, so many proxies', or these addresses'. */
type TrustProxy = boolean | number | string[];

/** The API, ready to listen. */
export async function createApi(
  services: Services,
  settings: { trustProxy: TrustProxy; version: string; publicUrl: string | null; consoleFolder: string },
): Promise<Api> {
  const app = createServer(services, settings.trustProxy);
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
  const app = createServer(services, false);
  answerUnknownRoutes(app, null);
  guardRoutes(app, services);
  healthRoutes(app, services);
  await app.ready();
  return app;
}

/** A server without routes: its limits, its errors, its general headers. */
function createServer(services: Services, trustProxy: TrustProxy): Api {
  const { log, random } = services;
  const requestId = requestIds(random.bytes(6).toString("base64url"));
  const app: Api = fastify({
    logger: false,
    trustProxy: trusted(trustProxy),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // A request without `Host` is refused below, in the envelope.
    http: { maxHeaderSize: HEADER_BYTES_MAX, requireHostHeader: false },
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    exposeHeadRoutes: false,
    // While it stops, the server still answers the token checks of receivers; new messages are refused by the guard.
    return503OnClosing: false,
    genReqId: requestId,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, requestId()),
    frameworkErrors: (error, request, reply) => {
      setGeneralHeaders(request, reply); // hooks do not run for these
      sendError(error, request, reply, log);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  app.addHook("onRequest", (request, reply, done) => {
    setGeneralHeaders(request, reply);
    done(hostFault(request));
  });
  // Expectations other than `100-continue` may be ignored (RFC 9110); Node by itself refuses them without a word.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));
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

function setGeneralHeaders(request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(SECURITY_HEADERS).header("x-request-id", request.id);
}

/** HTTP/1.1 wants exactly one `Host`: of two, a proxy before the server may have read the other one. */
function hostFault({ raw }: FastifyRequest): ApiError | undefined {
  const hosts = raw.rawHeaders.filter((name, at) => at % 2 === 0 && /^host$/i.test(name)).length;
  if (hosts === 1 || (hosts === 0 && raw.httpVersion === "1.0")) return undefined;
  const found = hosts === 0 ? "no Host header" : "more than one Host header";
  return new ApiError("REQUEST_MALFORMED", `The request has ${found}. HTTP/1.1 wants one.`);
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
