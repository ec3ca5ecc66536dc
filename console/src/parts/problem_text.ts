/** A refusal by the server in words, and the id by which its log knows the request. */
import { ApiProblem } from "../api/client.ts";
import type { Translate } from "../i18n/i18n.ts";

/** What went wrong, in words. */
export function problemText(t: Translate, error: unknown): string {
  if (!(error instanceof ApiProblem)) return String(error);
  if (error.status === 0) return t("parts.error.offline");
  if (error.code === "SCOPE_MISSING") return t("parts.error.forbidden");
  return error.message;
}

/** The id that the server's log knows the request by, or nothing. */
export function requestIdText(t: Translate, error: unknown): string {
  const requestId = error instanceof ApiProblem ? error.requestId : null;
  return requestId === null ? "" : t("parts.error.requestId", { id: requestId });
}
