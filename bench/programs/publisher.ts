/**
 * Publishes as fast as so many connections can, or at a fixed rate. At a fixed rate a message counts from when it was due,
 * not from when a connection was free for it: a server that stalls must not make its own stall invisible.
 */
import type { Latency } from "../measure/quantiles.ts";
import { latencyOf } from "../measure/quantiles.ts";
import { Connection, postText } from "../wire/connection.ts";
import { nowUs, stampField } from "../wire/stamp.ts";
import { serveCalls } from "./serve_calls.ts";

/** Where to publish. Connections are spread over the ports, calls over the destinations in turn. */
export type Target = { ports: readonly number[]; destinations: readonly { path: string; key: string }[] };

/** `perSecond` null: as fast as the connections can. `batch`: messages a call, by the call that takes many. */
export type Load = {
  target: Target;
  connections: number;
  durationMs: number;
  perSecond: number | null;
  batch: number | null;
};

/** What came of it; `latency` is from sending (or being due) to the answer. */
type Published = {
  messages: number;
  refused: number;
  startedAtUs: number;
  endedAtUs: number;
  latency: Latency;
};

const methods = { publish: (load: Load): Promise<Published> => new Run(load).run() };
/** What this program can be asked. */
export type PublisherMethods = typeof methods;
serveCalls(methods);

class Run {
  readonly #load: Load;
  readonly #latenciesUs: number[] = [];
  readonly #idle: number[] = [];
  readonly #connections: Connection[] = [];
  readonly #sentAtUs: number[] = [];
  #due: number[] = [];
  #calls = 0;
  #answers = 0;
  #refused = 0;
  #isOver = false;
  #done = (): void => {};
  #failed = (_error: Error): void => {};

  constructor(load: Load) {
    this.#load = load;
  }

  async run(): Promise<Published> {
    const { connections, durationMs, perSecond, target } = this.#load;
    const ended = new Promise<void>((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
    });
    for (let number = 0; number < connections; number++) {
      const port = target.ports[number % target.ports.length] ?? 0;
      const onAnswer = ({ status }: { status: number }): void => this.#onAnswer(number, status);
      this.#connections.push(new Connection({ port, onAnswer, onLost: this.#failed }));
    }
    const startedAtUs = nowUs();
    const endAtUs = startedAtUs + durationMs * 1_000;
    if (perSecond === null) {
      setTimeout(() => (this.#isOver = true), durationMs);
      for (let number = 0; number < connections; number++) this.#send(number, nowUs());
    } else {
      for (let number = 0; number < connections; number++) this.#idle.push(number);
      this.#schedule({ startedAtUs, endAtUs, everyUs: 1_000_000 / perSecond, sent: 0 });
    }
    await ended;
    for (const connection of this.#connections) connection.close();
    const messages = (this.#answers - this.#refused) * (this.#load.batch ?? 1);
    const latency = latencyOf(this.#latenciesUs);
    return { messages, refused: this.#refused, startedAtUs, endedAtUs: nowUs(), latency };
  }

  /** Sends what is due by now, and comes back when the next one is. */
  #schedule(plan: { startedAtUs: number; endAtUs: number; everyUs: number; sent: number }): void {
    const now = nowUs();
    let dueAtUs = plan.startedAtUs + plan.sent * plan.everyUs;
    while (dueAtUs <= now && dueAtUs < plan.endAtUs) {
      this.#due.push(dueAtUs);
      plan.sent += 1;
      dueAtUs = plan.startedAtUs + plan.sent * plan.everyUs;
    }
    this.#sendDue();
    if (dueAtUs < plan.endAtUs) setTimeout(() => this.#schedule(plan), Math.max(0, (dueAtUs - nowUs()) / 1_000));
    else {
      this.#isOver = true;
      this.#endIfOver();
    }
  }

  #sendDue(): void {
    while (this.#due.length > 0) {
      const number = this.#idle.shift(); // each in turn: the server closes one that stays idle
      if (number === undefined) return;
      this.#send(number, this.#due.shift() ?? 0);
    }
  }

  #send(number: number, sentAtUs: number): void {
    const { target, batch } = this.#load;
    const at = this.#calls++;
    const { path, key } = target.destinations[at % target.destinations.length] ?? { path: "/", key: "" };
    this.#sentAtUs[number] = sentAtUs;
    this.#connections[number]?.send(
      postText(
        batch === null
          ? { path, key, body: messageText(at, sentAtUs) }
          : { path: `${path}/batch`, key, body: batchText(at, batch, sentAtUs) },
      ),
    );
  }

  #onAnswer(number: number, status: number): void {
    this.#answers += 1;
    if (status !== 201) this.#refused += 1;
    const now = nowUs();
    this.#latenciesUs.push(now - (this.#sentAtUs[number] ?? now));
    if (this.#load.perSecond === null && !this.#isOver) return this.#send(number, now);
    this.#idle.push(number);
    this.#sendDue();
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#isOver && this.#due.length === 0 && this.#answers === this.#calls) this.#done();
  }
}

/** Ids in no order, as real ones are: what is found by them lies all over its index. */
function messageText(number: number, sentAtUs: number): string {
  const scattered = (Math.imul(number, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
  const id = `${scattered}${Math.floor(sentAtUs).toString(16)}`;
  const content = `{"signerId":"${id}","signerExternalId":"user-${scattered}",${stampField(sentAtUs)}}`;
  return `{"topic":"SIGNER","action":"CREATED","content":${content}}`;
}

function batchText(call: number, batch: number, sentAtUs: number): string {
  const messages = Array.from({ length: batch }, (_, at) => messageText(call * batch + at, sentAtUs));
  return `{"messages":[${messages.join(",")}]}`;
}
