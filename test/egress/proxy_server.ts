/** A forward proxy for CONNECT: it tunnels for real, or answers what a test tells it. */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/** What the proxy was asked, and where it listens. */
export type ProxyServer = {
  port: number;
  /** The head of each CONNECT. */
  asked: string[];
  /** Sockets of clients that are open now. */
  openSockets: ReadonlySet<Socket>;
  close(): Promise<void>;
};

/** `answer` takes over what would be tunnelled: it is given the socket and the authority that was asked for. */
export async function startProxy(
  answer: (socket: Socket, authority: string) => void = tunnel,
  options: { onConnection?: (socket: Socket) => void } = {},
): Promise<ProxyServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // clients that hang up are part of the tests
    socket.on("close", () => sockets.delete(socket));
    options.onConnection?.(socket);
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.endsWith("\r\n\r\n")) return;
      socket.off("data", read);
      proxy.asked.push(head);
      answer(socket, /^CONNECT (\S+) HTTP/.exec(head)?.[1] ?? "");
    };
    socket.on("data", read);
  });
  const proxy: ProxyServer = {
    port: 0,
    asked: [],
    openSockets: sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy.port = (server.address() as AddressInfo).port; // listening on TCP
  return proxy;
}

/** Connects the client with what it asked for, as a proxy does. */
export function tunnel(socket: Socket, authority: string): void {
  const { hostname, port } = new URL(`http://${authority}`);
  const upstream = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port === "" ? 80 : port) });
  let isConnected = false;
  upstream.on("connect", () => {
    isConnected = true;
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(upstream).pipe(socket);
  });
  upstream.on("error", () => {
    if (!isConnected) socket.end("HTTP/1.1 502 Bad gateway\r\ncontent-length: 0\r\n\r\n");
  });
  upstream.on("close", () => {
    if (isConnected) socket.destroy();
  });
  socket.on("close", () => upstream.destroy());
}
