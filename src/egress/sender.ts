/** What sends one attempt. The real one is a thread that signs, connects, POSTs and captures; a simulation has its own. */
import type { AppEnv, HeaderPair } from "../domain/values.ts";
import type { AttemptFailure } from "../domain/failure.ts";
import type { TokenClaims } from "../domain/token.ts";

/** One attempt to be made. Plain data: it crosses a thread boundary. */
export type SendRequest = {
  url: string;
  /** Decides whether plain http is allowed. */
  appEnv: AppEnv;
  /** One total deadline in ms, from the start of the attempt to the end of the response head. */
  timeoutMs: number;
  /** The webhook's own headers, values in clear. */
  customHeaders: readonly HeaderPair[];
  /** What signs: live secrets (`whsec_…`) and private keys (`whsk_…`), in the order of their parts in the header. */
  secrets: readonly string[];
  /** The body up to the token. */
  bodyHead: string;
  isTest: boolean;
  /** What the token is made of; its issue time is the start of the attempt. */
  token: Omit<TokenClaims, "issuedAt">;
};

/** What happened. Expected outcomes are values: sending never throws. Tokens are masked in what was captured. */
export type SendReport = {
  /** Epoch ms. */
  startedAt: number;
  durationMs: number;
  timings: {
    dnsMs: number | null;
    connectMs: number | null;
    tlsMs: number | null;
    firstByteMs: number | null;
    bodyMs: number | null;
  };
  /** The address that was connected to; null before that, and for refused targets. */
  address: string | null;
  /** JSON: protocol, cipher, certificate summary; null without TLS. */
  tls: string | null;
  /** JSON, a list of pairs: in order, as sent; custom values masked as `***`. */
  requestHeaders: string;
  outcome:
    | {
        kind: "response";
        status: number;
        statusText: string;
        /** JSON, a list of pairs. */
        headers: string;
        /** Its bytes, one a character. */
        body: string;
        isTruncated: boolean;
        bodyError: string | null;
        /** The `retry-after` header, or null. */
        retryAfter: string | null;
        /** The `webhook-delivery` header, or null. */
        deliveryControl: string | null;
      }
    /** `isOurs`: an outage on our side (resolver down), not charged to the endpoint. */
    | { kind: "failed"; failure: AttemptFailure; isOurs: boolean };
};

export interface Sender {
  start(): Promise<void>;
  send(request: SendRequest): Promise<SendReport>;
  /** Ends the thread; attempts still under way are dropped without a report. Idempotent. */
  stop(): Promise<void>;
}
