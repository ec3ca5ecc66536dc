/** One attempt from its request to its report: token, body, signature, POST, capture. The core behind both senders. */
import { AssertionFailure } from "../assert.ts";
import type { Clock } from "../clock.ts";
import { completeBody } from "../domain/body.ts";
import { DELIVERY_CONTROL_HEADER } from "../domain/delivery_control.ts";
import type { AttemptFailure } from "../domain/failure.ts";
import { failure } from "../domain/failure.ts";
import { signatureHeader } from "../domain/signature.ts";
import { formatToken } from "../domain/token.ts";
import type { EgressPolicy } from "./address_policy.ts";
import type { HeaderPair } from "../domain/values.ts";
import { maskEchoes } from "./echoes.ts";
import type { ExchangeOutcome } from "./exchange.ts";
import type { RequestHeaders } from "./request_headers.ts";
import { requestHeaders } from "./request_headers.ts";
import { capturedHeaders, headerValue, maskTokensInBody, safeText } from "./response_capture.ts";
import type { SendReport, SendRequest } from "./sender.ts";
import { SigningKeys } from "./signing_keys.ts";
import type { Target } from "./target_url.ts";
import { targetOf, vetTargetUrl } from "./target_url.ts";
import type { PostResult, Transport } from "./transport.ts";

const TARGETS_KEPT_MAX = 10_000;

export type AttemptSenderDeps = {
  clock: Clock;
  policy: EgressPolicy;
  transport: Transport;
  /** 32 bytes. */
  tokenKey: Buffer;
  /** Of the server, for the `user-agent`. */
  version: string;
};

type Prepared = { body: string; headers: RequestHeaders };

export class AttemptSender {
  readonly #deps: AttemptSenderDeps;
  readonly #userAgent: string;
  /** Verdicts on URLs, by environment and URL. The policy does not change, so neither do they; null: refused. */
  readonly #targets = new Map<string, Target | null>();
  readonly #signingKeys = new SigningKeys();

  constructor(deps: AttemptSenderDeps) {
    this.#deps = deps;
    this.#userAgent = `Ignisign-Webhooks/${deps.version}`;
  }

  /** Makes the attempt. Never rejects. */
  async send(request: SendRequest): Promise<SendReport> {
    const startedAt = this.#deps.clock.now();
    const startedAtMs = this.#deps.clock.monotonicMs();
    const target = this.#targetOf(request);
    if (target === null) return unsentReport(startedAt, failure("EGRESS_REFUSED"));
    let prepared: Prepared;
    let result: PostResult;
    try {
      prepared = this.#prepare(request, { target, startedAt });
      result = await this.#deps.transport.post({
        tenant: request.token.tenant,
        target,
        headers: prepared.headers.wire,
        body: prepared.body,
        timeoutMs: request.timeoutMs,
      });
    } catch (error) {
      // Whatever is thrown before or in building the request repeats on every attempt: the customer has to see it.
      return unsentReport(startedAt, failure("UNSENDABLE", isOfOurs(error) ? error.message : undefined));
    }
    if (result.outcome.kind === "refused") return unsentReport(startedAt, failure("EGRESS_REFUSED"));
    return {
      startedAt,
      durationMs: rounded(this.#deps.clock.monotonicMs() - startedAtMs),
      timings: {
        dnsMs: roundedOrNull(result.timings.dnsMs),
        connectMs: roundedOrNull(result.timings.connectMs),
        tlsMs: roundedOrNull(result.timings.tlsMs),
        firstByteMs: roundedOrNull(result.timings.firstByteMs),
        bodyMs: roundedOrNull(result.timings.bodyMs),
      },
      address: result.address,
      tls: result.tls,
      requestHeaders: JSON.stringify(prepared.headers.captured),
      outcome: reportedOutcome(result.outcome, request.customHeaders),
    };
  }

  #prepare(request: SendRequest, { target, startedAt }: { target: Target; startedAt: number }): Prepared {
    if (request.secrets.length === 0) throw new Unsendable("the webhook has no live secret");
    const body = completeBody(
      request.bodyHead,
      formatToken(this.#deps.tokenKey, { ...request.token, issuedAt: startedAt }),
    );
    const timestampS = Math.floor(startedAt / 1000);
    const keys = request.secrets.map((text) => this.#signingKeys.of(text));
    const headers = requestHeaders({
      hostHeader: target.hostHeader,
      userAgent: this.#userAgent,
      eventId: request.token.eventId,
      timestampS,
      signature: signatureHeader(keys, { id: request.token.eventId, timestampS, body }),
      bodyBytes: Buffer.byteLength(body),
      isTest: request.isTest,
      customHeaders: request.customHeaders,
    });
    if ("fault" in headers) throw new Unsendable(headers.fault);
    return { body, headers };
  }

  #targetOf({ url, appEnv }: SendRequest): Target | null {
    const key = `${appEnv} ${url}`;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const verdict = vetTargetUrl(url, { appEnv, policy: this.#deps.policy });
    const target = verdict.kind === "ok" ? targetOf(verdict.url) : null;
    if (this.#targets.size >= TARGETS_KEPT_MAX) this.#targets.clear();
    this.#targets.set(key, target);
    return target;
  }
}

/** The request cannot be built, for a reason that its customer may read. */
class Unsendable extends Error {
  override readonly name = "Unsendable";
}

/** Messages of Node's errors may quote a header's value; ours do not. */
function isOfOurs(error: unknown): error is Error {
  return error instanceof Unsendable || error instanceof AssertionFailure;
}

function unsentReport(startedAt: number, reason: AttemptFailure): SendReport {
  return {
    startedAt,
    durationMs: 0,
    timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
    address: null,
    tls: null,
    requestHeaders: "[]",
    outcome: { kind: "failed", failure: reason, isOurs: false },
  };
}

function reportedOutcome(
  outcome: Exclude<ExchangeOutcome, { kind: "refused" }>,
  customHeaders: readonly HeaderPair[],
): SendReport["outcome"] {
  if (outcome.kind === "failed") return { kind: "failed", failure: outcome.failure, isOurs: outcome.isOurs };
  const captured = capturedHeaders(outcome.rawHeaders);
  const body = Buffer.from(outcome.body.buffer, outcome.body.byteOffset, outcome.body.length).toString("latin1");
  const kept = { statusText: safeText(outcome.statusText), headers: captured, body: maskTokensInBody(body) };
  const { headers, ...answer } = maskEchoes(kept, customHeaders);
  return {
    kind: "response",
    status: outcome.status,
    ...answer,
    headers: JSON.stringify(headers),
    isTruncated: outcome.isTruncated,
    bodyError: outcome.bodyError,
    retryAfter: headerValue(captured, "retry-after"),
    deliveryControl: headerValue(captured, DELIVERY_CONTROL_HEADER),
  };
}

/** Durations are kept to 10 µs. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}

function roundedOrNull(ms: number | null): number | null {
  return ms === null ? null : rounded(ms);
}
