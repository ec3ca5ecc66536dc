/** The one shape of every error: `{ code, message, context?, requestId }` with the right status. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { ErrorCode, ErrorContext } from "../errors.ts";
import { ApiError, ERROR_STATUS } from "../errors.ts";
import type { Logger } from "../log.ts";
import { StoreUnavailable } from "../store/store.ts";
import { securityHeaders } from "./security_headers.ts";

/** The content type of every answer. Text sent with it is not serialised once more. */
export const JSON_TYPE = "application/json; charset=utf-8";

/** How long a caller may wait before asking again when the server is not able to answer, in seconds. */
const RETRY_AFTER_S = 1;

/** Four times the largest body that any call takes. */
const DISCARDED_BYTES_MAX = 32 * 1024 * 1024;

/** The body of an error. */
function errorJson(
  error: { code: ErrorCode; message: string; context: ErrorContext | null },
  requestId: string,
): string {
  const { code, message, context } = error;
  return JSON.stringify(context === null ? { code, message, requestId } : { code, message, context, requestId });
}

/** Answers whatever a route threw. Bugs are logged with their stack and answered without any detail. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  const known = asApiError(error);
  if (known.status >= 500 && known.code !== "SHUTTING_DOWN") {
    log.error({ err: error, requestId: request.id, method: request.method, url: pathOf(request) }, known.code);
  }
  const retryAfterS = known.retryAfterS ?? (known.status === 503 ? RETRY_AFTER_S : null);
  if (retryAfterS !== null) void reply.header("retry-after", retryAfterS);
  if (known.status === 401) void reply.header("www-authenticate", "Bearer");
  if (known.code === "SHUTTING_DOWN") void reply.header("connection", "close");
  else if (known.status === 413) keepOpenForTheRest(request, reply);
  void reply.code(known.status).header("content-type", JSON_TYPE).send(errorJson(known, request.id));
}

/**
 * Fastify would close the connection, and whoever still writes his body would see it break in place of the answer. Node
 * throws the rest away as it comes; of a body that is larger by far there is no end to be waited for.
 */
function keepOpenForTheRest(request: FastifyRequest, reply: FastifyReply): void {
  if (Number(request.headers["content-length"]) <= DISCARDED_BYTES_MAX) void reply.removeHeader("connection");
}

/** Answers what never became a request: a head that is too large, too slow or not HTTP. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { requestId, isHttps }: { requestId: string; isHttps: boolean },
): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const { code, message } = clientError(error.code);
  const body = errorJson({ code, message, context: null }, requestId);
  const headers = {
    ...securityHeaders({ isHttps }),
    "x-request-id": requestId,
    "content-type": JSON_TYPE,
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = ERROR_STATUS[code];
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}

/** The path without its query, which may hold what does not belong into a log. */
export function pathOf(request: FastifyRequest): string {
  const { url } = request;
  const queryAt = url.indexOf("?");
  return queryAt === -1 ? url : url.slice(0, queryAt);
}

function clientError(nodeCode: string | undefined): { code: ErrorCode; message: string } {
  switch (nodeCode) {
    case "HPE_HEADER_OVERFLOW":
      return { code: "HEADERS_TOO_LARGE", message: "The headers are larger than 16 KiB. Send fewer or shorter ones." };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { code: "REQUEST_TIMEOUT", message: "The request did not arrive completely in time. Send it again." };
    default:
      return { code: "REQUEST_MALFORMED", message: "The request is not valid HTTP/1.1." };
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreUnavailable) {
    return new ApiError("STORE_UNAVAILABLE", "The store cannot be reached now; nothing was stored. Try again.", {
      cause: error,
    });
  }
  return fromFramework(error) ?? new ApiError("INTERNAL_ERROR", "An unexpected error occurred.", { cause: error });
}

/** Errors that fastify makes before a route runs. */
function fromFramework(error: unknown): ApiError | null {
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>; // read field by field; both may be missing
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new ApiError("BODY_TOO_LARGE", "The body is larger than this call allows: 256 KiB, for a batch 8 MiB.");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_EMPTY_TYPE":
      return new ApiError("CONTENT_TYPE_UNSUPPORTED", "The body must be JSON. Send `content-type: application/json`.");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new ApiError("REQUEST_MALFORMED", "The body does not have the length that content-length says.");
    case "FST_ERR_BAD_URL":
      return new ApiError("REQUEST_MALFORMED", "The path is not validly percent-encoded.");
    case "FST_ERR_MAX_PARAM_LENGTH":
      return new ApiError("ROUTE_NOT_FOUND", "A part of the path is longer than any id.");
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500
        ? new ApiError("REQUEST_MALFORMED", "The request cannot be understood.", { cause: error })
        : null;
  }
}
