/** What no route answers: 405 with the methods where the path exists, the page for its own places, 404 otherwise. */
import type { FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import type { ConsolePage } from "./console.ts";
import { pathOf } from "./error_envelope.ts";
import type { Api } from "./services.ts";

const SHOWN_CHARS_MAX = 200;
const SEE_REFERENCE = "GET /openapi.json lists what there is.";
const ONLY_HEALTH =
  "This process is a worker: it answers /healthz and /readyz alone. Ask one with the role api or all.";

/** Knows the routes that are registered afterwards, and answers the rest. Without a page, the process is a worker. */
export function answerUnknownRoutes(app: Api, page: Pick<ConsolePage, "isAskedFor" | "send"> | null): void {
  const methodsByPath = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const methods = methodsByPath.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByPath.set(url, methods);
  });
  app.setNotFoundHandler((request, reply) => {
    const methods = [...methodsByPath]
      .filter(([pattern]) => matches(pattern, pathOf(request)))
      .flatMap(([, known]) => [...known]);
    if (methods.length > 0) void reply.header("allow", methods.join(", "));
    if (methods.length > 0) throw methodNotAllowed(request, methods);
    if (page?.isAskedFor(request) === true) return page.send(request, reply);
    throw routeNotFound(request, page === null ? ONLY_HEALTH : SEE_REFERENCE);
  });
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith(":") || part === given[at]);
}

function methodNotAllowed(request: FastifyRequest, methods: readonly string[]): ApiError {
  const message = `${request.method} is not possible here; ${methods.join(", ")} ${methods.length === 1 ? "is" : "are"}.`;
  return new ApiError("METHOD_NOT_ALLOWED", message, { context: { allowed: methods } });
}

function routeNotFound(request: FastifyRequest, remedy: string): ApiError {
  const path = pathOf(request).slice(0, SHOWN_CHARS_MAX);
  return new ApiError("ROUTE_NOT_FOUND", `There is no ${request.method} ${path}. ${remedy}`);
}
