/**
 * The ceiling of one Node process: takes each POST and posts it on with plain node:http. Nothing is checked, stored or
 * signed, nothing is tried again; what it has not sent on when it dies is gone.
 */
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serveCalls } from "./serve_calls.ts";

/** Where to post on to: each message once to every path; a batch is taken apart. */
type Forwarding = { port: number; paths: readonly string[] };

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let forwarding: Forwarding = { port: 0, paths: [] };
let port = 0;

const methods = {
  forward: async (next: Forwarding): Promise<{ port: number }> => {
    forwarding = next;
    if (port === 0) {
      const server = createServer({ keepAliveTimeout: 72_000 }, take).listen(0, "127.0.0.1");
      await once(server, "listening");
      ({ port } = server.address() as AddressInfo); // a TCP server that listens has a port
    }
    return { port };
  },
};
/** What this program can be asked. */
export type RelayMethods = typeof methods;
serveCalls(methods);

function take(incoming: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
  incoming.on("end", () => {
    const body = Buffer.concat(chunks);
    const isBatch = incoming.url?.endsWith("/batch") === true;
    response.writeHead(201, { "content-type": "application/json", "content-length": 2 });
    response.end("{}");
    const bodies = isBatch ? messagesOf(body) : [body];
    for (const one of bodies) for (const path of forwarding.paths) postOn(path, one);
  });
}

function messagesOf(batch: Buffer): Buffer[] {
  const { messages } = JSON.parse(batch.toString("utf8")) as { messages: unknown[] };
  return messages.map((message) => Buffer.from(JSON.stringify(message)));
}

function postOn(path: string, body: Buffer): void {
  const headers = { "content-type": "application/json", "content-length": body.length };
  const options = { host: "127.0.0.1", port: forwarding.port, path, method: "POST", agent, headers };
  const outgoing = request(options, (answer) => answer.resume());
  outgoing.on("error", () => {}); // seen by what is then missing
  outgoing.end(body);
}
