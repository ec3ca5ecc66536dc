/** What a request may cost before anybody knows what it asks for: bytes and time; and what Node alone would answer wordlessly. */
import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import { BODY_BYTES_MAX } from "./json_body.ts";
import type { Api } from "./services.ts";

/** Of path, query, and names and values of all headers together. */
const HEAD_BYTES_MAX = 16 * 1024;
/** Longer than any id of ours, in characters. */
const PARAM_CHARS_MAX = 128;
/** How long a request may take to arrive completely, and its head alone, which is small. */
const REQUEST_MS_MAX = 30_000;
const HEAD_MS_MAX = 10_000;
/** How often connections are looked at for requests that take longer. */
const LOOK_EVERY_MS = 2_000;
const KEEP_ALIVE_MS = 72_000;
/** So many requests of a connection may wait for the answer to the one before them. */
const PIPELINED_MAX = 32;

/** The options of the HTTP server. A test that is not to wait for long makes requests arrive within `requestMsMax`. */
export function requestLimits(requestMsMax = REQUEST_MS_MAX) {
  return {
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: requestMsMax,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: {
      maxHeaderSize: HEAD_BYTES_MAX,
      headersTimeout: Math.min(HEAD_MS_MAX, requestMsMax),
      connectionsCheckingInterval: Math.min(LOOK_EVERY_MS, requestMsMax),
      requireHostHeader: false, // refused below, in the envelope
    },
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
  };
}

/**
 * Gives up connections whose requests pile up. An answer has no socket until the ones before it are written. Some thousand
 * requests fit into what is read at once, each with an answer that is held for as long as nobody reads: whoever sends so
 * many is no client of ours. To be called before anything else that looks at requests.
 */
export function boundPipelines(app: Api): void {
  const waitingOf = new WeakMap<Socket, number>();
  app.addHook("onRequest", (request, reply, done) => {
    const { socket } = request.raw;
    if (reply.raw.socket !== null) return done();
    const waiting = (waitingOf.get(socket) ?? 0) + 1;
    waitingOf.set(socket, waiting);
    // The rest of what was read comes here all the same, and nobody waits for an answer: it ends here.
    if (waiting > PIPELINED_MAX) return void socket.destroy();
    reply.raw.once("close", () => waitingOf.set(socket, (waitingOf.get(socket) ?? 1) - 1));
    done();
  });
}

/** Refuses requests without one `Host`, and takes those with an expectation that the server does not know. */
export function takeRequests(app: Api): void {
  app.addHook("onRequest", (request, _reply, done) => done(hostFault(request)));
  // Such expectations may be ignored (RFC 9110); Node by itself refuses them without a word.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));
}

/** HTTP/1.1 wants exactly one: of two, a proxy before the server may have read the other one. */
function hostFault({ raw }: FastifyRequest): ApiError | undefined {
  const { rawHeaders } = raw; // name, value, name, value, …
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  if (hosts === 1 || (hosts === 0 && raw.httpVersion === "1.0")) return undefined;
  const found = hosts === 0 ? "no Host header" : "more than one Host header";
  return new ApiError("REQUEST_MALFORMED", `The request has ${found}. HTTP/1.1 wants one.`);
}
