/**
 * HTTP/1.1 by hand on one connection that is kept alive: one request at a time, as ready-made text. A load generator that
 * costs more than what it measures would hide it, so nothing is parsed but where an answer ends.
 */
import { connect } from "node:net";
import type { Socket } from "node:net";

const READ_BYTES = 65_536;
const LENGTH = /content-length: (\d+)/i;

/** What came back: the status, and the whole answer as text where it came in one piece, which short ones do. */
export type Answer = { status: number; text: string };

/** Where to connect to; `onLost` is called when the connection ends in whatever way. */
type ConnectionOptions = { port: number; onAnswer: (answer: Answer) => void; onLost: (error: Error) => void };

/** A connection to a port of the loopback. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  #isClosed = false;
  /** Bytes of the answer's head that came so far, where it came in pieces. */
  #head = "";
  /** Bytes that the answer still lacks after its head. */
  #missing = 0;
  #status = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const onread = { buffer, callback: (bytes: number): boolean => this.#take(buffer, bytes) };
    this.#socket = connect({ host: "127.0.0.1", port: options.port, noDelay: true, onread });
    const lose = (error: Error): void => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      options.onLost(error);
    };
    this.#socket.on("error", lose);
    this.#socket.on("close", () => lose(new Error("the connection was closed")));
  }

  /** Sends a request; the answer to the one before must have come. */
  send(request: string): void {
    this.#socket.write(request, "latin1");
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  #take(buffer: Buffer, bytes: number): boolean {
    if (this.#missing > 0) {
      this.#missing -= bytes;
      if (this.#missing <= 0) this.#finish("");
      return true;
    }
    const text = this.#head + buffer.toString("latin1", 0, bytes);
    const headEnd = text.indexOf("\r\n\r\n");
    if (headEnd === -1) {
      this.#head = text;
      return true;
    }
    const length = LENGTH.exec(text)?.[1];
    if (length === undefined) throw new Error(`an answer without content-length: ${text.slice(0, 200)}`);
    this.#status = Number(text.slice(9, 12));
    this.#missing = headEnd + 4 + Number(length) - text.length;
    if (this.#missing <= 0) this.#finish(text);
    return true;
  }

  #finish(text: string): void {
    this.#head = "";
    this.#missing = 0;
    this.#options.onAnswer({ status: this.#status, text });
  }
}

/** A POST as the text of its bytes; `body` must be ASCII. */
export function postText(request: { path: string; key: string; body: string }): string {
  const { path, key, body } = request;
  return (
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  );
}
