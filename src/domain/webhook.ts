/** A webhook (a registered endpoint) and its settings: defaults, bounds, and which messages it takes. */
import type { WebhookId } from "../ids.ts";
import type { AppEnv, HeaderPair } from "./values.ts";

export const SUCCESS_STATUSES = ["200", "2xx"] as const;
export type SuccessStatus = (typeof SUCCESS_STATUSES)[number];

/** How a POST can be signed: with a secret (HMAC-SHA256), or with a key pair (ed25519), of which the public half is shown. */
export const SIGNATURE_VERSIONS = ["v1", "v1a"] as const;
export type SignatureVersion = (typeof SIGNATURE_VERSIONS)[number];

/** Why a webhook is disabled: by hand, by a 410, by the 5-day rule, or because its receiver asked for it. */
export const DISABLED_REASONS = ["MANUAL", "GONE", "FAILING", "RECEIVER"] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export const URL_CHARS_MAX = 2_048;
export const DESCRIPTION_CHARS_MAX = 512;
export const WEBHOOKS_PER_TENANT_MAX = 100;
export const CUSTOM_HEADERS_MAX = 20;
export const CUSTOM_HEADERS_BYTES_MAX = 4_096;
export const TIMEOUT_MS_MIN = 5_000;
export const TIMEOUT_MS_MAX = 30_000;
export const CONCURRENCY_MAX = 100;
export const CONCURRENCY_DEFAULT = 10;
/** The 5-day rule: disabled when failing for so long, with so many failed attempts, on so many different UTC days. */
export const FAILING_MS_MAX = 5 * 86_400_000;
export const FAILING_ATTEMPTS_MIN = 10;
const FAILING_DAYS_MIN = 3;
/** How long a rotated secret stays valid. */
export const SECRET_OVERLAP_MS = 86_400_000;
/** The longest that can be asked for, in ms: 7 days. */
export const SECRET_OVERLAP_MS_MAX = 604_800_000;
/** So many keys of one version sign at a time, however often they are rotated: receivers look at 10 signatures at most. */
export const SIGNING_KEYS_MAX = 5;

/** What a customer sets. Null means the server's default. */
export type WebhookSettings = {
  url: string;
  description: string;
  isDisabled: boolean;
  disabledTopics: readonly string[];
  /** `TOPIC.ACTION` each. */
  disabledActions: readonly string[];
  successStatus: SuccessStatus;
  /** Steps in ms; an empty list means manual resend only. */
  retrySchedule: readonly number[] | null;
  timeoutMs: number | null;
  maxConcurrency: number;
  /** Requests a second, or null for no limit. */
  rateLimit: number | null;
  signatureVersions: readonly SignatureVersion[];
  headers: readonly HeaderPair[];
};

/** A custom header as it is stored; its value is null where it cannot be decrypted. */
export type StoredHeader = readonly [name: string, value: string | null];

/** A webhook as stored, with its place and state. */
export type Webhook = Omit<WebhookSettings, "headers"> & {
  headers: readonly StoredHeader[];
  id: WebhookId;
  tenant: number;
  appId: string;
  appEnv: AppEnv;
  /** The newest `whpk_…`; null where it does not ask for `v1a`. */
  publicKey: string | null;
  /** Until when secrets and key pairs of before a rotation sign along; null when none does. */
  previousSecretsUntil: number | null;
  disabledReason: DisabledReason | null;
  /** When the first failure since the last success happened, or null. */
  failingSince: number | null;
  createdAt: number;
  updatedAt: number;
  stats: { pending: number; success: number; failed: number };
};

/** The settings of a webhook that its creator did not give. */
export const DEFAULT_SETTINGS: Omit<WebhookSettings, "url"> = {
  description: "",
  isDisabled: false,
  disabledTopics: [],
  disabledActions: [],
  successStatus: "200",
  retrySchedule: null,
  timeoutMs: null,
  maxConcurrency: CONCURRENCY_DEFAULT,
  rateLimit: null,
  signatureVersions: ["v1"],
  headers: [],
};

/** Whether a message of this topic and action becomes an event for the webhook. */
export function takes(
  webhook: Pick<WebhookSettings, "isDisabled" | "disabledTopics" | "disabledActions">,
  kind: { topic: string; action: string },
): boolean {
  return (
    !webhook.isDisabled &&
    !webhook.disabledTopics.includes(kind.topic) &&
    !webhook.disabledActions.includes(`${kind.topic}.${kind.action}`)
  );
}

/** The run of failures since the last success, which the 5-day rule looks at. */
export type FailingRun = { since: number; attempts: number; days: number; lastDay: number };

/** The run after one more failed attempt at `at`; ABANDONED, our own outages, tests and resends are not passed here. */
export function extendFailingRun(run: FailingRun | null, at: number): FailingRun {
  const day = Math.floor(at / 86_400_000);
  if (run === null) return { since: at, attempts: 1, days: 1, lastDay: day };
  return { since: run.since, attempts: run.attempts + 1, days: run.days + (day === run.lastDay ? 0 : 1), lastDay: day };
}

/** Whether the run is long, dense and spread enough to disable the webhook at `at`. */
export function isFailingTooLong(run: FailingRun, at: number): boolean {
  return at - run.since >= FAILING_MS_MAX && run.attempts >= FAILING_ATTEMPTS_MIN && run.days >= FAILING_DAYS_MIN;
}
