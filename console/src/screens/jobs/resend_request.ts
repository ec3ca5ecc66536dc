/** What the dialog of a bulk resend asks the server for. */
import type { Body, Query } from "../../api/client.ts";
import type { TenantPath } from "../../tenant.ts";

/** What is sent: the rows selected, what the list's filter shows, what failed since a time, what was missed since then. */
export const RESEND_SCOPES = ["selected", "filter", "failedSince", "missedSince"] as const;
/** One of them. */
export type ResendScope = (typeof RESEND_SCOPES)[number];
/** The filter of a list of events, as its API call has it. */
export type ResendFilter = Partial<Query<"listEvents">>;

/** Events a second. */
export const RATE_MAX = 1_000;
export const RATE_DEFAULT = 10;
/** So many events can be named in one call. */
export const SELECTED_MAX = 1_000;

/** What the person has chosen; `since` is RFC 3339, null while it is none. */
export type ResendForm = { scope: ResendScope; since: string | null; isSkippingPassed: boolean; rate: number };
/** What the dialog was opened for. `webhookId: null` means all webhooks; `filter: null`: from no list. */
export type ResendContext = {
  tenant: TenantPath;
  webhookId: string | null;
  filter: ResendFilter | null;
  eventIds: readonly string[];
};

/** The call to be made, without `dryRun`. */
export type ResendCall =
  | { id: "resendWebhookEvents"; path: { webhookId: string }; body: Body<"resendWebhookEvents"> }
  | { id: "resendEvents"; path: TenantPath; body: Body<"resendEvents"> }
  | { id: "replayWebhook"; path: { webhookId: string }; body: Body<"replayWebhook"> };

/**
 * Why a scope cannot be asked for: too many rows are selected; the list shows only what a job does not take (what is
 * pending, test events), or is narrowed by a search, by attempts or by nature, which a job cannot repeat.
 */
export type ScopeFault = "tooMany" | "pending" | "search" | "tests";

/** Null where there is nothing against it. */
export function scopeFault(scope: ResendScope, { filter, eventIds }: ResendContext): ScopeFault | null {
  if (scope === "selected") return eventIds.length > SELECTED_MAX ? "tooMany" : null;
  if (scope !== "filter" || filter === null) return null;
  if (filter.filter === "PENDING") return "pending";
  if ((filter.search ?? "") !== "" || filter.attempts !== undefined || filter.msgNature !== undefined) return "search";
  return filter.test === "true" ? "tests" : null;
}

/** Whether leaving out what passed makes a difference. */
export function canSkipPassed(scope: ResendScope, { filter }: ResendContext): boolean {
  return scope === "filter" && filter?.filter !== "FAILED" && filter?.filter !== "PENDING";
}

/** Whether the list shows nothing but what passed. */
export function isPassedOnly({ filter }: ResendContext): boolean {
  return filter?.filter === "PASSED" || filter?.filter === "SUCCESS";
}

/** The call for what was chosen; null while that is not complete, and where nothing could come of it. */
export function resendCall(form: ResendForm, context: ResendContext): ResendCall | null {
  const { scope, since, rate } = form;
  const { webhookId, eventIds } = context;
  if (scopeFault(scope, context) !== null || !Number.isInteger(rate) || rate < 1 || rate > RATE_MAX) return null;
  switch (scope) {
    case "selected":
      return eventIds.length === 0 ? null : resend(context, { eventIds: [...eventIds], rate });
    case "filter": {
      const filter = filterOf(form, context);
      return filter === null ? null : resend(context, { ...filter, rate });
    }
    case "failedSince":
      return since === null ? null : resend(context, { filter: "FAILED", from: since, rate });
    case "missedSince":
      if (since === null || webhookId === null) return null;
      return { id: "replayWebhook", path: { webhookId }, body: { from: since, rate } };
  }
}

type ResendBody = Body<"resendWebhookEvents">;

function resend({ tenant, webhookId }: ResendContext, body: ResendBody): ResendCall {
  return webhookId === null
    ? { id: "resendEvents", path: tenant, body }
    : { id: "resendWebhookEvents", path: { webhookId }, body };
}

/** What can be sent again is FAILED or SUCCESS, so all but what passed is what failed. Null: nothing would be left. */
function filterOf(form: ResendForm, context: ResendContext): ResendBody | null {
  if (context.filter === null) return null;
  const { filter: status = "ALL", topic, action, code, from, to } = context.filter;
  if (status === "PENDING") return null;
  const isSkipping = form.isSkippingPassed && canSkipPassed("filter", context);
  if (isSkipping && status !== "ALL") return null;
  const narrowing = Object.entries({ topic, action, code, from, to }).filter(([, value]) => value !== undefined);
  return {
    filter: isSkipping ? "FAILED" : status,
    ...Object.fromEntries(narrowing.filter(([, value]) => value !== "")),
  };
}

/** A key for one opening of the dialog and one request: a double click starts one job, another request is another job. */
export function idempotencyKeyOf(opening: string, call: ResendCall): string {
  return `${opening}-${checksum(JSON.stringify([call.path, call.body]))}`;
}

/** 32 bits of FNV-1a, in hex. */
function checksum(text: string): string {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return (sum >>> 0).toString(16);
}

/** 96 random bits, also where the page is no secure context. */
export function openingKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
