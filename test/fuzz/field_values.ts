/**
 * Values by the name of their field, so that a call gets past its first checks: a schema says that a URL is text, and not
 * which text is one. A name in angle brackets stands for something of the world (world.ts) and is filled in when it is sent.
 */
import fc from "fast-check";
import type { CatalogDefinition } from "../../src/domain/catalog.ts";

/** What may stand in angle brackets. `other…` is another tenant's. */
export const WORLD_NAMES = [
  "appId",
  "appEnv",
  "webhookId",
  "eventId",
  "messageId",
  "jobId",
  "keyId",
  "viewId",
  "platformKeyId",
  "number",
  "cursor",
  "token",
  "tenantKey",
  "bringableKey",
  "receiver",
  "signatureId",
  "signature",
  "signedBody",
  "signedAt",
  "otherAppId",
  "otherWebhookId",
  "otherEventId",
  "otherMessageId",
  "otherJobId",
  "otherKeyId",
  "otherViewId",
  "otherToken",
  "otherCursor",
] as const;
export type WorldName = (typeof WORLD_NAMES)[number];

/** The text that {@link fillIn} replaces. */
export function slot(name: WorldName): string {
  return `‹${name}›`;
}

/** The text with every slot filled in. */
export function fillIn(text: string, valueOf: (name: WorldName) => string): string {
  return text.replaceAll(/‹(\w+)›/g, (whole, name) => {
    const known = WORLD_NAMES.find((each) => each === name);
    return known === undefined ? whole : valueOf(known);
  });
}

/** `right` in most cases, `odd` in the others. */
function mostly<Value>(right: fc.Arbitrary<Value>, odd: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 5, arbitrary: right }, { weight: 1, arbitrary: odd });
}

/** Receivers that the policy refuses, that nobody reaches, or that are no URLs. Names would be looked up: there are none. */
const ODD_URLS = [
  `${slot("receiver")}/a?b=%00#c`,
  "http://127.0.0.1:9/",
  "http://localhost:1/",
  "https://10.0.0.1/",
  "http://[::1]:22/",
  "http://[fe80::1%25eth0]/",
  "http://169.254.169.254/latest/meta-data",
  "http://2130706433:65536/",
  "http://user:pass@127.0.0.1/",
  "ftp://127.0.0.1/",
  "javascript:alert(1)",
  "http://",
  "//127.0.0.1/",
  "http://127.0.0.1\\@8.8.8.8/",
  `http://127.0.0.1/${"x".repeat(2_030)}`,
] as const;
const URLS = mostly(
  fc.constantFrom(slot("receiver"), `${slot("receiver")}/path?query=%20`),
  fc.constantFrom(...ODD_URLS),
);

const TIMES = fc.oneof(
  fc
    .date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom("2026-01-31T09:30:00+01:00", "2026-01-31t09:30:00z", "2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z"),
);
/** Of the recent past, as a range needs it. */
const FROM = fc.oneof(
  fc.integer({ min: 0, max: 80 }).map((days) => new Date(Date.now() - days * 86_400_000).toISOString()),
  TIMES,
);
const SECRETS = mostly(
  fc.uint8Array({ minLength: 24, maxLength: 64 }),
  fc.uint8Array({ minLength: 22, maxLength: 66 }),
).map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`);
const HEADER_PAIRS = mostly(
  fc.uniqueArray(
    fc.tuple(fc.constantFrom<string>("X-Key", "x-other", "authorization", "__proto__"), fc.constant<string>("value")),
    {
      maxLength: 3,
      selector: ([name]) => name,
    },
  ),
  fc.array(
    fc.tuple(
      fc.constantFrom<string>("X-Key", "x-key", "Host", "content-length", "x y", ""),
      fc.constantFrom<string>("value", "***", "", "a\r\nb: c", "é", "x".repeat(4_097)),
    ),
    { maxLength: 3 },
  ),
);

/** Makes the values; topics, actions and contents are those of the catalogue. */
export class FieldValues {
  readonly #topics: fc.Arbitrary<string>;
  readonly #actions: fc.Arbitrary<string>;
  readonly #contents: fc.Arbitrary<unknown>;
  readonly #byName: ReadonlyMap<string, fc.Arbitrary<unknown>>;
  /** A topic with one of its actions and its sample, for bodies that have all three. */
  readonly messages: fc.Arbitrary<{ topic: string; action: string; content: unknown }>;

  constructor({ topics }: CatalogDefinition) {
    const known = Object.entries(topics).flatMap(([topic, { actions }]) =>
      Object.entries(actions).map(([action, { sample }]) => ({ topic, action, content: sample as unknown })),
    );
    this.messages = fc.constantFrom(...known);
    this.#topics = fc.constantFrom("ALL", "ID_PROOFING", ...Object.keys(topics));
    this.#actions = fc.constantFrom("ALL", ...known.map(({ action }) => action));
    this.#contents = fc.oneof(fc.constantFrom(...known.map(({ content }) => content)), fc.object({ maxDepth: 3 }));
    this.#byName = this.#makeByName(known);
  }

  /** What usually stands in such a field; null where the schema says enough. */
  of(name: string): fc.Arbitrary<unknown> | null {
    return this.#byName.get(name) ?? null;
  }

  #makeByName(known: readonly { topic: string; action: string }[]): ReadonlyMap<string, fc.Arbitrary<unknown>> {
    const ids = (own: WorldName, other: WorldName) => fc.constantFrom(slot(own), slot(own), slot(other), "x");
    return new Map<string, fc.Arbitrary<unknown>>([
      ["url", URLS],
      ["topic", this.#topics],
      ["action", this.#actions],
      ["content", this.#contents],
      ["disabledTopics", fc.array(this.#topics, { maxLength: 3 })],
      [
        "disabledActions",
        fc.array(fc.constantFrom(...known.map((one) => `${one.topic}.${one.action}`)), { maxLength: 3 }),
      ],
      ["from", FROM],
      ["to", fc.oneof(fc.constant("2039-01-01T00:00:00Z"), TIMES)],
      ["expiresAt", fc.oneof(fc.constant("2039-01-01T00:00:00Z"), fc.constant(null), TIMES)],
      ["secret", fc.oneof(SECRETS, fc.constant(slot("tenantKey")))],
      ["headers", HEADER_PAIRS],
      ["token", fc.constantFrom(slot("token"), slot("otherToken"), "wvt_x", `wvt_${"A".repeat(88)}`)],
      ["verificationToken", fc.constantFrom(slot("token"), "wvt_x")],
      ["appId", ids("appId", "otherAppId")],
      ["appEnv", fc.constantFrom(slot("appEnv"), "PRODUCTION", "NOWHERE")],
      ["webhookId", ids("webhookId", "otherWebhookId")],
      ["eventIds", fc.uniqueArray(ids("eventId", "otherEventId"), { minLength: 1, maxLength: 3 })],
      ["cursor", ids("cursor", "otherCursor")],
      [
        "search",
        fc.constantFrom(slot("eventId"), slot("messageId"), slot("otherMessageId"), "signer-345678", "%", "_"),
      ],
      ["apiKey", fc.constantFrom(slot("bringableKey"), slot("tenantKey"), "skv2_development_x_y")],
      ["key", fc.constantFrom(slot("tenantKey"), "skv2_operator_x_y")],
      ["id", fc.constantFrom(slot("signatureId"), slot("eventId"), slot("otherEventId"), "a.b")],
      ["timestamp", fc.constantFrom<unknown>(slot("signedAt"), 0, -1, "1e3", "x")],
      ["body", fc.constantFrom(slot("signedBody"), "{}", "")],
      ["signature", fc.constantFrom(slot("signature"), "v1,", "v1,AAAA v1a,BBBB", "x ".repeat(2_000))],
      ["code", fc.constantFrom("200", "4xx", "TIMEOUT_CONNECT", "500")],
      ["bucket", fc.constantFrom<unknown>(60_000, 3_600_000, 86_400_000, 120_000, 60_001)],
      ["actor", fc.constantFrom(slot("keyId"), slot("otherKeyId"), "tenant")],
      ["target", fc.constantFrom(slot("webhookId"), slot("otherWebhookId"), slot("keyId"))],
      [
        "page",
        fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 500 }) }),
      ],
      ["isPaused", fc.constant(false)],
      ["retentionMs", fc.constantFrom(null, 86_400_000, 2_592_000_000)],
      ["contentRetentionMs", fc.constantFrom(null, 86_400_000)],
    ]);
  }
}
