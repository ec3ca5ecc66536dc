/**
 * Every call of the API by what it needs, and what in it names something that might be another tenant's. The reference is
 * compared with this table (api_access.test.ts), so a new call or field has to be described here before anything passes.
 */
import type { Scope } from "../../../src/domain/values.ts";

/**
 * What happens to a value that names another tenant's thing. `unknown`: the very same as with one that names nothing.
 * `ownOnly`: it names a place rather than a thing, and the answer shows own things alone. Anything else is the reason why
 * it is no matter here.
 */
export type ForeignValue = "unknown" | "ownOnly" | { readonly because: string };

/** A call. */
export type ApiCall = {
  readonly access: Scope | "operator" | "session" | "open";
  /** A scope that is needed besides, because of what is answered. */
  readonly besides?: Scope;
  /** A body that is accepted; {@link ApiCall.foreign} is put into it. */
  readonly body?: object;
  /** Fields of query and body that name things, as `query.cursor` or `body.eventIds`. */
  readonly foreign?: Readonly<Record<string, ForeignValue>>;
};

const TENANT = "/v4/applications/{appId}/envs/{appEnv}";
const WEBHOOK = "/v4/webhooks/{webhookId}";
const SIGNER = { topic: "SIGNER", action: "CREATED", content: { signerId: "s1" } };
const LIST = { "query.cursor": "ownOnly" } as const;
const EVENTS = { ...LIST, "query.search": "unknown" } as const;
const AUDIT = { ...LIST, "query.actor": "unknown", "query.target": "unknown" } as const;
const OPERATORS = { because: "the operator sees all tenants" } as const;
const MADE_HERE = { because: "it is the caller's own to choose" } as const;

/** By method and path, as the reference has them. */
export const API_CALLS: Readonly<Record<string, ApiCall>> = {
  [`POST ${TENANT}/webhooks`]: {
    access: "webhooks",
    body: { url: "http://127.0.0.1:9999/" },
    foreign: { "body.secret": MADE_HERE },
  },
  [`GET ${TENANT}/webhooks`]: { access: "webhooks" },
  [`GET ${WEBHOOK}`]: { access: "webhooks" },
  [`PUT ${WEBHOOK}`]: {
    access: "webhooks",
    body: {},
    foreign: {
      "body._id": { because: "it is read-only and ignored" },
      "body.appId": { because: "it is read-only and ignored" },
      "body.secret": { because: "it is read-only and ignored" },
    },
  },
  [`DELETE ${WEBHOOK}`]: { access: "webhooks" },
  [`GET ${WEBHOOK}/secret`]: { access: "webhooks" },
  [`POST ${WEBHOOK}/secret/rotate`]: { access: "webhooks", body: {}, foreign: { "body.secret": MADE_HERE } },
  [`DELETE ${WEBHOOK}/secret/previous`]: { access: "webhooks" },
  [`POST ${WEBHOOK}/test`]: { access: "webhooks", body: SIGNER },
  [`POST ${TENANT}/webhooks/check`]: { access: "webhooks", body: { url: "http://127.0.0.1:9999/" } },
  [`POST ${WEBHOOK}/signature/check`]: {
    access: "webhooks",
    body: { id: "evt_x", timestamp: "1", body: "{}", signature: "v1,x" },
    foreign: { "body.id": "unknown" },
  },
  [`POST ${WEBHOOK}/events/{eventId}/signed-request`]: { access: "webhooks", besides: "events" },
  [`GET ${WEBHOOK}/events/{eventId}/attempts/{number}/signature`]: { access: "events" },
  [`GET ${WEBHOOK}/events`]: { access: "events", foreign: EVENTS },
  [`GET ${WEBHOOK}/events/{eventId}`]: { access: "events" },
  [`POST ${WEBHOOK}/events/{eventId}/resend`]: { access: "events" },
  [`POST ${WEBHOOK}/events/resend`]: {
    access: "events",
    body: { dryRun: true },
    foreign: { "body.eventIds": "unknown" },
  },
  [`POST ${WEBHOOK}/replay`]: { access: "events", body: { from: "2026-01-31T09:30:00Z", dryRun: true } },
  [`GET ${WEBHOOK}/stats`]: { access: "events" },
  [`POST ${TENANT}/events/resend`]: {
    access: "events",
    body: { dryRun: true },
    foreign: { "body.eventIds": "unknown", "body.webhookId": "unknown" },
  },
  [`GET ${TENANT}/jobs`]: { access: "events", foreign: LIST },
  [`GET ${TENANT}/jobs/{jobId}`]: { access: "events" },
  [`GET ${TENANT}/jobs/{jobId}/failures`]: { access: "events", foreign: LIST },
  [`POST ${TENANT}/jobs/{jobId}/pause`]: { access: "events" },
  [`POST ${TENANT}/jobs/{jobId}/resume`]: { access: "events" },
  [`POST ${TENANT}/jobs/{jobId}/cancel`]: { access: "events" },
  [`POST ${TENANT}/jobs/{jobId}/rerun`]: { access: "events" },
  [`GET ${TENANT}/events`]: { access: "events", foreign: { ...EVENTS, "query.webhookId": "unknown" } },
  [`GET ${TENANT}/events/{eventId}`]: { access: "events" },
  [`GET ${TENANT}/views`]: { access: "events" },
  [`POST ${TENANT}/views`]: { access: "events", body: { name: "x", query: "?filter=failed" } },
  [`DELETE ${TENANT}/views/{viewId}`]: { access: "events" },
  [`GET ${TENANT}/messages`]: { access: "events", foreign: EVENTS },
  [`GET ${TENANT}/messages/{messageId}`]: { access: "events" },
  [`GET ${TENANT}/stats`]: { access: "events" },
  [`GET ${TENANT}/stats/actions`]: { access: "events" },
  [`GET ${TENANT}/webhooks/stats`]: { access: "events" },
  [`GET ${TENANT}/webhooks/stream`]: {
    access: "events",
    foreign: { "query.webhookId": "unknown" },
  },
  [`POST ${TENANT}/messages`]: { access: "messages", body: SIGNER },
  [`POST ${TENANT}/messages/batch`]: { access: "messages", body: { messages: [SIGNER] } },
  [`DELETE ${TENANT}/messages/{messageId}/content`]: { access: "messages" },
  "POST /v4/tokens/webhook-verification/checking-consumption": {
    access: "tokens",
    body: { token: "wvt_x", appId: "{appId}", appEnv: "{appEnv}" },
    foreign: {
      "body.token": "unknown",
      "body.verificationToken": { because: "it is another name of token" },
      "body.appId": "unknown",
    },
  },
  "POST /v4/tokens/webhook-verification/inspection": {
    access: "tokens",
    body: { token: "wvt_x" },
    foreign: { "body.token": "unknown" },
  },
  "GET /v4/applications/{appId}/context": { access: "webhooks" },
  [`GET ${TENANT}/settings`]: { access: "webhooks" },
  [`PUT ${TENANT}/settings`]: { access: "admin", body: {} },
  [`POST ${TENANT}/api-keys`]: {
    access: "admin",
    body: { scopes: ["admin"] },
    foreign: { "body.apiKey": { because: "a key of another tenant has another form (api_keys.test.ts)" } },
  },
  [`GET ${TENANT}/api-keys`]: { access: "admin", foreign: LIST },
  [`DELETE ${TENANT}/api-keys/{keyId}`]: { access: "admin" },
  [`GET ${TENANT}/audit-log`]: { access: "admin", foreign: AUDIT },
  [`GET ${TENANT}/audit-log/verification`]: { access: "admin" },
  "POST /v4/applications": {
    access: "operator",
    body: { appName: "x" },
    foreign: { "body.appId": OPERATORS, "body.orgId": OPERATORS },
  },
  "GET /v4/applications": { access: "operator", foreign: { "query.cursor": OPERATORS } },
  "POST /v4/api-keys": { access: "operator", body: {} },
  "GET /v4/api-keys": { access: "operator", foreign: { "query.cursor": OPERATORS } },
  "DELETE /v4/api-keys/{keyId}": { access: "operator" },
  "GET /v4/audit-log": {
    access: "operator",
    foreign: { "query.cursor": OPERATORS, "query.actor": OPERATORS, "query.target": OPERATORS },
  },
  "GET /v4/audit-log/verification": { access: "operator" },
  "GET /v4/system": { access: "operator" },
  "PUT /v4/system": { access: "operator", body: { isPaused: false } },
  "GET /v4/session": { access: "session" },
  "DELETE /v4/session": { access: "session" },
  "POST /v4/session": { access: "open", foreign: { "body.key": { because: "whoever has a key may use it" } } },
  "POST /v4/auth/app-api": {
    access: "open",
    foreign: {
      "body.secret": { because: "whoever has a key may use it" },
      "body.appId": { because: "it has to be the key's own (api_keys.test.ts)" },
    },
  },
  "GET /v4/catalog": { access: "open" },
  "GET /healthz": { access: "open" },
  "GET /readyz": { access: "open" },
};

/** Whether a field's name says that its value names something that belongs to somebody. */
export function namesSomething(field: string): boolean {
  return /(^|_)id$|Ids?$|^(cursor|token|verificationToken|search|actor|target|apiKey|key|secret)$/.test(field);
}
