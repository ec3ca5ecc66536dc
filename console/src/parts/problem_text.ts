/** A refusal by the server in words of the language in force, and the id by which its log knows the request. */
import { ApiProblem } from "../api/client.ts";
import type { MessageId, Translate } from "../i18n/i18n.ts";

/** Codes of which the server's own words say more than ours can: which value, and why. */
const DETAILED_CODES: ReadonlySet<string> = new Set([
  "BODY_VALIDATION_FAILED",
  "QUERY_VALIDATION_FAILED",
  "WEBHOOK_URL_FORBIDDEN",
]);

/** `text` is in the language in force; `english`, where it is not empty, says more and is to be marked as English. */
export type ProblemText = { text: string; english: string };

/** What went wrong, in words. */
export function problemText(t: Translate, error: unknown): ProblemText {
  if (!(error instanceof ApiProblem)) return { text: t("problem.unexpected"), english: String(error) };
  const { status, code, message, retryAfterSeconds } = error;
  if (status === 0) return { text: t("parts.error.offline"), english: "" };
  if (code === "UNKNOWN") return { text: t("problem.noApi", { status }), english: "" };
  const id = `problem.${code}`;
  const told = t(id as MessageId); // an id without a message is answered as it is
  const isTold = told !== id;
  const text = isTold ? told : t("problem.other", { code });
  const wait =
    status === 429 && retryAfterSeconds !== null ? ` ${t("problem.wait", { seconds: retryAfterSeconds })}` : "";
  return { text: text + wait, english: !isTold || DETAILED_CODES.has(code) ? message : "" };
}

/** The id that the server's log knows the request by, or nothing. */
export function requestIdText(t: Translate, error: unknown): string {
  const requestId = error instanceof ApiProblem ? error.requestId : null;
  return requestId === null ? "" : t("parts.error.requestId", { id: requestId });
}
