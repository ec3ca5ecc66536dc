/** The `Idempotency-Key` header: a call that carries one can be repeated safely. */
import { hash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import type { PublishParams } from "../store/delivery.ts";
import { jsonOf } from "./json_body.ts";

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** The schema of the header, for the reference. */
export const IDEMPOTENCY_HEADER = {
  type: "object",
  properties: {
    "idempotency-key": { type: "string", description: "1 to 255 visible ASCII characters; lives 7 days." },
  },
} as const;

/** The same for the check of a token. */
export const CHECK_IDEMPOTENCY_HEADER = {
  type: "object",
  properties: {
    "idempotency-key": {
      type: "string",
      description:
        "1 to 255 visible ASCII characters, another one for each check. For 60 s a repeat with the same token and key is " +
        "answered as the check that consumed the token: for callers that have lost its answer.",
    },
  },
} as const;

/** The key with the SHA-256 of the raw body, or null without a key. Throws 400 for a malformed one. */
export function idempotencyOf(request: FastifyRequest, route: "message" | "batch"): PublishParams["idempotency"] {
  const key = idempotencyKeyOf(request);
  return key === null ? null : { key, route, bodyHash: hash("sha256", jsonOf(request).bytes, "buffer") };
}

/** The key alone, or null. Throws 400 for a malformed one. */
export function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key !== "string" || !VISIBLE_ASCII.test(key)) {
    throw new ApiError(
      "HEADER_VALIDATION_FAILED",
      "The header Idempotency-Key must have 1 to 255 visible ASCII characters, without spaces.",
      { context: { faults: [{ path: "idempotency-key", message: "must have 1 to 255 visible ASCII characters" }] } },
    );
  }
  return key;
}

/** The SHA-256 of the key, in memory of its own size, or null without a key. Throws 400 for a malformed one. */
export function idempotencyKeyHashOf(request: FastifyRequest): Uint8Array | null {
  const key = idempotencyKeyOf(request);
  return key === null ? null : new Uint8Array(hash("sha256", key, "buffer"));
}

/** The 409 of a key that was used with another body, or for another webhook or job. */
export function idempotencyConflict(key: string): ApiError {
  const shown = key.slice(0, 64);
  return new ApiError(
    "IDEMPOTENCY_KEY_REUSED",
    `The Idempotency-Key \`${shown}\` was used for another request. Use a new key for a new one.`,
  );
}
