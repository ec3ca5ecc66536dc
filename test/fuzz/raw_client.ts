/** Requests as they are, without the corrections of `fetch`: over kept connections, any header, any path. */
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:http";

/** An answer; the body of a stream is cut off, since it never ends. */
export type RawAnswer = {
  status: number;
  headers: IncomingMessage["headers"];
  text: string;
};

/** Without a length, Node's client would send an empty body in chunks. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"]);
const ANSWER_MS_MAX = 20_000;

/** A client of one server. */
export class RawClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  readonly #url: URL;

  constructor(url: string) {
    this.#url = new URL(url);
  }

  call(of: {
    method: string;
    target: string;
    headers: readonly (readonly [string, string])[];
    body: Buffer | null;
  }): Promise<RawAnswer> {
    const { method, target, body } = of;
    const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
    const length = body === null && BODILESS.has(method) ? [] : ["content-length", String(body?.length ?? 0)];
    const host = of.headers.some(([name]) => name === "host") ? [] : ["host", this.#url.host];
    const asked = request({
      agent: this.#agent,
      hostname: this.#url.hostname,
      port: this.#url.port,
      method,
      path: target,
      headers: [...host, ...of.headers.flat(), ...length],
      timeout: ANSWER_MS_MAX,
    });
    asked.once("response", (response) => void this.#read(response).then(resolve, reject));
    asked.once("timeout", () => asked.destroy(new Error(`${method} ${target} was not answered in time`)));
    asked.once("error", reject);
    // The server may answer before it has read everything, and close: then what is left cannot be written.
    asked.end(body ?? undefined);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #read(response: IncomingMessage): Promise<RawAnswer> {
    const { statusCode = 0, headers } = response;
    if (headers["content-type"]?.startsWith("text/event-stream") === true) {
      response.destroy();
      return { status: statusCode, headers, text: "" };
    }
    const chunks = (await response.toArray()) as Buffer[]; // no encoding is set
    return { status: statusCode, headers, text: Buffer.concat(chunks).toString("utf8") };
  }
}
