/** A receiver that does what a test tells it, and keeps what it got. */
import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as received. */
export type Received = { path: string; headers: IncomingMessage["headers"]; body: string };

/** What to answer; a hanging receiver just does not. */
export type Behaviour = (received: Received, response: ServerResponse) => void | Promise<void>;

export class Receiver {
  readonly received: Received[] = [];
  behave: Behaviour = (_received, response) => void response.end();
  readonly #server: Server;
  #waiters: (() => void)[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        const received = { path: request.url ?? "", headers: request.headers, body };
        this.received.push(received);
        void this.behave(received, response);
        for (const waiter of this.#waiters.splice(0)) waiter();
      });
      request.on("error", () => {}); // a server that is killed breaks its connections
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // it listens, so it has a port
  }

  /** Resolves when `count` requests have come that fit. */
  async until(count: number, fits: (received: Received) => boolean = () => true): Promise<Received[]> {
    for (;;) {
      const found = this.received.filter(fits);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
