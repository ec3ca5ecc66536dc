/**
 * One connection to a receiver: opened to vetted addresses only, its peer checked before anything is written to it (on
 * the raw connection, so before a TLS handshake), TLS verified. Through a proxy's tunnel the peer is the proxy, which was
 * given a vetted address. What a connection learned stays with it while it is kept alive.
 */
import { X509Certificate } from "node:crypto";
import type { LookupFunction, Socket } from "node:net";
import { connect as connectTcp } from "node:net";
import type { PeerCertificate, SecureContext, TLSSocket } from "node:tls";
import { connect as connectTls, createSecureContext, getCACertificates } from "node:tls";
import type { Clock } from "../clock.ts";
import { assert } from "../assert.ts";
import { isSameAddress, parseIpAddress } from "./ip_address.ts";
import type { ExchangePhase } from "./network_failure.ts";
import type { Tunnel } from "./proxy_tunnels.ts";
import type { VettedAddress } from "./resolver.ts";
import type { Target } from "./target_url.ts";

/** The one version that POSTs are sent by; nothing else is offered in a TLS handshake. */
export const HTTP_VERSION = "1.1";
/** How one address after the other is tried: within these bounds, a share of the whole time. */
const ADDRESS_TRY_MS_MIN = 250;
const ADDRESS_TRY_MS_MAX = 1_000;

/** The error code of a peer that is none of the pinned addresses. */
export const PEER_MISMATCH = "EGRESS_PEER_MISMATCH";

export type ConnectOptions = {
  target: Target;
  /** Vetted; nothing else is connected to. */
  addresses: readonly VettedAddress[];
  /** For TCP and TLS together; the caller ends the connection when it is over. */
  connectMs: number;
  secureContext: SecureContext;
  clock: Clock;
  /** The way through the operator's proxy; null: connect directly. */
  tunnel: Tunnel | null;
};

/**
 * TLS settings for all connections: 1.2 or newer, the public authorities and those of `caPem` (null: none). Throws where
 * that is no certificate: OpenSSL would pass over it without a word.
 */
export function createTlsContext(caPem: string | null): SecureContext {
  const minVersion = "TLSv1.2";
  if (caPem === null) return createSecureContext({ minVersion });
  void new X509Certificate(caPem);
  return createSecureContext({ minVersion, ca: [...getCACertificates("default"), caPem] });
}

/** The facts of a connection. Times are of its making; a reused one does not report them again. */
export class Connection {
  readonly socket: Socket;
  phase: ExchangePhase = "connecting";
  address: string | null = null;
  /** JSON: protocol, cipher and certificate; set before the certificate is judged. */
  tls: string | null = null;
  connectMs: number | null = null;
  tlsMs: number | null = null;
  /** Whether an earlier exchange used it. */
  isReused = false;
  /** Whether anything came since the exchange under way began. */
  hasReceived = false;
  /** How long the receiver lets it be idle, by the `keep-alive` header of its first answer; null: it did not say. */
  idleMsHint: number | null = null;
  /** When connecting began, that to the proxy included. */
  readonly openedAtMs: number;
  /** Called once, when requests can be written. */
  onReady: (() => void) | null = null;
  /** How much more may come in the exchange under way. */
  #bytesLeft = 0;
  /** Null while no exchange is under way. */
  #onFlood: (() => void) | null = null;

  constructor(options: ConnectOptions) {
    this.openedAtMs = options.tunnel?.startedAtMs ?? options.clock.monotonicMs();
    this.socket = this.#open(options);
    this.socket.on("error", () => {}); // the exchange hears of it by its request; between two exchanges nobody does
  }

  /** For one exchange: calls `onFlood` once more than `bytesMax` have come. */
  begin(bytesMax: number, onFlood: () => void): void {
    this.hasReceived = false;
    this.#bytesLeft = bytesMax;
    this.#onFlood = onFlood;
  }

  /** Nobody is told anything any more, until the next exchange begins; whatever comes before it closes the connection. */
  end(): void {
    this.onReady = null;
    this.#onFlood = null;
  }

  #open(options: ConnectOptions): Socket {
    const { target, tunnel, clock } = options;
    if (tunnel !== null) {
      this.address = tunnel.address;
      this.connectMs = clock.monotonicMs() - tunnel.startedAtMs;
    }
    if (target.isTls) return this.#openTls(options);
    if (tunnel === null) return this.#openTcp(options);
    this.#becomeReady(tunnel.socket);
    return tunnel.socket;
  }

  #openTcp(options: ConnectOptions): Socket {
    const socket = connectTcp(tcpOptions(options));
    socket.prependOnceListener("connect", () => {
      if (this.#isPinnedPeer(socket, options)) this.#becomeReady(socket);
    });
    return socket;
  }

  #openTls(options: ConnectOptions): Socket {
    const { target, tunnel } = options;
    const socket = connectTls({
      ...(tunnel === null ? tcpOptions(options) : { socket: tunnel.socket, host: target.hostname }),
      servername: target.isLiteral ? "" : target.hostname,
      secureContext: options.secureContext,
      rejectUnauthorized: true,
      ALPNProtocols: [`http/${HTTP_VERSION}`],
    });
    if (tunnel !== null) this.phase = "handshaking";
    // First in line, because the next listener writes the ClientHello.
    socket.prependOnceListener("connect", () => {
      if (this.#isPinnedPeer(socket, options)) this.phase = "handshaking";
    });
    // First in line, because the next listener ends a connection whose certificate is refused.
    socket.prependOnceListener("secure", () => (this.tls = tlsSummary(socket)));
    socket.once("secureConnect", () => {
      this.tlsMs = options.clock.monotonicMs() - this.openedAtMs - (this.connectMs ?? 0);
      this.#becomeReady(socket);
    });
    return socket;
  }

  #isPinnedPeer(socket: Socket, options: ConnectOptions): boolean {
    const peer = parseIpAddress(socket.remoteAddress ?? "");
    const isPinned = peer !== null && options.addresses.some(({ address }) => isSameAddress(peer, bytesOf(address)));
    if (!isPinned) {
      socket.destroy(Object.assign(new Error("connected to an address that was not vetted"), { code: PEER_MISMATCH }));
      return false;
    }
    this.connectMs = options.clock.monotonicMs() - this.openedAtMs;
    this.address = socket.remoteAddress ?? null;
    return true;
  }

  #becomeReady(socket: Socket): void {
    this.phase = "responding";
    // First in line, because the next listener parses what came: it may be the end of the exchange.
    socket.prependListener("data", (chunk: Buffer) => this.#count(chunk.length));
    this.onReady?.();
    this.onReady = null;
  }

  #count(bytes: number): void {
    if (this.#onFlood === null) {
      // Between two exchanges nothing was asked for. The data listener would read and drop it, without a bound.
      this.socket.destroy();
      return;
    }
    this.hasReceived = true;
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) this.#onFlood?.();
  }
}

/** `host` is only a name here: `lookup` answers it with the pinned addresses. A literal is its own pin. */
function tcpOptions({ target, addresses, connectMs }: ConnectOptions): {
  host: string;
  port: number;
  lookup: LookupFunction;
  noDelay: true;
  autoSelectFamily: true;
  autoSelectFamilyAttemptTimeout: number;
} {
  const [first] = addresses;
  assert(first !== undefined, "a connection was asked for without an address");
  assert(
    !target.isLiteral || addresses.every(({ address }) => address === target.hostname),
    "a literal was not its own pin",
  );
  const tryMs = Math.floor(connectMs / addresses.length);
  return {
    host: target.hostname,
    port: target.port,
    lookup: (_hostname, options, callback) => {
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    },
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: Math.max(ADDRESS_TRY_MS_MIN, Math.min(ADDRESS_TRY_MS_MAX, tryMs)),
  };
}

function bytesOf(address: string): NonNullable<ReturnType<typeof parseIpAddress>> {
  const parsed = parseIpAddress(address);
  assert(parsed !== null, "a vetted address is not an address");
  return parsed;
}

function tlsSummary(socket: TLSSocket): string {
  const certificate = socket.getPeerCertificate();
  return JSON.stringify({
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().standardName,
    certificate: Object.keys(certificate).length === 0 ? null : certificateSummary(certificate),
  });
}

function certificateSummary(certificate: PeerCertificate): Record<string, string | string[] | null> {
  return {
    subject: short(certificate.subject?.CN),
    issuer: short(certificate.issuer?.CN ?? certificate.issuer?.O),
    altNames: short(certificate.subjectaltname),
    validFrom: certificate.valid_from,
    validTo: certificate.valid_to,
    fingerprint256: certificate.fingerprint256,
  };
}

/** Certificates are the receiver's text: some carry hundreds of names. */
function short(text: string | string[] | undefined): string | null {
  return text === undefined ? null : String(text).slice(0, 500);
}
