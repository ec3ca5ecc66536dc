/** The schemas of a webhook: what a caller may set, and what is answered. */
import type { Static } from "typebox";
import { Type } from "typebox";
import { RETRY_STEP_MS_MAX, RETRY_STEPS_MAX } from "../domain/retry.ts";
import {
  CONCURRENCY_MAX,
  CUSTOM_HEADERS_MAX,
  DESCRIPTION_CHARS_MAX,
  DISABLED_REASONS,
  SIGNATURE_VERSIONS,
  SUCCESS_STATUSES,
  TIMEOUT_MS_MAX,
  TIMEOUT_MS_MIN,
  URL_CHARS_MAX,
} from "../domain/webhook.ts";
import { APP_ENV_SCHEMA, nullable, oneOf, TIME_SCHEMA } from "./schema_parts.ts";

/** More names than any catalogue has. */
const NAMES_MAX = 500;
const RATE_MAX = 10_000;

const URL_SCHEMA = Type.String({ minLength: 1, maxLength: URL_CHARS_MAX, description: "Where events are POSTed." });
const DESCRIPTION = Type.String({ maxLength: DESCRIPTION_CHARS_MAX });
const DISABLED_TOPICS = Type.Array(Type.String({ maxLength: 64 }), {
  maxItems: NAMES_MAX,
  description: "Topics that make no events for this webhook.",
});
const DISABLED_ACTIONS = Type.Array(Type.String({ maxLength: 129 }), {
  maxItems: NAMES_MAX,
  description: "Single actions, as `TOPIC.ACTION`, that make no events for this webhook.",
});
/** A retry schedule, of a webhook or an environment. */
export const RETRY_SCHEDULE = Type.Array(Type.Integer({ minimum: 0, maximum: RETRY_STEP_MS_MAX }), {
  maxItems: RETRY_STEPS_MAX,
  description: "Pauses in ms before each automatic retry; empty: manual resend only; null: the server's default.",
});
/** The time limit of an attempt. */
export const TIMEOUT = Type.Integer({
  minimum: TIMEOUT_MS_MIN,
  maximum: TIMEOUT_MS_MAX,
  description: "In ms; null: the server's.",
});
const CONCURRENCY = Type.Integer({ minimum: 1, maximum: CONCURRENCY_MAX, description: "Attempts at a time." });
const RATE = Type.Number({ exclusiveMinimum: 0, maximum: RATE_MAX, description: "Requests a second; null: no limit." });
const SIGNATURES = Type.Array(oneOf(SIGNATURE_VERSIONS), {
  minItems: 1,
  maxItems: SIGNATURE_VERSIONS.length,
  uniqueItems: true,
  description:
    "How each POST is signed: `v1` with the secret (HMAC-SHA256), `v1a` with a key pair of the webhook's own (ed25519), " +
    "made when it is first asked for.",
});
const HEADERS = Type.Array(
  Type.Unsafe<[string, string]>({ type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 }),
  { maxItems: CUSTOM_HEADERS_MAX, description: "Custom headers as `[name, value]` pairs; values read back as `***`." },
);

/** The fields that a caller may set; null resets one to its default. */
const SETTINGS = {
  description: Type.Optional(nullable(DESCRIPTION)),
  isDisabled: Type.Optional(nullable(Type.Boolean())),
  disabledTopics: Type.Optional(nullable(DISABLED_TOPICS)),
  disabledActions: Type.Optional(nullable(DISABLED_ACTIONS)),
  successStatus: Type.Optional(nullable(oneOf(SUCCESS_STATUSES))),
  retrySchedule: Type.Optional(nullable(RETRY_SCHEDULE)),
  timeoutMs: Type.Optional(nullable(TIMEOUT)),
  maxConcurrency: Type.Optional(nullable(CONCURRENCY)),
  rateLimit: Type.Optional(nullable(RATE)),
  signatureVersions: Type.Optional(nullable(SIGNATURES)),
  headers: Type.Optional(nullable(HEADERS)),
};

const SECRET = Type.String({ description: "`whsec_` and base64 of 24 to 64 bytes. Makes the signatures `v1`." });
const PUBLIC_KEY_TEXT = "`whpk_` and base64 of 32 bytes. Verifies the signatures `v1a`.";
const PUBLIC_KEY = Type.String({ description: PUBLIC_KEY_TEXT });

/** The body of a registration. */
export const NEW_WEBHOOK_SCHEMA = Type.Object(
  { url: URL_SCHEMA, ...SETTINGS, secret: Type.Optional(SECRET) },
  { additionalProperties: false },
);

const IGNORED = Type.Optional(Type.Unknown({ description: "Read-only: ignored." }));

/** The body of a change: only the fields given are changed; read-only ones may be sent back and are ignored. */
export const WEBHOOK_CHANGE_SCHEMA = Type.Object(
  {
    url: Type.Optional(URL_SCHEMA),
    ...SETTINGS,
    _id: IGNORED,
    appId: IGNORED,
    appEnv: IGNORED,
    disabledReason: IGNORED,
    failingSince: IGNORED,
    _createdAt: IGNORED,
    _updatedAt: IGNORED,
    stats: IGNORED,
    publicKey: IGNORED,
    previousSecretsUntil: IGNORED,
    secret: IGNORED,
    warnings: IGNORED,
  },
  { additionalProperties: false },
);

/** The settings of a registration or a change, as validated. */
export type SettingsBody = Omit<Static<typeof NEW_WEBHOOK_SCHEMA>, "url" | "secret"> & { url?: string };

/** A webhook as answered. */
export const WEBHOOK_SCHEMA = Type.Object({
  _id: Type.String(),
  appId: Type.String(),
  appEnv: APP_ENV_SCHEMA,
  url: URL_SCHEMA,
  description: DESCRIPTION,
  isDisabled: Type.Boolean(),
  disabledReason: Type.Optional(oneOf(DISABLED_REASONS)),
  failingSince: Type.Optional(TIME_SCHEMA),
  disabledTopics: DISABLED_TOPICS,
  disabledActions: DISABLED_ACTIONS,
  successStatus: oneOf(SUCCESS_STATUSES),
  retrySchedule: nullable(RETRY_SCHEDULE),
  timeoutMs: nullable(TIMEOUT),
  maxConcurrency: CONCURRENCY,
  rateLimit: nullable(RATE),
  signatureVersions: SIGNATURES,
  publicKey: Type.Optional(
    Type.String({ description: `${PUBLIC_KEY_TEXT} The newest; only where \`v1a\` is asked for.` }),
  ),
  previousSecretsUntil: Type.Optional(
    Type.String({
      format: "date-time",
      description: "Until when secrets and key pairs of before a rotation sign along; only while one does.",
    }),
  ),
  headers: HEADERS,
  _createdAt: TIME_SCHEMA,
  _updatedAt: TIME_SCHEMA,
  stats: Type.Object({ pending: Type.Integer(), success: Type.Integer(), failed: Type.Integer() }),
});

const WARNINGS = Type.Array(Type.String(), { description: "What was accepted but may not work." });

/** What a registration answers: the only time that the secret comes unasked. */
export const CREATED_WEBHOOK_SCHEMA = Type.Object({
  ...WEBHOOK_SCHEMA.properties,
  secret: SECRET,
  warnings: Type.Optional(WARNINGS),
});

/** What a change answers. */
export const CHANGED_WEBHOOK_SCHEMA = Type.Object({ ...WEBHOOK_SCHEMA.properties, warnings: Type.Optional(WARNINGS) });

const LIFE = { _createdAt: TIME_SCHEMA, expiresAt: nullable(TIME_SCHEMA) };

/** The signing secrets and public keys of a webhook that are valid now. */
export const SECRETS_SCHEMA = Type.Object({
  secret: SECRET,
  secrets: Type.Array(Type.Object({ _id: Type.String(), secret: SECRET, ...LIFE }), {
    description: "Newest first. During a rotation every POST carries a signature of each, where `v1` is asked for.",
  }),
  publicKeys: Type.Array(Type.Object({ _id: Type.String(), publicKey: PUBLIC_KEY, ...LIFE }), {
    description:
      "Newest first. The same for `v1a`; empty where it was never asked for. Their private halves are shown to nobody.",
  }),
});
