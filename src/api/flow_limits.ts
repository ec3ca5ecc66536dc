/**
 * How often an application environment may do what reaches beyond this server: each is a request or a lookup that a third
 * party has not asked for, so it must not be had without end; and how often it may write what stays in the audit log at
 * full length. A bucket of tokens each, which fills up again steadily. The memory is this process's own, so of several
 * processes each allows as much.
 */
import type { Clock } from "../clock.ts";
import type { ErrorCode } from "../errors.ts";
import { ApiError } from "../errors.ts";

/** So many at once, and so many a second from then on. */
type FlowLimit = {
  readonly code: ErrorCode;
  readonly what: string;
  readonly burst: number;
  readonly perSecond: number;
};

/** Generous: many times what people do by hand, and enough for scripts that set things up. */
export const FLOW_LIMITS = {
  webhookChange: {
    code: "WEBHOOK_CHANGE_LIMIT_REACHED",
    what: "webhooks registered, or given another URL",
    burst: 200,
    perSecond: 1,
  },
  test: { code: "TEST_LIMIT_REACHED", what: "test events", burst: 100, perSecond: 1 },
  resend: { code: "RESEND_LIMIT_REACHED", what: "events resent one by one", burst: 300, perSecond: 5 },
  jobStart: { code: "JOB_START_LIMIT_REACHED", what: "jobs started or tried out", burst: 100, perSecond: 1 },
  viewSave: { code: "VIEW_SAVE_LIMIT_REACHED", what: "shared views saved", burst: 100, perSecond: 1 },
  unknownToken: { code: "TOKEN_CHECKS_THROTTLED", what: "unknown tokens checked", burst: 1_000, perSecond: 10 },
} as const satisfies Record<string, FlowLimit>;

/** What is limited. */
export type Flow = keyof typeof FLOW_LIMITS;

/** So many tenants are remembered for each flow; beyond it, those that were limited longest ago begin anew. */
export const TENANTS_MAX = 10_000;

/** How full a bucket is at a time. */
type Bucket = { tokens: number; atMs: number };

/** Counts for each flow and tenant. */
export class FlowLimits {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #buckets = new Map<Flow, Map<number | null, Bucket>>();

  constructor(deps: { clock: Pick<Clock, "monotonicMs"> }) {
    this.#clock = deps.clock;
  }

  /** Counts one of the tenant, or of the operator, who has none. Throws the flow's 429 when there have been too many. */
  count(flow: Flow, tenant: number | null): void {
    const { burst, perSecond } = FLOW_LIMITS[flow];
    const buckets = this.#buckets.get(flow) ?? new Map<number | null, Bucket>();
    this.#buckets.set(flow, buckets);
    const nowMs = this.#clock.monotonicMs();
    const known = buckets.get(tenant) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, known.tokens + ((nowMs - known.atMs) * perSecond) / 1_000);
    const isAllowed = tokens >= 1;
    buckets.delete(tenant); // so that those which were used last stand last
    if (buckets.size >= TENANTS_MAX) forgetOldest(buckets);
    buckets.set(tenant, { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs });
    if (!isAllowed) throw limitReached(flow, Math.ceil((1 - tokens) / perSecond));
  }
}

function forgetOldest(buckets: Map<number | null, Bucket>): void {
  const [oldest] = buckets.keys();
  if (oldest !== undefined) buckets.delete(oldest);
}

function limitReached(flow: Flow, retryAfterS: number): ApiError {
  const { code, what, burst, perSecond } = FLOW_LIMITS[flow];
  return new ApiError(
    code,
    `Too many ${what} in this application environment: at most ${burst} at once, and ${perSecond} a second from then on.`,
    { retryAfterS, context: { burst, perSecond } },
  );
}
