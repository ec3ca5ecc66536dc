/** The one operational error of the API and its closed table of codes. Codes are never renamed or reused. */

/** Every error code with its HTTP status. docs/errors.md lists exactly these. */
export const ERROR_STATUS = {
  BODY_VALIDATION_FAILED: 400,
  QUERY_VALIDATION_FAILED: 400,
  HEADER_VALIDATION_FAILED: 400,
  CURSOR_INVALID: 400,
  PAGE_TOO_DEEP: 400,
  WEBHOOK_URL_FORBIDDEN: 400,
  REQUEST_MALFORMED: 400,
  AUTHENTICATION_REQUIRED: 401,
  AUTHENTICATION_FAILED: 401,
  SCOPE_MISSING: 403,
  CROSS_ORIGIN_REFUSED: 403,
  HTTPS_REQUIRED: 403,
  APP_NOT_FOUND: 404,
  APP_ENV_NOT_FOUND: 404,
  WEBHOOK_NOT_FOUND: 404,
  WEBHOOK_EVENT_NOT_FOUND: 404,
  WEBHOOK_ATTEMPT_NOT_FOUND: 404,
  MESSAGE_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  API_KEY_NOT_FOUND: 404,
  VIEW_NOT_FOUND: 404,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TIMEOUT: 408,
  WEBHOOK_EVENT_ALREADY_PENDING: 409,
  WEBHOOK_DISABLED: 409,
  WEBHOOK_ATTEMPT_NOT_SENT: 409,
  MESSAGE_CONTENT_ERASED: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  JOB_ENDED: 409,
  JOB_LIMIT_REACHED: 409,
  APP_ALREADY_EXISTS: 409,
  API_KEY_ALREADY_EXISTS: 409,
  VIEW_ALREADY_EXISTS: 409,
  BODY_TOO_LARGE: 413,
  CONTENT_TYPE_UNSUPPORTED: 415,
  TOPIC_NOT_IMPLEMENTED: 422,
  WEBHOOK_LIMIT_REACHED: 422,
  VIEW_LIMIT_REACHED: 422,
  BATCH_EVENTS_LIMIT_REACHED: 422,
  AUTHENTICATION_THROTTLED: 429,
  SIGN_IN_THROTTLED: 429,
  TOKEN_CHECKS_THROTTLED: 429,
  WEBHOOK_CHANGE_LIMIT_REACHED: 429,
  TEST_LIMIT_REACHED: 429,
  RESEND_LIMIT_REACHED: 429,
  JOB_START_LIMIT_REACHED: 429,
  VIEW_SAVE_LIMIT_REACHED: 429,
  URL_CHECK_LIMIT_REACHED: 429,
  STREAM_LIMIT_REACHED: 429,
  HEADERS_TOO_LARGE: 431,
  INTERNAL_ERROR: 500,
  STORE_UNAVAILABLE: 503,
  SHUTTING_DOWN: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Machine-readable details of an error, such as the list of faults of a body. */
export type ErrorContext = { readonly [field: string]: unknown };

/** An error that a caller is told about. `message` names the thing, the value, the limit and the remedy; no secrets. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorCode;
  readonly status: number;
  readonly context: ErrorContext | null;
  /** When it makes sense to ask again, in seconds; null where that is not known. Told in the context, too. */
  readonly retryAfterS: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { context?: ErrorContext; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const { context = null, retryAfterS = null } = options;
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.context = retryAfterS === null ? context : { ...context, retryAfterSeconds: retryAfterS };
    this.retryAfterS = retryAfterS;
  }
}
