/** A name server on loopback, over UDP and TCP, for answers that no honest one would give. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { assert } from "../../src/assert.ts";
import { parseIpAddress } from "../../src/egress/ip_address.ts";

/** `no` counts, from 1, the queries for this name and type. */
export type DnsQuery = { name: string; type: "A" | "AAAA"; no: number };

/** A reply code (default 0: no error) with addresses (those of the query's type are sent) behind aliases. Null: silence. */
export type DnsAnswer = { code?: number; addresses?: readonly string[]; aliases?: readonly string[] } | null;

/** Where it listens, and what it was asked: `name type`. */
export type NameServer = { port: number; asked: string[]; close(): Promise<void> };

const TYPES = { A: 1, AAAA: 28, CNAME: 5 } as const;
/** Over UDP, a longer answer is cut, so that it is asked for over TCP. */
const UDP_BYTES_MAX = 1_232;
const TRUNCATED = 0x0200;
const HEADER_BYTES = 12;

/** Reply codes. */
export const SERVFAIL = 2;
export const NXDOMAIN = 3;
export const REFUSED = 5;

export async function startNameServer(answer: (query: DnsQuery) => DnsAnswer): Promise<NameServer> {
  const counts = new Map<string, number>();
  const server: NameServer = { port: 0, asked: [], close: async () => {} };
  /** The name and type count once per question, though a cut answer makes it asked twice. */
  const reply = (query: Buffer, via: "udp" | "tcp"): Buffer | null => {
    const { name, type } = questionOf(query);
    const key = `${name} ${type}`;
    if (via === "udp") {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      server.asked.push(key);
    }
    const answered = type === null ? {} : answer({ name, type, no: counts.get(key) ?? 0 });
    return answered === null ? null : replyOf(query, type, answered);
  };
  const udp = createSocket("udp4");
  udp.on("message", (query, from) => {
    const full = reply(query, "udp");
    if (full !== null) udp.send(full.length > UDP_BYTES_MAX ? cut(query, full) : full, from.port, from.address);
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    let buffered = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE()) {
        const bytes = 2 + buffered.readUInt16BE();
        const full = reply(buffered.subarray(2, bytes), "tcp");
        buffered = buffered.subarray(bytes);
        if (full !== null) socket.write(Buffer.concat([uint16(full.length), full]));
      }
    });
  });
  // TCP chooses: of its ports many are taken by connections that others make meanwhile, and of UDP's hardly any.
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  server.port = (tcp.address() as AddressInfo).port; // listening on TCP
  udp.bind(server.port, "127.0.0.1");
  await once(udp, "listening");
  server.close = async () => {
    udp.close();
    for (const socket of sockets) socket.destroy();
    tcp.close();
    await once(tcp, "close");
  };
  return server;
}

/** Lower case; type null: one that nobody here answers. */
function questionOf(query: Buffer): { name: string; type: "A" | "AAAA" | null } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  return {
    name: labels.join(".").toLowerCase(),
    type: type === TYPES.A ? "A" : type === TYPES.AAAA ? "AAAA" : null,
  };
}

function replyOf(query: Buffer, type: "A" | "AAAA" | null, answer: NonNullable<DnsAnswer>): Buffer {
  const questionEnd = query.indexOf(0, HEADER_BYTES) + 5;
  const { count, records } = recordsOf(answer, type);
  const header = [
    query.subarray(0, 2),
    uint16(0x8180 | (answer.code ?? 0)),
    uint16(1),
    uint16(count),
    uint16(0),
    uint16(0),
  ];
  return Buffer.concat([...header, query.subarray(HEADER_BYTES, questionEnd), records]);
}

type Records = { count: number; records: Buffer };
/** Of answers that are given again and again. */
const known = new WeakMap<NonNullable<DnsAnswer>, Map<string | null, Records>>();

function recordsOf(answer: NonNullable<DnsAnswer>, type: "A" | "AAAA" | null): Records {
  const ofAnswer = known.get(answer) ?? new Map<string | null, Records>();
  known.set(answer, ofAnswer);
  const made = ofAnswer.get(type) ?? makeRecords(answer, type);
  ofAnswer.set(type, made);
  return made;
}

function makeRecords({ aliases = [], addresses = [] }: NonNullable<DnsAnswer>, type: "A" | "AAAA" | null): Records {
  const names = aliases.map(encodeName);
  const owners = [Buffer.of(0xc0, HEADER_BYTES), ...names];
  const last = owners.at(-1);
  assert(last !== undefined, "every record has an owner");
  const records = [
    ...names.map((target, at) => record(owners[at] ?? last, TYPES.CNAME, target)),
    ...addresses.flatMap((text) => {
      const address = parseIpAddress(text);
      assert(address !== null, `${text} is not an address`);
      const isAsked = type === (address.family === 4 ? "A" : "AAAA");
      return isAsked ? [record(last, TYPES[type], Buffer.from(address.bytes))] : [];
    }),
  ];
  return { count: records.length, records: Buffer.concat(records) };
}

/** The head of the answer alone, with the mark that there is more. */
function cut(query: Buffer, full: Buffer): Buffer {
  const header = Buffer.from(full.subarray(0, query.indexOf(0, HEADER_BYTES) + 5));
  header.writeUInt16BE(header.readUInt16BE(2) | TRUNCATED, 2);
  header.writeUInt16BE(0, 6);
  return header;
}

function record(owner: Buffer, type: number, content: Buffer): Buffer {
  const ttl = Buffer.of(0, 0, 0, 0);
  return Buffer.concat([owner, uint16(type), uint16(1), ttl, uint16(content.length), content]);
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
