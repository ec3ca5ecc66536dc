/** Headers of every answer. The API shows nothing to a browser, so everything is closed. */

/** Sent with each response, errors of the HTTP parser included. */
export const SECURITY_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;
