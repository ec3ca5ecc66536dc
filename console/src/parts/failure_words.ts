/** Why attempts failed, in words: which messages belong to a failure code, or to the status that an endpoint answered. */
import type { MessageId } from "../i18n/i18n.ts";

/** The failure codes of the API that are no statuses, in the order in which an attempt can meet them. */
export const FAILURE_CODES = [
  "CONTENT_ERASED",
  "WEBHOOK_DELETED",
  "UNSENDABLE",
  "EGRESS_REFUSED",
  "DNS_NOT_FOUND",
  "DNS_FAILED",
  "TIMEOUT_DNS",
  "PROXY_FAILED",
  "PROXY_AUTHENTICATION_FAILED",
  "PROXY_REFUSED",
  "PROXY_TARGET_UNREACHABLE",
  "CONNECTION_REFUSED",
  "HOST_UNREACHABLE",
  "TIMEOUT_CONNECT",
  "CONNECTION_FAILED",
  "TLS_EXPIRED",
  "TLS_WRONG_HOST",
  "TLS_SELF_SIGNED",
  "TLS_UNKNOWN_ISSUER",
  "TLS_FAILED",
  "TIMEOUT_RESPONSE",
  "CONNECTION_RESET",
  "HEADERS_TOO_LARGE",
  "PROTOCOL_ERROR",
  "ABANDONED",
] as const;
/** Failure codes that come with an answer and say more than its status, which is what an event's last code is. */
export const ANSWER_FAILURE_CODES = ["DISABLED_BY_RECEIVER", "ABORTED_BY_RECEIVER"] as const;
/** Failure codes that come with an answer: its status says more. */
export const STATUS_FAILURE_CODES = ["UNEXPECTED_STATUS", "REDIRECT_NOT_FOLLOWED", "GONE"] as const;
/** Statuses with words of their own. */
const STATUSES = [
  "304",
  "400",
  "401",
  "403",
  "404",
  "405",
  "408",
  "410",
  "413",
  "415",
  "429",
  "500",
  "502",
  "503",
  "504",
] as const;
/** Classes of statuses, for those without. */
const CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;
/** What an event's last code may be, or its class: what lists can be asked for. */
export const LAST_CODES = [...FAILURE_CODES, ...STATUSES, ...CLASSES] as const;
/** Everything that has words, as the reference lists it. */
export const FAILURE_WORDS = [...FAILURE_CODES, ...ANSWER_FAILURE_CODES, ...STATUSES, ...CLASSES] as const;
/** What has words. */
export type FailureWord = (typeof FAILURE_WORDS)[number];

/** The words for an event's last code or an attempt's failure; null where there are none, as for a code of a newer server. */
export function failureWord(code: string): FailureWord | null {
  const exact = FAILURE_WORDS.find((word) => word === code);
  if (exact !== undefined) return exact;
  return /^\d{3}$/.test(code) ? (CLASSES.find((name) => name.charAt(0) === code.charAt(0)) ?? null) : null;
}

/** The words for an attempt that failed, by its status where there is one. */
export function wordOfAttempt(attempt: {
  response?: { status: number } | undefined;
  error?: { code: string } | undefined;
}): FailureWord | null {
  const { response, error } = attempt;
  if (error === undefined) return null;
  const isAboutStatus = STATUS_FAILURE_CODES.some((code) => code === error.code);
  return failureWord(isAboutStatus && response !== undefined ? String(response.status) : error.code);
}

/** The messages of a word: its name, what happened, and what to do. */
export function wordMessages(word: FailureWord): { name: MessageId; why: MessageId; fix: MessageId } {
  return { name: `failure.${word}.name`, why: `failure.${word}.why`, fix: `failure.${word}.fix` };
}
