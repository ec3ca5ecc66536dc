/** From the error codes of sockets, TLS, the HTTP parser and DNS to the failure codes that a customer reads. Pure. */
import type { AttemptFailure, FailureCode } from "../domain/failure.ts";
import { failure } from "../domain/failure.ts";

/** How far an exchange had come: it decides what an unknown error, a reset or the end of time mean. */
export type ExchangePhase = "connecting" | "handshaking" | "responding";

/** A failure, and whether it is an outage on our side that the endpoint is not charged for. */
export type NetworkFailure = { failure: AttemptFailure; isOurs: boolean };

const CODES: { readonly [errorCode: string]: FailureCode } = {
  ECONNREFUSED: "CONNECTION_REFUSED",
  ECONNRESET: "CONNECTION_RESET",
  ECONNABORTED: "CONNECTION_RESET",
  EPIPE: "CONNECTION_RESET",
  ETIMEDOUT: "TIMEOUT_CONNECT",
  ERR_SOCKET_CONNECTION_TIMEOUT: "TIMEOUT_CONNECT",
  EHOSTUNREACH: "HOST_UNREACHABLE",
  EHOSTDOWN: "HOST_UNREACHABLE",
  ENETUNREACH: "HOST_UNREACHABLE",
  ENETDOWN: "HOST_UNREACHABLE",
  CERT_HAS_EXPIRED: "TLS_EXPIRED",
  CERT_NOT_YET_VALID: "TLS_EXPIRED",
  ERR_TLS_CERT_ALTNAME_INVALID: "TLS_WRONG_HOST",
  DEPTH_ZERO_SELF_SIGNED_CERT: "TLS_SELF_SIGNED",
  SELF_SIGNED_CERT_IN_CHAIN: "TLS_UNKNOWN_ISSUER",
  UNABLE_TO_GET_ISSUER_CERT: "TLS_UNKNOWN_ISSUER",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "TLS_UNKNOWN_ISSUER",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "TLS_UNKNOWN_ISSUER",
  CERT_UNTRUSTED: "TLS_UNKNOWN_ISSUER",
  CERT_SIGNATURE_FAILURE: "TLS_UNKNOWN_ISSUER",
  INVALID_CA: "TLS_UNKNOWN_ISSUER",
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ENOTFOUND: "DNS_NOT_FOUND",
  ENODATA: "DNS_NOT_FOUND",
  ETIMEOUT: "TIMEOUT_DNS",
};

/** Exhausted resources of this machine. */
const OURS: ReadonlySet<string> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EADDRNOTAVAIL",
  "EACCES",
  "EPERM",
]);

/**
 * What a name server answers about a name; every other DNS error means that we could not ask one. Silence is no answer: a
 * resolver of ours that is down looks the same as a domain whose servers are, and the customer is not charged for it.
 */
const DNS_ANSWERS: ReadonlySet<string> = new Set([
  "ENOTFOUND",
  "ENODATA",
  "ESERVFAIL",
  "EBADNAME",
  "EBADRESP",
  "EFORMERR",
]);

/** The failure that an error of the exchange means. Its text has the error's code and never its message or address. */
export function exchangeFailure(errorCode: string, phase: ExchangePhase): NetworkFailure {
  return { failure: failure(exchangeCode(errorCode, phase), errorCode), isOurs: OURS.has(errorCode) };
}

/** The failure when the time of a phase is over. */
export function timeoutFailure(phase: ExchangePhase): NetworkFailure {
  switch (phase) {
    case "connecting":
    case "handshaking":
      return {
        failure: failure("TIMEOUT_CONNECT", phase === "handshaking" ? "TLS handshake" : undefined),
        isOurs: false,
      };
    case "responding":
      return { failure: failure("TIMEOUT_RESPONSE"), isOurs: false };
  }
}

/** The failure that an error of a DNS lookup means: nothing answered (ours), or an answer that is no address. */
export function lookupFailure(errorCode: string): NetworkFailure {
  const code =
    DNS_ANSWERS.has(errorCode) || errorCode === "ETIMEOUT" ? (CODES[errorCode] ?? "DNS_FAILED") : "DNS_FAILED";
  return { failure: failure(code, errorCode), isOurs: !DNS_ANSWERS.has(errorCode) };
}

/** The `code` of a thrown value, or a stand-in. */
export function errorCodeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "UNKNOWN";
  return typeof error.code === "string" && /^\w{1,64}$/.test(error.code) ? error.code : "UNKNOWN";
}

function exchangeCode(errorCode: string, phase: ExchangePhase): FailureCode {
  const known = CODES[errorCode];
  const isProtocol = errorCode.startsWith("HPE_") || errorCode.startsWith("ERR_HTTP_");
  switch (phase) {
    case "connecting":
      return known ?? "CONNECTION_FAILED";
    case "handshaking":
      return known === undefined || known === "CONNECTION_RESET" ? "TLS_FAILED" : known;
    case "responding":
      if (known !== undefined) return known === "TIMEOUT_CONNECT" ? "CONNECTION_RESET" : known;
      if (isProtocol) return "PROTOCOL_ERROR";
      return isTlsError(errorCode) ? "TLS_FAILED" : "CONNECTION_FAILED";
  }
}

/** With TLS 1.3 the server may refuse the handshake after we believe it done. */
function isTlsError(errorCode: string): boolean {
  return errorCode === "EPROTO" || errorCode.startsWith("ERR_SSL_") || errorCode.startsWith("ERR_TLS_");
}
