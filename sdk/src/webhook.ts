/** A registered webhook, as the API shows and takes it. */

/** What can be set. Times are milliseconds; what is left out keeps its value or has its default. */
export type WebhookSettings = {
  description?: string | null;
  isDisabled?: boolean | null;
  /** Topics of which nothing is sent. */
  disabledTopics?: string[] | null;
  /** Single actions of which nothing is sent, as `TOPIC.ACTION`. */
  disabledActions?: string[] | null;
  /** Which statuses are a success. Default `"200"`. */
  successStatus?: "200" | "2xx" | null;
  /** The pauses before automatic retries; empty for manual resend only. Default: the server's. */
  retrySchedule?: number[] | null;
  /** 5,000 to 30,000. */
  timeoutMs?: number | null;
  /** 1 to 100, default 10. */
  maxConcurrency?: number | null;
  /** Requests a second; null for no limit. */
  rateLimit?: number | null;
  /** `v1`: signed with the secret (HMAC-SHA256); `v1a`: with a key pair of the webhook's own (ed25519). Default `["v1"]`. */
  signatureVersions?: ("v1" | "v1a")[] | null;
  /** Headers to send along, as pairs of name and value. They read back as `***`, which keeps the stored value. */
  headers?: [name: string, value: string][] | null;
};

/** A new webhook. `secret` brings an existing signing secret along; one is made otherwise. */
export type NewWebhook = WebhookSettings & { url: string; secret?: string };

/** Changes to a webhook; null resets a field to its default. */
export type WebhookChange = WebhookSettings & { url?: string };

/** A webhook as it is. */
export type Webhook = {
  _id: string;
  appId: string;
  appEnv: string;
  url: string;
  description: string;
  isDisabled: boolean;
  /** Why it is disabled. */
  disabledReason?: "MANUAL" | "GONE" | "FAILING" | "RECEIVER";
  /** When the first failure since the last success happened. */
  failingSince?: string;
  disabledTopics: string[];
  disabledActions: string[];
  successStatus: "200" | "2xx";
  retrySchedule: number[] | null;
  timeoutMs: number | null;
  maxConcurrency: number;
  rateLimit: number | null;
  signatureVersions: ("v1" | "v1a")[];
  /** The newest `whpk_…`, where `v1a` is asked for. */
  publicKey?: string;
  /** Until when secrets and key pairs of before a rotation sign along; only while one does. */
  previousSecretsUntil?: string;
  headers: [name: string, value: string][];
  _createdAt: string;
  _updatedAt: string;
  stats: { pending: number; success: number; failed: number };
  /** After a registration or a change: what was accepted but may not work, such as a URL that does not resolve. */
  warnings?: string[];
};

/** A webhook just registered: the only answer with its signing secret. */
export type RegisteredWebhook = Webhook & { secret: string };

/** The signing secrets and public keys that are valid now, newest first; `secret` is the newest. */
export type WebhookSecrets = {
  secret: string;
  secrets: { _id: string; secret: string; _createdAt: string; expiresAt: string | null }[];
  /** Empty where `v1a` was never asked for. */
  publicKeys: { _id: string; publicKey: string; _createdAt: string; expiresAt: string | null }[];
};
