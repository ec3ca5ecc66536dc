/** What no route answers: 405 with the methods where the path exists, the page for its own places, 404 otherwise. */
import type { FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import type { ConsolePage } from "./console.ts";
import { pathOf } from "./error_envelope.ts";
import type { Api } from "./services.ts";

const SHOWN_CHARS_MAX = 200;

/** Knows the routes that are registered afterwards, and answers the rest. */
export function answerUnknownRoutes(app: Api, page: Pick<ConsolePage, "isAskedFor" | "send">): void {
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
    if (methods.length === 0 && page.isAskedFor(request)) return page.send(request, reply);
    throw methods.length > 0 ? methodNotAllowed(request, methods) : routeNotFound(request);
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

function routeNotFound(request: FastifyRequest): ApiError {
  const path = pathOf(request).slice(0, SHOWN_CHARS_MAX);
  return new ApiError(
    "ROUTE_NOT_FOUND",
    `There is no ${request.method} ${path}. GET /openapi.json lists what there is.`,
  );
}
