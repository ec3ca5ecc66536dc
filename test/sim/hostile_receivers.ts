/** Receivers that a seed makes good or bad, in place of the sockets. They keep what reached them, for the checks. */
import { sleep } from "../../src/clock.ts";
import { assert } from "../../src/assert.ts";
import { failure } from "../../src/domain/failure.ts";
import type { EventId } from "../../src/ids.ts";
import type { SendReport, SendRequest, Sender } from "../../src/egress/sender.ts";
import type { SeededRandom } from "./seeded_random.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** How the receiver behind a URL behaves now. */
export type Mood = "well" | "slow" | "hanging" | "flaky" | "throttling" | "refusing" | "gone" | "wishing";

/** One POST that reached, or tried to reach, a receiver. */
export type Delivery = {
  url: string;
  tenant: number;
  eventId: EventId;
  attempt: number;
  bodyHead: string;
  startedAt: number;
  /** Null while it runs, and for good when the worker died meanwhile. */
  status: number | "failed" | null;
};

export class HostileReceivers implements Sender {
  readonly deliveries: Delivery[] = [];
  readonly moods = new Map<string, Mood>();
  readonly runningOf = new Map<string, number>();
  /** Called before each POST: the place for what must never happen. */
  onSend: (request: SendRequest) => void = () => {};
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;

  constructor(deps: { clock: VirtualClock; random: SeededRandom }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Forgets what is under way, as the death of the sending process does. */
  killConnections(): void {
    this.runningOf.clear();
  }

  async send(request: SendRequest): Promise<SendReport> {
    this.onSend(request);
    const startedAt = this.#clock.now();
    const { tenant, eventId, attempt } = request.token;
    const delivery: Delivery = {
      url: request.url,
      tenant,
      eventId,
      attempt,
      bodyHead: request.bodyHead,
      startedAt,
      status: null,
    };
    this.deliveries.push(delivery);
    this.runningOf.set(request.url, (this.runningOf.get(request.url) ?? 0) + 1);
    const { durationMs, outcome } = this.#behave(request);
    await sleep(this.#clock, durationMs);
    this.runningOf.set(request.url, (this.runningOf.get(request.url) ?? 1) - 1);
    delivery.status = outcome.kind === "response" ? outcome.status : "failed";
    return {
      startedAt,
      durationMs,
      timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: durationMs, bodyMs: 0 },
      address: "127.0.0.1",
      tls: null,
      requestHeaders: JSON.stringify([["webhook-id", eventId]]),
      outcome,
    };
  }

  #behave(request: SendRequest): { durationMs: number; outcome: SendReport["outcome"] } {
    const random = this.#random;
    const mood = this.moods.get(request.url) ?? "well";
    const quickMs = 1 + random.below(50);
    switch (mood) {
      case "well":
        return { durationMs: quickMs, outcome: response(200) };
      case "slow":
        return { durationMs: 500 + random.below(4_000), outcome: response(200) };
      case "hanging": {
        const timeout = { kind: "failed" as const, failure: failure("TIMEOUT_RESPONSE"), isOurs: false };
        return { durationMs: request.timeoutMs, outcome: timeout };
      }
      case "flaky":
        return { durationMs: quickMs, outcome: response(random.pick([200, 200, 500, 404, 302])) };
      case "throttling":
        return {
          durationMs: quickMs,
          outcome: response(random.pick([200, 429, 503]), { retryAfter: random.pick(["3", "junk", "-5", "120"]) }),
        };
      case "refusing":
        return { durationMs: 1, outcome: { kind: "failed", failure: failure("CONNECTION_REFUSED"), isOurs: false } };
      case "gone":
        return { durationMs: quickMs, outcome: response(410) };
      case "wishing": {
        const deliveryControl = random.pick(["abort-message", "abort-message", "Disable", "junk"]);
        return { durationMs: quickMs, outcome: response(random.pick([200, 500]), { deliveryControl }) };
      }
    }
  }
}

function response(
  status: number,
  { retryAfter = null, deliveryControl = null }: { retryAfter?: string | null; deliveryControl?: string | null } = {},
): SendReport["outcome"] {
  assert(status >= 200, "a simulated response has a final status");
  const asked = [
    ["retry-after", retryAfter],
    ["webhook-delivery", deliveryControl],
  ];
  const headers = JSON.stringify(asked.filter(([, value]) => value !== null));
  return {
    kind: "response" as const,
    status,
    statusText: "",
    headers,
    retryAfter,
    deliveryControl,
    body: "ok",
    isTruncated: false,
    bodyError: null,
  };
}
