/**
 * Bodies as they were sent: bytes for the idempotency hash, text from which parts are cut untouched, and a parsed copy for
 * validation. A repeated top-level field is refused, since it would be unclear which one was meant.
 */
import type { FastifyRequest } from "fastify";
import { assert } from "../assert.ts";
import { decodeJson, objectFields } from "../domain/json_text.ts";
import { ApiError } from "../errors.ts";
import type { Api } from "./services.ts";
import { bodyFaults } from "./validation.ts";

/** A JSON object as it was sent. */
export type JsonBody = { bytes: Buffer; fields: Map<string, string> };

declare module "fastify" {
  interface FastifyRequest {
    /** The body as it was sent; null without one, and for anything but an object (which validation refuses). */
    json: JsonBody | null;
  }
}

/** The largest body of a call other than a batch, in bytes. */
export const BODY_BYTES_MAX = 256 * 1024;

/** Makes JSON the one content type that is understood. */
export function acceptJsonOnly(app: Api): void {
  app.decorateRequest("json", null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    try {
      refuseEncoded(request);
      done(null, parseBody(request, bytes));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function refuseEncoded(request: FastifyRequest): void {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return;
  throw new ApiError(
    "CONTENT_TYPE_UNSUPPORTED",
    `The body is sent with content-encoding \`${encoding}\`. Send it plain.`,
  );
}

/** The body of a route whose schema demands an object. */
export function jsonOf(request: FastifyRequest): JsonBody {
  assert(request.json !== null, "a validated body is an object");
  return request.json;
}

function parseBody(request: FastifyRequest, bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  const decoded = decodeJson(bytes);
  if (decoded.kind === "fault") throw new ApiError("BODY_VALIDATION_FAILED", decoded.message);
  const { value, text } = decoded;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { fields, repeated } = objectFields(text);
  if (repeated.length > 0) {
    throw bodyFaults(repeated.slice(0, 20).map((path) => ({ path, message: "is given more than once" })));
  }
  request.json = { bytes, fields };
  return value;
}
