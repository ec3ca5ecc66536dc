/** Headers of every answer. The API shows nothing to a browser, so everything is closed; the console's page opens what it needs. */

const ALWAYS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;
/** For a year this host is asked over https alone. Its subdomains may be somebody else's. */
const OVER_HTTPS = { ...ALWAYS, "strict-transport-security": "max-age=31536000" } as const;

/**
 * What is sent with each response, those of the HTTP parser included. `isHttps`: clients reach the server over https; never
 * true in development, where other servers of the same host speak plain http.
 */
export function securityHeaders({ isHttps }: { isHttps: boolean }): Readonly<Record<string, string>> {
  return isHttps ? OVER_HTTPS : ALWAYS;
}
