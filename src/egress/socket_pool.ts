/**
 * Keeps connections alive between exchanges. A socket is never shared between tenants or origins: what one receiver left
 * on it is nothing that another one's exchange may read.
 */
import type { ClientRequest, RequestOptions } from "node:http";
import { Agent, request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { assert } from "../assert.ts";
import type { Clock } from "../clock.ts";
import type { ConnectOptions } from "./connection.ts";
import { Connection } from "./connection.ts";

declare module "node:http" {
  interface Agent {
    /** What Node calls for each request; its types leave it out. */
    addRequest(request: ClientRequest, options: RequestOptions): void;
  }
}

const IDLE_MS_MAX = 15_000;
/** Younger than this at its last use, a connection is kept: so a receiver that moved is found again. */
const AGE_MS_MAX = 300_000;
/** A receiver's own limit is undercut by this, lest it closes while we write. */
const IDLE_HINT_MARGIN_MS = 1_000;

/** One request to be written, already complete. */
export type PooledRequest = {
  tenant: number;
  connect: ConnectOptions;
  /** Name, value, name, value, …: everything that is sent, `host` included. */
  headers: string[];
  headBytesMax: number;
};

export type SocketPoolOptions = { socketsMax: number; clock: Clock };

/** `servername` is given so that the agent does not work one out; the connection has its own. */
type PoolOptions = RequestOptions & { servername: ""; poolKey: string; connect: ConnectOptions };

/**
 * An agent that makes its own connections, so that nothing about them comes from its callers' options or the process's
 * environment (proxies). TLS is spoken where the connection is opened; to the agent it is a socket like any other.
 */
class PinningAgent extends Agent {
  readonly #socketsMax: number;
  readonly #clock: Clock;
  readonly #connections = new WeakMap<Duplex, Connection>();
  readonly #open = new Set<Duplex>();
  /** Idle sockets, the longest idle first. */
  readonly #idle = new Set<Duplex>();
  /** What the latest request was given, until it is taken. */
  #latest: Connection | null = null;

  constructor(options: SocketPoolOptions) {
    super({ keepAlive: true, scheduling: "lifo", timeout: IDLE_MS_MAX });
    this.#socketsMax = options.socketsMax;
    this.#clock = options.clock;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The connection that the request made just now was given: without a cap per origin, no request is ever queued. */
  takeLatest(): Connection {
    const connection = this.#latest;
    assert(connection !== null, "a request was queued in place of being given a connection");
    this.#latest = null;
    return connection;
  }

  /** On an idle socket as the agent would, but without its copies of the options, which cost as much as a signature. */
  override addRequest(request: ClientRequest, options: RequestOptions): void {
    const socket = this.#popIdle(this.getName(options));
    if (socket === undefined) {
      super.addRequest(request, options);
      return;
    }
    this.reuseSocket(socket, request);
    request.onSocket(socket);
  }

  override getName(options?: RequestOptions): string {
    return poolOptions(options).poolKey;
  }

  override createConnection(options: RequestOptions): Duplex {
    if (this.#open.size >= this.#socketsMax) this.#closeLongestIdle();
    const connection = new Connection(poolOptions(options).connect);
    const { socket } = connection;
    this.#open.add(socket);
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#idle.delete(socket);
    });
    this.#connections.set(socket, connection);
    this.#latest = connection;
    return socket;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    const connection = this.#connectionOf(socket);
    const ageMs = this.#clock.monotonicMs() - connection.openedAtMs;
    const hintMs = connection.idleMsHint === null ? IDLE_MS_MAX : connection.idleMsHint - IDLE_HINT_MARGIN_MS;
    if (ageMs > AGE_MS_MAX || hintMs <= 0 || this.#open.size > this.#socketsMax) return false;
    const idleMs = Math.min(hintMs, IDLE_MS_MAX);
    if (connection.socket.timeout !== idleMs) connection.socket.setTimeout(idleMs);
    connection.socket.unref();
    this.#idle.add(socket);
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    this.#idle.delete(socket);
    const connection = this.#connectionOf(socket);
    connection.isReused = true;
    this.#latest = connection;
  }

  override destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #popIdle(name: string): Socket | undefined {
    const idle = this.freeSockets[name];
    let socket = idle?.pop();
    while (socket?.destroyed === true) socket = idle?.pop();
    // As the agent keeps them, but for its types: an empty list would stay for ever.
    if (idle?.length === 0) delete (this.freeSockets as Record<string, unknown>)[name];
    return socket;
  }

  #connectionOf(socket: Duplex): Connection {
    const connection = this.#connections.get(socket);
    assert(connection !== undefined, "the pool was given a socket that it did not open");
    return connection;
  }

  #closeLongestIdle(): void {
    for (const socket of this.#idle) {
      this.#idle.delete(socket);
      socket.destroy();
      return;
    }
  }
}

/** Connections by tenant and origin. */
export class SocketPool {
  readonly #agent: PinningAgent;

  /** Beyond `socketsMax` open sockets, idle ones are closed to make room. */
  constructor(options: SocketPoolOptions) {
    this.#agent = new PinningAgent(options);
  }

  /** Sockets that are open, idle ones included. */
  get openCount(): number {
    return this.#agent.openCount;
  }

  /** A POST on an idle connection or a new one. Throws where the request cannot be built. */
  open(request: PooledRequest): { request: ClientRequest; connection: Connection } {
    const options: PoolOptions = {
      agent: this.#agent,
      method: "POST",
      path: request.connect.target.path,
      headers: request.headers,
      servername: "",
      maxHeaderSize: request.headBytesMax,
      insecureHTTPParser: false,
      poolKey: poolKey(request),
      connect: request.connect,
    };
    const opened = httpRequest(options);
    opened.maxHeadersCount = 0; // Node's default leaves some out without a word; the head's size bounds them
    const connection = this.#agent.takeLatest();
    if (connection.isReused) request.connect.tunnel?.socket.destroy(); // an idle one came back while it was opened
    return { request: opened, connection };
  }

  /** Whether an idle connection would be taken for `request`, so that none has to be opened. */
  hasIdle(request: PooledRequest): boolean {
    return (this.#agent.freeSockets[poolKey(request)] ?? []).some((socket) => !socket.destroyed);
  }

  /** Closes the idle connections that `request` could be given. */
  closeIdle(request: PooledRequest): void {
    for (const socket of this.#agent.freeSockets[poolKey(request)] ?? []) socket.destroy();
  }

  /** Closes every connection, in use or not. */
  close(): void {
    this.#agent.destroy();
  }
}

function poolKey({ tenant, connect: { target } }: PooledRequest): string {
  return `${tenant} ${target.isTls ? "https" : "http"} ${target.hostname} ${target.port}`;
}

/** The agent passes the options of `SocketPool.open` through, whatever its type says. */
function poolOptions(options: RequestOptions | undefined): PoolOptions {
  assert(options !== undefined && "poolKey" in options, "the agent was used for a request that the pool did not open");
  return options as PoolOptions;
}
