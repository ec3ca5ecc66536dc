/**
 * One POST on one connection: written, answered, captured.
 *
 * connecting → (handshaking) → responding → reading the body → settled. The end of the response head is the verdict: up to
 * it every error and the deadline make the exchange fail; after it nothing does, and what befalls the body is only noted.
 * One timer runs at a time, re-armed from phase to phase. Once settled, nothing of the exchange is left: the connection is
 * idle in its pool, or closed.
 */
import type { ClientRequest, IncomingMessage } from "node:http";
import { assert } from "../assert.ts";
import type { CancelTimer, Clock } from "../clock.ts";
import { failure } from "../domain/failure.ts";
import { BodyCapture } from "./body_capture.ts";
import type { Connection } from "./connection.ts";
import { PEER_MISMATCH } from "./connection.ts";
import type { NetworkFailure } from "./network_failure.ts";
import { errorCodeOf, exchangeFailure, timeoutFailure } from "./network_failure.ts";
import type { PooledRequest, SocketPool } from "./socket_pool.ts";

/** The bounds of an exchange besides its deadline. */
export type ExchangeLimits = {
  /** TCP and TLS together. */
  connectMs: number;
  headBytesMax: number;
  /** 1xx responses before the final one. */
  informationalMax: number;
  /** How long a body is read after its head. */
  bodyMs: number;
  /** How long it is read after the exchange's deadline, so that a late head does not buy the whole of `bodyMs`. */
  bodyMsPastDeadline: number;
  bodyBytesMax: number;
  bodyPiecesMax: number;
  bodyKeptBytesMax: number;
  /** Received in all: empty lines before the head, or zeros before a chunk's length, make up nothing and have no end. */
  receivedBytesMax: number;
};

/** How long each phase took, in ms; null for a phase that did not happen. */
export type ExchangeTimings = {
  connectMs: number | null;
  tlsMs: number | null;
  firstByteMs: number | null;
  bodyMs: number | null;
};

const EMPTY_HEAD_BYTES = "HTTP/1.1 200 \r\n\r\n".length;
/** Of a name or a value: the colon and space behind the one, the end of the line behind the other. */
const BYTES_BESIDE_TEXT = 2;

/** How an exchange ended. Expected ends are values, never exceptions. */
export type ExchangeOutcome =
  | {
      kind: "response";
      status: number;
      statusText: string;
      /** Name, value, name, value, …, as received: each character is one byte. */
      rawHeaders: readonly string[];
      body: Uint8Array;
      isTruncated: boolean;
      bodyError: string | null;
    }
  /** `isStale`: a connection that was idle broke before any byte, so the receiver has not necessarily failed. */
  | ({ kind: "failed"; isStale: boolean } & NetworkFailure)
  /** The connection led elsewhere than where it was pinned to. */
  | { kind: "refused" };

/** All that is known of an exchange; `address` and `tls` are null before a connection stood. */
export type ExchangeResult = {
  timings: ExchangeTimings;
  address: string | null;
  tls: string | null;
  outcome: ExchangeOutcome;
};

/** What exchanges are made with. */
export type ExchangeDeps = { pool: SocketPool; clock: Clock; limits: ExchangeLimits };

/** Makes the exchange. Never rejects for what a receiver does; throws where the request cannot be built. */
export function exchange(
  deps: ExchangeDeps,
  request: PooledRequest,
  sent: { body: string; deadlineAtMs: number },
): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const { request: opened, connection } = deps.pool.open(request);
    new Exchange(deps, { request: opened, connection, deadlineAtMs: sent.deadlineAtMs, settle: resolve }).start(
      sent.body,
    );
  });
}

class Exchange {
  readonly #clock: Clock;
  readonly #limits: ExchangeLimits;
  readonly #request: ClientRequest;
  readonly #connection: Connection;
  readonly #deadlineAtMs: number;
  readonly #settle: (result: ExchangeResult) => void;
  #cancelTimer: CancelTimer | null = null;
  #isSettled = false;
  #informationalCount = 0;
  /** When the request could be written. */
  #readyAtMs = 0;
  #firstByteMs: number | null = null;
  #headAtMs = 0;
  /** How long the body may take. */
  #bodyMs = 0;
  #response: IncomingMessage | null = null;
  #capture: BodyCapture | null = null;

  constructor(
    deps: ExchangeDeps,
    parts: {
      request: ClientRequest;
      connection: Connection;
      deadlineAtMs: number;
      settle: (result: ExchangeResult) => void;
    },
  ) {
    this.#clock = deps.clock;
    this.#limits = deps.limits;
    this.#request = parts.request;
    this.#connection = parts.connection;
    this.#deadlineAtMs = parts.deadlineAtMs;
    this.#settle = parts.settle;
  }

  start(body: string): void {
    this.#request.on("response", (response: IncomingMessage) => this.#onHead(response));
    this.#request.on("information", () => this.#onInformation());
    this.#request.on("upgrade", (_response: IncomingMessage, socket: { destroy(): void }) => {
      socket.destroy(); // the request has let go of it
      this.#fail({ failure: failure("PROTOCOL_ERROR", "status 101"), isOurs: false });
    });
    this.#request.on("error", (error) => this.#onError(error));
    this.#connection.begin(this.#limits.receivedBytesMax, () => this.#onFlood());
    if (this.#connection.phase === "responding") this.#onReady();
    else {
      this.#connection.onReady = () => this.#onReady();
      const connectAtMs = this.#connection.openedAtMs + this.#limits.connectMs;
      this.#arm(Math.min(connectAtMs, this.#deadlineAtMs) - this.#clock.monotonicMs());
    }
    this.#request.end(body, "utf8");
  }

  #onReady(): void {
    if (this.#isSettled) return;
    this.#readyAtMs = this.#clock.monotonicMs();
    this.#arm(this.#deadlineAtMs - this.#readyAtMs);
  }

  #onInformation(): void {
    this.#informationalCount++;
    if (this.#informationalCount <= this.#limits.informationalMax) return;
    this.#fail({
      failure: failure("PROTOCOL_ERROR", `more than ${this.#limits.informationalMax} responses before the final one`),
      isOurs: false,
    });
  }

  #onHead(response: IncomingMessage): void {
    if (this.#isSettled) return;
    const status = response.statusCode ?? 0;
    if (status < 200 || response.httpVersionMajor !== 1) {
      this.#fail({
        failure: failure("PROTOCOL_ERROR", `HTTP/${response.httpVersion} status ${status}`),
        isOurs: false,
      });
      return;
    }
    if (headBytes(response) > this.#limits.headBytesMax) {
      this.#fail({ failure: failure("HEADERS_TOO_LARGE"), isOurs: false });
      return;
    }
    this.#headAtMs = this.#clock.monotonicMs();
    this.#firstByteMs = this.#headAtMs - this.#readyAtMs;
    this.#response = response;
    if (!this.#connection.isReused) this.#connection.idleMsHint = keepAliveMs(response.rawHeaders);
    const capture = new BodyCapture({
      readBytesMax: this.#limits.bodyBytesMax,
      piecesMax: this.#limits.bodyPiecesMax,
      keptBytesMax: this.#limits.bodyKeptBytesMax,
    });
    this.#capture = capture;
    const lastMs = this.#deadlineAtMs + this.#limits.bodyMsPastDeadline;
    this.#bodyMs = Math.min(this.#limits.bodyMs, lastMs - this.#headAtMs);
    this.#arm(this.#bodyMs);
    response.on("data", (chunk: Buffer) => {
      if (!capture.take(chunk)) this.#endBody(null);
    });
    response.on("end", () => this.#endBody(null));
    response.on("error", (error) => this.#endBody(`The connection broke off (${errorCodeOf(error)}).`));
  }

  #onError(error: Error): void {
    if (this.#isSettled) return;
    const code = errorCodeOf(error);
    if (this.#response !== null) {
      // Bytes after a complete body are no fault of the body: its end is on its way.
      if (!this.#response.complete) this.#endBody(`The body is malformed or broke off (${code}).`);
      return;
    }
    if (code === PEER_MISMATCH) this.#finish({ kind: "refused" });
    else this.#fail(exchangeFailure(code, this.#connection.phase));
  }

  #onTimer(): void {
    if (this.#response === null) this.#fail(timeoutFailure(this.#connection.phase));
    else this.#endBody(`The body was not complete after ${Math.round(this.#bodyMs)} ms.`);
  }

  #onFlood(): void {
    const detail = `${this.#limits.receivedBytesMax} bytes without a response head`;
    if (this.#response !== null) this.#endBody(null);
    else this.#fail({ failure: failure("PROTOCOL_ERROR", detail), isOurs: false });
  }

  #fail(networkFailure: NetworkFailure): void {
    const { isReused, hasReceived } = this.#connection;
    const isStale = networkFailure.failure.code === "CONNECTION_RESET" && isReused && !hasReceived;
    this.#finish({ kind: "failed", isStale, ...networkFailure });
  }

  #endBody(bodyError: string | null): void {
    if (this.#isSettled) return;
    const response = this.#response;
    const capture = this.#capture;
    assert(response !== null && capture !== null, "a body ended before it began");
    const isWhole = response.readableEnded;
    if (!isWhole) this.#takeBuffered(response, capture);
    this.#finish({
      kind: "response",
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? "",
      rawHeaders: response.rawHeaders,
      body: capture.bytes(),
      isTruncated: !isWhole || capture.isCut,
      bodyError,
    });
  }

  /** What arrived together with the error is still in the stream's buffer. */
  #takeBuffered(response: IncomingMessage, capture: BodyCapture): void {
    response.removeAllListeners("data");
    for (let chunk: unknown = response.read(); chunk instanceof Uint8Array; chunk = response.read()) {
      if (!capture.take(chunk)) return;
    }
  }

  #finish(outcome: ExchangeOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#cancelTimer?.();
    this.#connection.end();
    // A socket goes back to its pool only with the request written and the response read to their ends.
    const isReusable = this.#response !== null && this.#response.readableEnded && this.#request.writableFinished;
    if (!isReusable) {
      this.#request.destroy();
      this.#connection.socket.destroy();
    }
    const { isReused, connectMs, tlsMs, address, tls } = this.#connection;
    this.#settle({
      timings: {
        connectMs: isReused ? null : connectMs,
        tlsMs: isReused ? null : tlsMs,
        firstByteMs: this.#firstByteMs,
        bodyMs: this.#response === null ? null : this.#clock.monotonicMs() - this.#headAtMs,
      },
      address,
      tls,
      outcome,
    });
  }

  #arm(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.setTimer(() => this.#onTimer(), delayMs);
  }
}

/** What the head needs on the wire. The parser's own bound counts names and values only, so many short headers pass it. */
function headBytes({ rawHeaders, statusMessage = "" }: IncomingMessage): number {
  let bytes = EMPTY_HEAD_BYTES + statusMessage.length + rawHeaders.length * BYTES_BESIDE_TEXT;
  for (const text of rawHeaders) bytes += text.length;
  return bytes;
}

/** The `timeout` of a `keep-alive` header in ms, or null. */
function keepAliveMs(rawHeaders: readonly string[]): number | null {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== "keep-alive") continue;
    const seconds = /^timeout=(\d{1,6})(?!\d)/i.exec(rawHeaders[at + 1] ?? "")?.[1];
    return seconds === undefined ? null : Number(seconds) * 1000;
  }
  return null;
}
