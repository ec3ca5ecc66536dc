/** A receiver on a bare socket, for answers that no HTTP library would send. */
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import type { TlsOptions } from "node:tls";
import { createServer as createTlsServer } from "node:tls";

/** One complete request. `requestNo` counts from 1 over all connections, `onConnection` within its own. */
export type RawRequest = { text: string; requestNo: number; onConnection: number };

/** A receiver that writes the bytes a test tells it. */
export type RawReceiver = {
  port: number;
  /** Connections accepted so far, and bytes received on them. */
  connections: number;
  bytes: number;
  requests: string[];
  /** Sockets open now. */
  openSockets: ReadonlySet<Socket>;
  close(): Promise<void>;
};

/** Calls `answer` for each complete request, with the socket to do as it likes with. */
export async function startRawReceiver(
  answer: (socket: Socket, request: RawRequest) => void,
  options: { host?: string; port?: number; tls?: TlsOptions; onConnection?: (socket: Socket) => void } = {},
): Promise<RawReceiver> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    let buffered = Buffer.alloc(0);
    let onConnection = 0;
    socket.on("data", (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      for (let bytes = requestBytes(buffered); bytes !== null; bytes = requestBytes(buffered)) {
        const text = buffered.toString("latin1", 0, bytes);
        buffered = buffered.subarray(bytes);
        receiver.requests.push(text);
        answer(socket, { text, requestNo: receiver.requests.length, onConnection: ++onConnection });
      }
    });
    options.onConnection?.(socket);
  };
  const server: Server = options.tls === undefined ? createServer(accept) : createTlsServer(options.tls, accept);
  server.on("connection", (socket: Socket) => {
    receiver.connections++;
    sockets.add(socket);
    socket.on("error", () => {}); // clients that hang up are part of the tests
    socket.on("data", (chunk: Buffer) => (receiver.bytes += chunk.length));
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  const receiver: RawReceiver = {
    port: 0,
    connections: 0,
    bytes: 0,
    requests: [],
    openSockets: sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  server.listen(options.port ?? 0, options.host ?? "127.0.0.1");
  await once(server, "listening");
  receiver.port = (server.address() as AddressInfo).port; // listening on TCP
  return receiver;
}

/** The length of the complete request at the beginning of `bytes`, or null. */
function requestBytes(bytes: Buffer): number | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const end = headEnd + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  return bytes.length >= end ? end : null;
}

/** An answer with a body and its length. */
export function httpAnswer(status: number, body = "", headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status} Text`, `content-length: ${Buffer.byteLength(body)}`, ...headers, "", body].join("\r\n");
}
