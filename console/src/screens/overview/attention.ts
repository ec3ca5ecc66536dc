/** Which webhooks need somebody's attention, and why: each webhook once, by its gravest fault. */
import type { Answer } from "../../api/client.ts";

type Webhook = Answer<"listWebhooks">[number];
type WebhookStats = Answer<"listWebhookStats">["items"][number];
type Attempt = Answer<"getWebhookEvent">["attempts"][number];

/** What the newest deliveries of a webhook tell of its endpoint. */
export type EndpointHealth = {
  webhookId: string;
  /** RFC 3339; null where it is not known, as without TLS. */
  certificateValidTo: string | null;
  /** How many deliveries that passed were looked at, and of how many the token was used. */
  passed: number;
  verified: number;
};

/** One thing to be done. `at`: since when, or until when; `ms` and `limitMs`: how slow, and how slow it may be. */
export type Attention = { webhookId: string; url: string } & (
  | { kind: "disabled"; reason: "GONE" | "FAILING" | "RECEIVER"; at: string }
  | { kind: "failing"; at: string }
  | { kind: "certificate"; at: string; isOver: boolean }
  | { kind: "slow"; ms: number; limitMs: number }
  | { kind: "unverified"; passed: number }
);

/** A certificate that ends sooner is to be renewed. */
const CERTIFICATE_MS_MIN = 14 * 86_400_000;
/** The share of the time limit that p95 may take. */
const SLOW_SHARE = 0.8;
/** So many deliveries without a used token make a habit. */
const UNVERIFIED_MIN = 3;
const ORDER: readonly Attention["kind"][] = ["disabled", "failing", "certificate", "slow", "unverified"];

/** The gravest first. `timeoutMs` is that of webhooks without one of their own. */
export function attentionOf(facts: {
  webhooks: readonly Webhook[];
  stats: readonly WebhookStats[];
  health: readonly EndpointHealth[];
  timeoutMs: number;
  now: number;
}): Attention[] {
  const stats = new Map(facts.stats.map((one) => [one.webhookId, one]));
  const health = new Map(facts.health.map((one) => [one.webhookId, one]));
  const found = facts.webhooks.flatMap((webhook) => {
    const about = { webhook, stats: stats.get(webhook._id), health: health.get(webhook._id) };
    return faultOf(about, facts) ?? [];
  });
  return found.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

function faultOf(
  about: { webhook: Webhook; stats: WebhookStats | undefined; health: EndpointHealth | undefined },
  { timeoutMs, now }: { timeoutMs: number; now: number },
): Attention | null {
  const { webhook, stats, health } = about;
  const which = { webhookId: webhook._id, url: webhook.url };
  if (webhook.isDisabled) {
    const { disabledReason: reason } = webhook;
    return reason === undefined || reason === "MANUAL"
      ? null
      : { ...which, kind: "disabled", reason, at: webhook._updatedAt };
  }
  if (webhook.failingSince !== undefined) return { ...which, kind: "failing", at: webhook.failingSince };
  const validTo = health?.certificateValidTo ?? null;
  if (validTo !== null && Date.parse(validTo) - now < CERTIFICATE_MS_MIN) {
    return { ...which, kind: "certificate", at: validTo, isOver: Date.parse(validTo) <= now };
  }
  const limitMs = webhook.timeoutMs ?? timeoutMs;
  const ms = stats?.totals.latency?.p95 ?? 0;
  if (ms > limitMs * SLOW_SHARE) return { ...which, kind: "slow", ms, limitMs };
  if (health !== undefined && health.passed >= UNVERIFIED_MIN && health.verified === 0) {
    return { ...which, kind: "unverified", passed: health.passed };
  }
  return null;
}

/** When the certificate that an attempt saw ends, RFC 3339; null where it saw none. */
export function certificateEnd({ tls }: Pick<Attempt, "tls">): string | null {
  const { certificate } = (tls ?? {}) as { certificate?: { validTo?: unknown } | null }; // what the server recorded
  const end = typeof certificate?.validTo === "string" ? Date.parse(certificate.validTo) : Number.NaN;
  return Number.isNaN(end) ? null : new Date(end).toISOString();
}

/**
 * The share of events that have passed as they are now, of those that do not wait; null without any. `isAtMost`: more may
 * have failed than were counted.
 */
export function finalRate(counts: {
  created: number;
  pending: number;
  failed: number;
  failedIsAtLeast: boolean;
}): { rate: number; isAtMost: boolean } | null {
  const settled = counts.created - counts.pending;
  if (settled <= 0) return null;
  return { rate: Math.max(0, settled - counts.failed) / settled, isAtMost: counts.failedIsAtLeast };
}
