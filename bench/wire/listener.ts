/** The other side of HTTP/1.1 by hand: takes requests off raw sockets, finds where each ends, and answers with ready bytes. */
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = /content-length: (\d+)/i;

/** A request that came whole. `answer` may be called later, or never: then its sender waits. */
export type Request = { path: string; body: Buffer; answer: (bytes: Buffer) => void };

/** Listens on a free port of the loopback. */
export async function listen(onRequest: (request: Request) => void): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    readRequests(socket, onRequest);
    socket.on("error", () => {}); // a server that is ended breaks its connections
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1_024 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // a TCP server that listens has a port
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, close };
}

function readRequests(socket: Socket, onRequest: (request: Request) => void): void {
  const answer = (bytes: Buffer): void => void socket.write(bytes);
  let rest: Buffer | null = null;
  socket.on("data", (chunk: Buffer) => {
    let bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length > 0) {
      const headEnd = bytes.indexOf(HEAD_END);
      if (headEnd === -1) break;
      const head = bytes.toString("latin1", 0, headEnd);
      const length = LENGTH.exec(head)?.[1];
      if (length === undefined) throw new Error(`a request without content-length: ${head}`);
      const end = headEnd + HEAD_END.length + Number(length);
      if (bytes.length < end) break;
      const path = head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
      onRequest({ path, body: bytes.subarray(headEnd + HEAD_END.length, end), answer });
      bytes = bytes.subarray(end);
    }
    rest = bytes.length === 0 ? null : bytes;
  });
}
