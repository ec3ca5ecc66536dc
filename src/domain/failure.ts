/** Why an attempt failed: a closed list of codes, each with a sentence that tells the integrator what to fix. */

/** Every failure code. docs/errors.md lists exactly these. */
export const FAILURES = {
  UNEXPECTED_STATUS:
    "The endpoint answered with a status that is not a success. Return 200 as soon as the webhook is stored.",
  REDIRECT_NOT_FOLLOWED: "The endpoint answered with a redirect, which is never followed. Register the final URL.",
  GONE: "The endpoint answered 410 Gone, which disables its webhook unless it was a test. Enable it when the endpoint is back, and resend.",
  DISABLED_BY_RECEIVER:
    "The endpoint asked by `webhook-delivery: disable` for its webhook to be disabled. Enable it when it is wanted again, and resend.",
  ABORTED_BY_RECEIVER:
    "The endpoint asked by `webhook-delivery: abort-message` for no retry of this event. Resend it if it is wanted after all.",
  TIMEOUT_DNS: "The host name was not resolved in time. Check the name servers of its domain.",
  TIMEOUT_CONNECT: "No connection was established in time. Check that the host is up and its firewall lets us in.",
  TIMEOUT_RESPONSE: "No complete response head arrived in time. Answer first, then do the slow work.",
  DNS_NOT_FOUND: "The host name does not exist. Check the spelling of the URL.",
  DNS_FAILED: "The host name could not be resolved. Check the name servers of its domain.",
  CONNECTION_REFUSED: "The host refused the connection. Check that the server listens on that port.",
  CONNECTION_RESET:
    "The connection was closed before a complete response head arrived. Check the server and any proxy before it.",
  HOST_UNREACHABLE: "The host cannot be reached. Check its address and network.",
  CONNECTION_FAILED: "The connection failed in another way. Check the host, its network and any proxy before it.",
  TLS_EXPIRED: "The TLS certificate is expired or not yet valid. Renew it.",
  TLS_WRONG_HOST: "The TLS certificate is for another host name. Install one for this host.",
  TLS_SELF_SIGNED: "The TLS certificate is self-signed. Install one from a public authority.",
  TLS_UNKNOWN_ISSUER: "The TLS certificate's issuer is unknown, or the chain is incomplete. Install the full chain.",
  TLS_FAILED: "The TLS handshake failed. Offer TLS 1.2 or newer.",
  HEADERS_TOO_LARGE: "The response head is larger than 16 KiB. Send fewer or shorter headers.",
  PROTOCOL_ERROR: "The answer is not valid HTTP. Check what listens on that port.",
  PROXY_FAILED:
    "The server's own egress proxy could not be used. Nothing is wrong at the endpoint: the operator has to check EGRESS_PROXY.",
  PROXY_AUTHENTICATION_FAILED:
    "The server's own egress proxy did not take its credentials. Nothing is wrong at the endpoint: the operator has to check EGRESS_PROXY.",
  PROXY_REFUSED:
    "The server's egress proxy does not let requests out to the target. Ask the operator to allow it, or use another host.",
  PROXY_TARGET_UNREACHABLE:
    "The server's egress proxy could not connect to the host. Check that the host is up, listens on that port, and lets the proxy in.",
  EGRESS_REFUSED: "The target is not allowed. Use a public https address.",
  CONTENT_ERASED: "The message's content was erased before it could be sent. Publish it anew, if it is still needed.",
  UNSENDABLE: "The request could not be built. Check the webhook's headers and secrets.",
  WEBHOOK_DELETED: "The webhook was deleted while the event waited. Nothing has to be done.",
  ABANDONED:
    "The worker died during the attempt, so its outcome is unknown and it is repeated at once. Drop duplicates by `webhook-id`.",
} as const;

export type FailureCode = keyof typeof FAILURES;

/** What the history keeps of a failure; `message` may add a detail to the code's sentence. */
export type AttemptFailure = { code: FailureCode; message: string };

/** The failure with its code's sentence and, where there is one, a detail such as the status. */
export function failure(code: FailureCode, detail?: string): AttemptFailure {
  return { code, message: detail === undefined ? FAILURES[code] : `${FAILURES[code]} (${detail})` };
}

/** Failures in which time ran out: they count for the breaker, since each one holds a slot for the whole timeout. */
export function isTimeout(code: FailureCode): boolean {
  return code === "TIMEOUT_DNS" || code === "TIMEOUT_CONNECT" || code === "TIMEOUT_RESPONSE";
}
