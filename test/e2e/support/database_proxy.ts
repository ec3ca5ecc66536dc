/** The way to a database, which can be interrupted: refused as in a failover, or slow as on a database that is overloaded. */
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import { Transform } from "node:stream";

/** Forwards connections on a port of its own that stays the same. */
export class DatabaseProxy {
  /** Every piece of what is sent to the database waits so long, in ms. */
  delayMs = 0;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;

  constructor(target: URL) {
    this.#target = target;
  }

  /** Takes connections, again after {@link cut}. */
  async open(): Promise<void> {
    this.#server = createServer((socket) => this.#forward(socket)).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port; // a TCP server that listens has a port
  }

  /** Breaks every connection and refuses new ones. */
  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()) ?? resolve());
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = null;
  }

  /** For good. Idempotent. */
  async close(): Promise<void> {
    if (this.#server !== null) await this.cut();
  }

  /** The URL of a database of the target by way of this proxy. */
  urlOf(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${this.#port}`;
    return url.href;
  }

  #forward(socket: Socket): void {
    const upstream = connect({ host: this.#target.hostname, port: Number(this.#target.port) });
    const pairs = [socket, upstream] as const;
    for (const one of pairs) {
      this.#sockets.add(one);
      one.once("close", () => {
        this.#sockets.delete(one);
        for (const other of pairs) other.destroy();
      });
      one.on("error", () => undefined); // `close` follows
    }
    const slow = new Transform({
      transform: (piece, _encoding, done) => {
        if (this.delayMs === 0) done(null, piece);
        else setTimeout(() => done(null, piece), this.delayMs);
      },
    });
    socket.pipe(slow).pipe(upstream).pipe(socket);
  }
}
