/** Receivers that misbehave, one of each kind, with the verdict that an attempt at each must end in. */
import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { gzipSync } from "node:zlib";
import { httpAnswer } from "./raw_receiver.ts";
import { makeCertificate } from "./certificates.ts";
import type { DnsAnswer, DnsQuery } from "./name_server.ts";
import { NXDOMAIN, SERVFAIL } from "./name_server.ts";

/** `code`: what `lastCode` of the event says; 200 is a success, whatever befalls the body. */
export type BadReceiver = { what: string; code: string } & (
  | { at: "socket"; answer: (socket: Socket) => void; tls?: TlsOptions; isBeforeTls?: boolean }
  /** A name that {@link answerOfName} answers for. */
  | { at: "name"; name: string }
  /** Where nobody listens, and where the queue of connections is full. */
  | { at: "closed port" | "full backlog" }
);

const DAY_MS = 86_400_000;
const AUTHORITY = makeCertificate({ commonName: "Test Authority", isAuthority: true });
const STRANGER = makeCertificate({ commonName: "Somebody", isAuthority: true });
const HOST = { commonName: "127.0.0.1", ipv4Addresses: ["127.0.0.1"] };

/** For `EGRESS_CA_FILE`: without it the certificates had one more fault. */
export const TRUSTED_CA_PEM = AUTHORITY.cert;

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

const BOMB = gzipSync(Buffer.alloc(10_485_760));

/** Sends the piece again and again until the socket is closed, `everyMs` apart. */
function drip(socket: Socket, piece: string, everyMs: number): void {
  const timer = setInterval(() => socket.write(piece), everyMs);
  socket.on("close", () => clearInterval(timer));
}

/** Sends the piece for ever, as fast as it is read. */
function flood(socket: Socket, piece: string): void {
  const pump = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", pump);
  pump();
}

const sends =
  (bytes: string | Buffer) =>
  (socket: Socket): void => {
    socket.write(bytes, "latin1");
  };
const on = (what: string, code: string, answer: (socket: Socket) => void): BadReceiver => ({
  what,
  code,
  at: "socket",
  answer,
});
const withTls = (what: string, code: string, tls: TlsOptions): BadReceiver => ({
  what,
  code,
  at: "socket",
  tls,
  answer: sends(httpAnswer(200)),
});
const beforeTls = (what: string, code: string, answer: (socket: Socket) => void): BadReceiver => ({
  what,
  code,
  at: "socket",
  isBeforeTls: true,
  answer,
});

/** By the rows of what a sender must withstand: F16 to F41 of its requirements. */
export const BAD_RECEIVERS: readonly BadReceiver[] = [
  on("never answers", "TIMEOUT_RESPONSE", () => {}),
  on("drips its head", "TIMEOUT_RESPONSE", (socket) => {
    socket.write(`${OK}x: `);
    drip(socket, "a", 100);
  }),
  on("drips its head nearly up to a deadline of 5 s, and then its body", "200", (socket) => {
    socket.write(`${OK}x: `);
    drip(socket, "a", 100);
    setTimeout(() => socket.write("\r\n\r\nfirst"), 4_200);
  }),
  on("drips its body for ever", "200", (socket) => {
    socket.write(`${OK}\r\nfirst`);
    drip(socket, "x", 50);
  }),
  on("floods its body", "200", (socket) => {
    socket.write(`${OK}\r\n`);
    flood(socket, "x".repeat(65_536));
  }),
  on("is silent within the body", "200", sends(`${OK}content-length: 100\r\n\r\nhalf`)),
  on("resets within the body", "200", (socket) => {
    socket.write(`${OK}content-length: 100\r\n\r\nhalf`, () => socket.resetAndDestroy());
  }),
  on("ends within the body", "200", (socket) => void socket.end(`${OK}content-length: 100\r\n\r\nhalf`)),
  on("sends a malformed chunk", "200", sends(`${CHUNKED}4\r\nhalf\r\nnonsense\r\n`)),
  on("resets before it answers", "CONNECTION_RESET", (socket) => socket.resetAndDestroy()),
  on("ends before it answers", "CONNECTION_RESET", (socket) => void socket.end()),
  { what: "does not listen", code: "CONNECTION_REFUSED", at: "closed port" },
  { what: "leaves connections without an answer", code: "TIMEOUT_CONNECT", at: "full backlog" },
  { what: "has a name that does not exist", code: "DNS_NOT_FOUND", at: "name", name: "nowhere.test" },
  { what: "has name servers that fail", code: "DNS_FAILED", at: "name", name: "failing.test" },
  { what: "has name servers that are silent", code: "TIMEOUT_DNS", at: "name", name: "silent.test" },
  { what: "has a name without an address", code: "DNS_NOT_FOUND", at: "name", name: "empty.test" },
  { what: "has 4,000 addresses", code: "DNS_FAILED", at: "name", name: "crowd.test" },
  withTls(
    "has an expired certificate",
    "TLS_EXPIRED",
    makeCertificate({ ...HOST, issuer: AUTHORITY, notAfter: new Date(Date.now() - DAY_MS / 2) }),
  ),
  withTls(
    "has another host's certificate",
    "TLS_WRONG_HOST",
    makeCertificate({ commonName: "other.test", dnsNames: ["other.test"], issuer: AUTHORITY }),
  ),
  withTls("has a self-signed certificate", "TLS_SELF_SIGNED", makeCertificate(HOST)),
  withTls(
    "has a certificate of an unknown authority",
    "TLS_UNKNOWN_ISSUER",
    makeCertificate({ ...HOST, issuer: STRANGER }),
  ),
  withTls("speaks TLS 1.1 at most", "TLS_FAILED", {
    ...makeCertificate({ ...HOST, issuer: AUTHORITY }),
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  }),
  beforeTls("resets within the TLS handshake", "TLS_FAILED", (socket) => {
    socket.once("data", () => socket.resetAndDestroy());
  }),
  beforeTls("is silent within the TLS handshake", "TIMEOUT_CONNECT", () => {}),
  beforeTls("answers TLS with plain HTTP", "TLS_FAILED", sends("HTTP/1.1 400 No\r\n\r\n")),
  on("has a header of 1 MiB", "HEADERS_TOO_LARGE", sends(httpAnswer(200, "", [`x: ${"a".repeat(1_048_576)}`]))),
  on("has 3,000 headers", "HEADERS_TOO_LARGE", sends(`${OK}${"x-a: a\r\n".repeat(3_000)}\r\n`)),
  on("answers with a gzip bomb", "200", (socket) => {
    socket.write(`${OK}content-encoding: gzip\r\ncontent-length: ${BOMB.length}\r\n\r\n`);
    socket.write(BOMB);
  }),
  on("names 200 encodings", "200", sends(httpAnswer(200, "x", [`content-encoding: ${"gzip, ".repeat(199)}gzip`]))),
  on("continues unasked", "200", sends(`HTTP/1.1 100 Continue\r\n\r\n${httpAnswer(200)}`)),
  on("floods with early hints", "PROTOCOL_ERROR", (socket) => flood(socket, "HTTP/1.1 103 Hints\r\n\r\n".repeat(100))),
  on("switches protocols", "PROTOCOL_ERROR", sends("HTTP/1.1 101 No\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n")),
  on("has a body with 204", "204", sends("HTTP/1.1 204 No\r\ncontent-length: 4\r\n\r\nbody")),
  on("has a body with 304", "304", sends("HTTP/1.1 304 No\r\ncontent-length: 4\r\n\r\nbody")),
  on("redirects to a metadata service", "302", sends(httpAnswer(302, "", ["location: http://169.254.169.254/"]))),
  on("speaks HTTP/1.0 up to the end", "200", (socket) => void socket.end("HTTP/1.0 200 OK\r\n\r\nold but fine")),
  on("speaks SSH", "PROTOCOL_ERROR", sends("SSH-2.0-OpenSSH_9.6\r\n")),
  on("has bare line feeds", "PROTOCOL_ERROR", sends("HTTP/1.1 200 OK\ncontent-length: 0\n\n")),
  on("has a status beyond all", "PROTOCOL_ERROR", sends("HTTP/1.1 1000 No\r\ncontent-length: 0\r\n\r\n")),
  on(
    "has a length and chunks",
    "PROTOCOL_ERROR",
    sends(`${OK}content-length: 1\r\n${CHUNKED.slice(OK.length)}0\r\n\r\n`),
  ),
  on("has two lengths", "PROTOCOL_ERROR", sends(`${OK}content-length: 1\r\ncontent-length: 2\r\n\r\na`)),
  on("sends bytes that are no text", "200", sends(`HTTP/1.1 200 \xff\r\nx: \xe9\r\ncontent-length: 2\r\n\r\n\xff\xfe`)),
  on("asks to be tried again never", "503", sends(httpAnswer(503, "", ["retry-after: junk"]))),
  on(
    "asks to be tried again in the year 9999",
    "429",
    sends(httpAnswer(429, "", ["retry-after: Fri, 31 Dec 9999 23:59:59 GMT"])),
  ),
  on("is gone", "410", sends(httpAnswer(410))),
  on("floods with empty lines", "PROTOCOL_ERROR", (socket) => flood(socket, "\r\n".repeat(8_192))),
  on("floods with chunks of one byte", "200", (socket) => {
    socket.write(CHUNKED);
    flood(socket, `1;${"a".repeat(1_000)}\r\na\r\n`);
  }),
];

const CROWD = { addresses: Array.from({ length: 4_000 }, (_, at) => `93.184.${at >> 8}.${at & 255}`) };

/** What the name server says of the names among {@link BAD_RECEIVERS}. */
export function answerOfName({ name }: DnsQuery): DnsAnswer {
  switch (name) {
    case "failing.test":
      return { code: SERVFAIL };
    case "silent.test":
      return null;
    case "empty.test":
      return {};
    case "crowd.test":
      return CROWD;
    default:
      return { code: NXDOMAIN };
  }
}
