/** `GET /openapi.json`: the reference, made from the routes' own schemas and from the catalogue. */
import fastifySwagger from "@fastify/swagger";
import type { FastifyContextConfig, FastifySchema, RouteOptions } from "fastify";
import type { ErrorCode } from "../errors.ts";
import { ERROR_STATUS } from "../errors.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { openapiWebhooks } from "./openapi_webhooks.ts";
import type { Api, Services } from "./services.ts";

/** Codes that any guarded route may answer with. */
const GUARDED_ERRORS: readonly ErrorCode[] = [
  "AUTHENTICATION_REQUIRED",
  "AUTHENTICATION_FAILED",
  "AUTHENTICATION_THROTTLED",
  "CROSS_ORIGIN_REFUSED",
  "SCOPE_MISSING",
];
const TENANT_ERRORS: readonly ErrorCode[] = ["APP_NOT_FOUND", "APP_ENV_NOT_FOUND"];
/** Of every call that may have a body, be it asked for or not: a body that is sent is read. */
const BODY_ERRORS: readonly ErrorCode[] = ["BODY_VALIDATION_FAILED", "BODY_TOO_LARGE", "CONTENT_TYPE_UNSUPPORTED"];
const BODILESS_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
/** What is wrong with a request before it is known what it asks for. */
const REQUEST_ERRORS: readonly ErrorCode[] = ["REQUEST_MALFORMED", "REQUEST_TIMEOUT", "HEADERS_TOO_LARGE"];
const GENERAL_ERRORS: readonly ErrorCode[] = ["INTERNAL_ERROR", "STORE_UNAVAILABLE"];

/** What the reference says of the server: the product's version, and how clients reach it where that is known. */
type About = { version: string; publicUrl: string | null };

/** Has to be registered before the routes. */
export async function registerOpenapi(app: Api, services: Services, about: About): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Ignisign Webhooks",
        version: about.version,
        description: "Signed, verified, retried, kept: webhooks of an electronic-signature platform.",
      },
      ...(about.publicUrl === null ? {} : { servers: [{ url: about.publicUrl }] }),
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key, or the jwtToken of POST /v4/auth/app-api." },
          session: {
            type: "apiKey",
            in: "cookie",
            name: "__Host-ignisign_session",
            description:
              "The cookie of POST /v4/session, for pages of this server alone (`ignisign_session` over plain http). " +
              "Calls other than GET also need the header `ignisign-console: 1`.",
          },
        },
      },
      webhooks: openapiWebhooks(services.catalog),
    },
    // `route` has the config that fastify's type leaves open.
    transform: ({ schema, url, route }) => ({ schema: documented(schema, route), url }),
  });
}

/** The route that serves it; made once, since routes do not change. */
export function openapiRoutes(app: Api): void {
  let json: string | null = null;
  app.get("/openapi.json", { config: { access: "open" }, schema: { hide: true } }, (_request, reply) => {
    json ??= JSON.stringify(app.swagger());
    return reply.header("content-type", JSON_TYPE).send(json);
  });
}

/** The schema with what the guard and the error handler add to every route. */
function documented(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const { access = "open", headers } = route.config ?? {};
  const responses = Object.fromEntries(errorsByStatus(codesOf(schema, route)));
  return {
    ...schema,
    ...securityOf(access),
    ...(headers === undefined ? {} : { headers }),
    response: { ...(schema?.response as object | undefined), ...responses },
  };
}

function securityOf(access: NonNullable<FastifyContextConfig["access"]>): object {
  switch (access) {
    case "open":
      return {};
    case "session":
      return { security: [{ session: [] }], description: "Needs the cookie of a session." };
    case "operator":
      return { security: [{ key: [] }, { session: [] }], description: "Needs the operator's key." };
    default:
      return {
        security: [{ key: [] }, { session: [] }],
        description: `Needs a key with the scope \`${access}\`.`,
      };
  }
}

function codesOf(schema: FastifySchema | undefined, route: RouteOptions): ErrorCode[] {
  const { access = "open", errors = [], beginsDeliveries = false } = route.config ?? {};
  return [
    ...REQUEST_ERRORS,
    ...([route.method].flat().every((method) => BODILESS_METHODS.has(method)) ? [] : BODY_ERRORS),
    // A part of a path that is longer than any id.
    ...(route.url.includes(":") ? (["ROUTE_NOT_FOUND"] as const) : []),
    ...(schema?.querystring === undefined ? [] : (["QUERY_VALIDATION_FAILED"] as const)),
    ...(access === "open" ? [] : GUARDED_ERRORS),
    ...(route.url.includes(":appEnv") ? TENANT_ERRORS : []),
    ...errors,
    ...(route.url.startsWith("/v4/") ? GENERAL_ERRORS : []),
    ...(beginsDeliveries ? (["SHUTTING_DOWN"] as const) : []),
  ];
}

function errorsByStatus(codes: readonly ErrorCode[]): Map<number, object> {
  const byStatus = Map.groupBy(new Set(codes), (code) => ERROR_STATUS[code]);
  return new Map([...byStatus].map(([status, ofStatus]) => [status, errorSchema(ofStatus)]));
}

function errorSchema(codes: readonly ErrorCode[]): object {
  return {
    description: codes.join(", "),
    type: "object",
    required: ["code", "message", "requestId"],
    properties: {
      code: { type: "string", enum: [...codes] },
      message: { type: "string" },
      context: { type: "object", additionalProperties: true },
      requestId: { type: "string" },
    },
  };
}
