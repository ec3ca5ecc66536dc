/**
 * Receives what is delivered, notes how long each took, and answers: at once, with a failure now and then, never on paths
 * that begin with /hang, or only after it has had the token checked.
 */
import type { Latency } from "../measure/quantiles.ts";
import { latencyOf } from "../measure/quantiles.ts";
import type { Answer } from "../wire/connection.ts";
import { Connection, postText } from "../wire/connection.ts";
import type { Request } from "../wire/listener.ts";
import { listen } from "../wire/listener.ts";
import { nowUs, stampOf } from "../wire/stamp.ts";
import { serveCalls } from "./serve_calls.ts";

/** How to behave from now on. */
export type Behaviour = {
  /** Every so manyth request is answered with 503; null: none. */
  failEvery: number | null;
  /** Where tokens are checked, and for whom; null: they are not. */
  tokens: { port: number; key: string; appId: string; appEnv: string; connections: number } | null;
};

/** What came since the behaviour was set. Latencies are those of what was answered with 200. */
type Received = {
  delivered: number;
  failed: number;
  valid: number;
  lastAtUs: number;
  latency: Latency;
};

const ok = answerBytes(200, "OK", '{"ok":true}');
const busy = answerBytes(503, "Service Unavailable", '{"ok":false}');

let behaviour: Behaviour = { failEvery: null, tokens: null };
let checker: TokenChecker | null = null;
let received: Omit<Received, "latency"> = { delivered: 0, failed: 0, valid: 0, lastAtUs: 0 };
let latenciesUs: number[] = [];
let awaited: { count: number; resolve: () => void } | null = null;

const listening = listen(onRequest);

const methods = {
  listen: async (_params: null): Promise<{ port: number }> => ({ port: (await listening).port }),
  behave: async (next: Behaviour): Promise<null> => {
    checker?.close();
    behaviour = next;
    checker = next.tokens === null ? null : new TokenChecker(next.tokens);
    received = { delivered: 0, failed: 0, valid: 0, lastAtUs: 0 };
    latenciesUs = [];
    return null;
  },
  /** Answers when so many were delivered, or after `limitMs` with what there is. */
  until: async ({ delivered, limitMs }: { delivered: number; limitMs: number }): Promise<Received> => {
    await new Promise<void>((resolve) => {
      awaited = { count: delivered, resolve };
      setTimeout(resolve, limitMs);
      if (received.delivered >= delivered) resolve();
    });
    awaited = null;
    return { ...received, latency: latencyOf(latenciesUs) };
  },
};
/** What this program can be asked. */
export type ReceiverMethods = typeof methods;
serveCalls(methods);

function onRequest(request: Request): void {
  if (request.path.startsWith("/hang")) return;
  const { failEvery } = behaviour;
  if (failEvery !== null && (received.delivered + received.failed) % failEvery === failEvery - 1) {
    received.failed += 1;
    request.answer(busy);
    return;
  }
  const sentAtUs = stampOf(request.body);
  if (checker === null) deliver(request, sentAtUs);
  else checker.check(request, sentAtUs);
}

function deliver(request: Request, sentAtUs: number | null): void {
  const now = nowUs();
  request.answer(ok);
  received.delivered += 1;
  received.lastAtUs = now;
  if (sentAtUs !== null) latenciesUs.push(now - sentAtUs);
  if (awaited !== null && received.delivered >= awaited.count) awaited.resolve();
}

/** A connection to the server, and who waits for its answer. */
type Place = { connection: Connection; checked: ((answer: Answer) => void) | null };

/** Has the token of each body checked before its request is answered, as a careful receiver does. */
class TokenChecker {
  readonly #tokens: NonNullable<Behaviour["tokens"]>;
  readonly #idle: Place[] = [];
  readonly #all: Connection[] = [];
  readonly #queue: { request: Request; sentAtUs: number | null }[] = [];

  constructor(tokens: NonNullable<Behaviour["tokens"]>) {
    this.#tokens = tokens;
    for (let number = 0; number < tokens.connections; number++) {
      const place: Place = {
        connection: new Connection({
          port: tokens.port,
          onAnswer: (answer) => place.checked?.(answer),
          onLost: () => {}, // seen by what is then missing
        }),
        checked: null,
      };
      this.#idle.push(place);
      this.#all.push(place.connection);
    }
  }

  check(request: Request, sentAtUs: number | null): void {
    this.#queue.push({ request, sentAtUs });
    this.#next();
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #next(): void {
    const place = this.#queue.length === 0 ? undefined : this.#idle.pop();
    const waiting = place === undefined ? undefined : this.#queue.shift();
    if (place === undefined || waiting === undefined) return;
    place.checked = ({ text }) => {
      if (text.includes('"isValid":true')) received.valid += 1;
      this.#idle.push(place);
      deliver(waiting.request, waiting.sentAtUs);
      this.#next();
    };
    const { key, appId, appEnv } = this.#tokens;
    const { body } = waiting.request;
    const tokenAt = body.lastIndexOf("wvt_");
    const token = body.toString("latin1", tokenAt, body.indexOf('"', tokenAt));
    const path = "/v4/tokens/webhook-verification/checking-consumption";
    const check = `{"token":"${token}","appId":"${appId}","appEnv":"${appEnv}"}`;
    place.connection.send(postText({ path, key, body: check }));
  }
}

function answerBytes(status: number, text: string, body: string): Buffer {
  const head = `HTTP/1.1 ${status} ${text}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  return Buffer.from(`${head}\r\n\r\n${body}`);
}
